package field

import (
	"encoding/json"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What a device saved since its last sync nobody else knows: the preview of an assignment
// that takes areas away gives no all-clear, however fresh that sync is.
func TestAPreviewGivesNoAllClearWhileUnsentWorkIsThere(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		token := administrator(t, f)
		u := signIn(t, f, "surveyor1")
		mustSync(t, u)
		if _, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")}); err != nil {
			t.Fatal(err)
		}
		if d := previewed(t, f, token, otherRT); !d.UnsentAtRisk || d.UnsentAnnounced != "0" {
			t.Errorf("its RT is to leave: %+v", d)
		}
		if d := previewed(t, f, token, f.Surveyors[0].Assigned...); d.UnsentAtRisk {
			t.Errorf("nothing is to leave: %+v", d)
		}
		assignTo(t, f, otherRT)
		mustSync(t, u)
		if n := len(waitingIDs(t, f, restToken(t, f, "supervisor"))); n != 1 {
			t.Errorf("%d changes wait for a decision, want the one that was unsent", n)
		}
	})
}

type previewedDevice struct {
	UnsentAnnounced string
	UnsentAtRisk    bool
}

// previewed is what areas for surveyor1 would mean to the one device.
func previewed(t *testing.T, f *Field, token string, areas ...string) previewedDevice {
	t.Helper()
	list, err := json.Marshal(areas)
	if err != nil {
		t.Fatal(err)
	}
	body := fmt.Sprintf(`{"assignments":[{"account":%d,"areas":%s}],"dryRun":true}`, f.Surveyors[0].Account, list)
	status, data := rest(t, f, "POST", token, "/v1/accounts:assignAreas", body)
	var out struct {
		Effects []struct{ Devices []previewedDevice }
	}
	if status != 200 || json.Unmarshal(data, &out) != nil || len(out.Effects) != 1 || len(out.Effects[0].Devices) != 1 {
		t.Fatalf("preview: %d %s", status, data)
	}
	return out.Effects[0].Devices[0]
}
