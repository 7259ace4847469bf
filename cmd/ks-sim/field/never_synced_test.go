package field

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server/sample"
)

// Before the first sync a device knows no village, of the own Puskesmas or another: it says so,
// and calls none foreign.
func TestBeforeTheFirstSyncNoVillageIsCalledForeign(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	own := sample.VillageCodes()[0]
	u := signInOn(t, deviceOf(t, f, "tablet"), f, "surveyor1")
	if _, err := u.Village(t.Context(), own); !errors.Is(err, clientsdk.ErrNeverSynced) {
		t.Errorf("the own village: %v", err)
	}
	if _, _, err := u.StartFamily(t.Context(), 1, "003/007", nil); !errors.Is(err, clientsdk.ErrNeverSynced) {
		t.Errorf("a family there: %v", err)
	}
	if _, err := u.Sync(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if v, err := u.Village(t.Context(), own); err != nil || v.GetCode() != own {
		t.Errorf("the own village after a sync: %v, %v", v, err)
	}
	if _, err := u.Village(t.Context(), "11.01.01.2001"); !errors.Is(err, clientsdk.ErrOutsidePuskesmas) {
		t.Errorf("a foreign one: %v", err)
	}
	p := startApp(t, f, nil)
	p.post("/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": f.Password}, http.StatusOK)
	told, err := json.Marshal(p.post("/v1/forms", map[string]any{"villageCode": own, "place": "3/7"}, http.StatusBadRequest))
	if err != nil || !strings.Contains(string(told), "NEVER_SYNCED") || !strings.Contains(string(told), "wilayah kerja Anda belum diketahui; sinkronkan dulu") {
		t.Errorf("the page: %s, %v", told, err)
	}
}
