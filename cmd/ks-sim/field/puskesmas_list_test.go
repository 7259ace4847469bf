package field

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func TestTheOwnPuskesmasIsListedWhateverComesBeforeIt(t *testing.T) {
	onEachEngine(t, 1, theOwnPuskesmasIsListedWhateverComesBeforeIt)
}

func theOwnPuskesmasIsListedWhateverComesBeforeIt(t *testing.T, f *Field) {
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		var before []store.Puskesmas
		for n := range 1001 { // one more than the largest page
			code := fmt.Sprintf("P1%09d", n)
			before = append(before, store.Puskesmas{Code: code, Name: code, District: "32.04"})
		}
		return tx.Directory().PutPuskesmas(ctx, before)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		user, query string
		want        []string
	}{
		{f.Supervisor, "", []string{PuskesmasCode}},
		{f.Supervisor, "area=32.04&", []string{PuskesmasCode}},
		{f.Supervisor, "area=33&", nil},
		{f.Surveyors[0].Name, "", nil},
	} {
		var list struct {
			Puskesmas     []struct{ Code string }
			NextPageToken string
		}
		restGet(t, f, restToken(t, f, c.user), "/v1/puskesmas?"+c.query+"pageSize=1000", &list)
		var codes []string
		for _, p := range list.Puskesmas {
			codes = append(codes, p.Code)
		}
		if !slices.Equal(codes, c.want) || list.NextPageToken != "" {
			t.Errorf("%s, %q: %v, next %q, want %v alone", c.user, c.query, codes, list.NextPageToken, c.want)
		}
	}
}
