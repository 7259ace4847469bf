package field

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/merge"
)

// What the surveyor remarked on a batch goes with the last of its families: nobody reads it then,
// and the own device shows it no more. While one is left, it may be about that one.
func TestARemarkOnABatchGoesWithItsLastFamily(t *testing.T) {
	onEachEngine(t, 1, aRemarkOnABatchGoesWithItsLastFamily)
}

func aRemarkOnABatchGoesWithItsLastFamily(t *testing.T, f *Field) {
	const remark = "Bu Ijah belum di rumah"
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(7, 320405, time.Now())
	submit := func(families int, note string) (ids []clientsdk.ID) {
		for range families {
			id, err := Interview(t.Context(), u, village(t, u), "001/001", g.FamilyOfFour())
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		if _, err := u.Submit(t.Context(), ids, note); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		return ids
	}
	ids := submit(2, remark)
	submit(1, "lain")
	remarked := func(when string, want bool) {
		t.Helper()
		mustSync(t, u)
		var page struct{ Batches []json.RawMessage }
		restGet(t, f, restToken(t, f, f.Supervisor), "/v1/review/batches", &page)
		own, err := u.Batches(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		shown, _ := json.Marshal(page)
		kept, _ := json.Marshal(own)
		if strings.Contains(string(shown), remark) != want || strings.Contains(string(kept), remark) != want {
			t.Errorf("%s: the supervisor reads %s, the surveyor %s", when, shown, kept)
		}
		if len(page.Batches) != 2 || len(own) != 2 || !strings.Contains(string(shown), "lain") {
			t.Errorf("%s: %d batches, %d on the device", when, len(page.Batches), len(own))
		}
	}
	remarked("submitted", true)
	eraseFamily(t, f, ids[0], merge.ID{})
	remarked("one of two erased", true)
	eraseFamily(t, f, ids[1], merge.ID{})
	remarked("both erased", false)
	if is := verified(t, f); len(is.Differences) > 0 {
		t.Errorf("%q", is.Differences)
	}
}
