package field

import (
	"net/http"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Who is to correct a family sees until when it is wanted back and what the supervisor
// marked, the most urgent first, in the day's work and in the list.
func TestWhatIsReturnedComesByItsDayAndWithWhatIsMarked(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	families := interviewed(t, u, 9, 3)
	if _, err := u.Submit(t.Context(), families, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, s)
	marked := &ksv1.ReviewField{Kind: ksv1.RecordKind_RECORD_KIND_FAMILY, Field: 2, Note: "bukan nomor rumah ini"}
	due := make([]string, len(families))
	for i, id := range families {
		due[i] = time.Now().AddDate(0, 0, 10-i).Format(time.DateOnly)
		if _, err := s.Return(t.Context(), id, clientsdk.Return{Note: "Tanyakan lagi", DueDate: due[i], Fields: []*ksv1.ReviewField{marked}}); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, s)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	day := p.get("/v1/app/today")
	search := p.post("/v1/forms:search", map[string]any{"state": "FORM_STATE_RETURNED"}, http.StatusOK)
	for name, list := range map[string]any{"today": day["returned"], "search": search["households"]} {
		lines, _ := list.([]any)
		if len(lines) != len(families) {
			t.Fatalf("%s: %d of %d returned", name, len(lines), len(families))
		}
		for i, line := range lines {
			at := len(families) - 1 - i
			if h := line.(map[string]any); h["familyId"] != families[at].String() || h["dueDate"] != due[at] {
				t.Errorf("%s: at %d %v, wanted back on %v, not %s on %s", name, i, h["familyId"], h["dueDate"], families[at], due[at])
			}
		}
	}
	of, _ := day["returned"].([]any)[0].(map[string]any)["marked"].([]any)
	if len(of) != 1 || of[0].(map[string]any)["note"] != marked.GetNote() || day["returnedTotal"] != 3.0 {
		t.Errorf("marked: %v of %v", of, day["returnedTotal"])
	}
	listed := onLine(t, f, f.Supervisor).post("/v1/forms:search", map[string]any{"state": "FORM_STATE_RETURNED"}, http.StatusOK)["households"].([]any)
	if len(listed) != 3 || listed[0].(map[string]any)["dueDate"] == nil {
		t.Errorf("on line: %v", listed)
	}
}
