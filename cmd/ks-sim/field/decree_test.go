package field

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// The new tree and the new list of the Puskesmas may be brought in before the decree.
func TestDevicesKeepTheirFamiliesWhereTheNewListCameFirst(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		surveyor, supervisor := signIn(t, f, "surveyor1"), signIn(t, f, f.Supervisor)
		mustSync(t, surveyor)
		if _, err := Interview(t.Context(), surveyor, village(t, surveyor), "001/001", NewGenerator(3, 320405, time.Now()).Family()); err != nil {
			t.Fatal(err)
		}
		mustSync(t, surveyor)
		mustSync(t, supervisor)
		served, err := supervisor.Villages(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		areas := []store.Area{{Code: "32.79", Name: "Kota Baru"}, {Code: "32.79.01", Name: "Cileunyi"}}
		var list []string
		for _, v := range served {
			code := strings.Replace(v.GetCode(), "32.04.05", "32.79.01", 1)
			areas, list = append(areas, store.Area{Code: code, Name: v.GetName()}), append(list, code)
		}
		err = f.Store.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error {
			return errors.Join(tx.Directory().PutAreas(ctx, areas),
				tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: PuskesmasCode, Name: "Cileunyi", District: "32.79", Villages: list}}))
		})
		if err != nil {
			t.Fatal(err)
		}
		renumber(t, f, map[string]string{"32.04.05": "32.79.01"})
		for _, u := range []*clientsdk.User{surveyor, supervisor} {
			mustSync(t, u)
			if _, n := u.Families(clientsdk.Query{}); n != 1 {
				t.Errorf("%d families are on the device of %s", n, u.Account().GetUserName())
			}
		}
		if now, err := supervisor.Villages(t.Context()); err != nil || len(now) != len(served) {
			t.Errorf("%d villages of %d, %v", len(now), len(served), err)
		}
	})
}

// A Puskesmas is its new district's where all that it serves becomes that district's: the
// office that sees the figures of the area sees its report, and no other does.
func TestThePuskesmasOfANewDistrictIsSeenFromThere(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		for name, code := range map[string]string{"lama": "32.04", "baru": "32.79"} {
			if err := f.AddOffice(t.Context(), name, ksv1.Role_ROLE_DISTRICT, code); err != nil {
				t.Fatal(err)
			}
		}
		renumber(t, f, map[string]string{"32.04.05": "32.79.01"})
		if err := f.Server.Board().Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int{"lama": 404, "baru": 200} {
			token := restToken(t, f, name)
			for _, path := range []string{"/v1/puskesmas/" + PuskesmasCode + "/report", "/v1/areas/32.79.01/index"} {
				if status, body := rest(t, f, "GET", token, path, ""); status != want {
					t.Errorf("%s, %s: %d, want %d: %s", name, path, status, want, clip(body))
				}
			}
		}
	})
}
