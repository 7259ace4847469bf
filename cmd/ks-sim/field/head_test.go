package field

import (
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A head is shown the last digits of a number (access.FamilyNumber); records go
// down to devices whole, so none may go down to a head's.
func TestAHeadsDeviceGetsNoFamilies(t *testing.T) {
	onEachEngine(t, 1, aHeadsDeviceGetsNoFamilies)
}

func aHeadsDeviceGetsNoFamilies(t *testing.T, f *Field) {
	if _, err := f.addAccount(t.Context(), "kepala", "Kepala Puskesmas", ksv1.Role_ROLE_PUSKESMAS_HEAD, nil); err != nil {
		t.Fatal(err)
	}
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(1, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	for name, want := range map[string]int{"kepala": 0, "supervisor": 1} {
		reader := signIn(t, f, name)
		got := mustSync(t, reader).Received
		if held, _ := reader.Families(clientsdk.Query{}); int(got) != want || len(held) != want {
			t.Errorf("%s received %d, holds %d families, want %d", name, got, len(held), want)
		}
	}
}
