package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestAVerdictOnADeviceIsOnWhatWasLookedAt: a sync may change a family between
// the look and the verdict; then the device refuses it, and nothing is kept.
func TestAVerdictOnADeviceIsOnWhatWasLookedAt(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	villages, err := u.Villages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id, err := Interview(t.Context(), u, villages[0].GetVillage(), "001/001", NewGenerator(7, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)

	p := startApp(t, f, nil)
	p.post("/v1/app:signIn", map[string]any{"userName": f.Supervisor, "password": f.Password}, http.StatusOK)
	p.call(http.MethodGet, "/v1/app/review/queue", nil, http.StatusForbidden) // before the first sync nobody knows that they may
	p.sync()
	item := onlyItem(t, p)
	looked := item["digest"].(string)
	judge := func(digest, outcome, note string, want int) map[string]any {
		return p.post("/v1/app/review/families/"+id.String()+":judge", map[string]any{"outcome": outcome, "note": note, "judgedDigest": digest}, want)
	}
	judge(looked, "VERDICT_OUTCOME_RETURNED", " ", http.StatusConflict) // without a reason

	address := "Jl. Kenanga 1"
	if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: &address}}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	p.sync()
	if late, _ := json.Marshal(judge(looked, "VERDICT_OUTCOME_APPROVED", "", http.StatusConflict)); !strings.Contains(string(late), "REVIEW_NOT_APPLIED") {
		t.Errorf("a verdict on what it was: %s", late)
	}
	many := p.post("/v1/app/review:approve", map[string]any{"families": []any{map[string]any{"familyId": id.String(), "judgedDigest": looked}}}, http.StatusOK)
	if many["familyIds"] != nil {
		t.Errorf("approved with many, on what it was: %v", many)
	}
	if passed := p.get("/v1/app/review/verdicts"); passed["verdicts"] != nil {
		t.Errorf("kept: %v", passed)
	}
	read := p.get("/v1/app/review/families/" + id.String())
	if text, _ := json.Marshal(read); !strings.Contains(string(text), address) || !strings.Contains(string(text), "PROKESGA") {
		t.Errorf("the family to be judged: %s", text)
	}
	judge(onlyItem(t, p)["digest"].(string), "VERDICT_OUTCOME_APPROVED", "", http.StatusOK)
	if state := p.sync(); state["error"] != nil {
		t.Fatalf("sync: %v", state)
	}
	passed := p.get("/v1/app/review/verdicts")["verdicts"].([]any)
	if len(passed) != 1 || passed[0].(map[string]any)["state"] != "PASSED_STATE_APPLIED" {
		t.Errorf("passed: %v", passed)
	}
	if left := p.get("/v1/app/review/queue"); left["items"] != nil {
		t.Errorf("still waits: %v", left)
	}
}

// onlyItem is the one family that waits.
func onlyItem(t *testing.T, p *page) map[string]any {
	t.Helper()
	items, _ := p.get("/v1/app/review/queue")["items"].([]any)
	if len(items) != 1 {
		t.Fatalf("%d families wait", len(items))
	}
	return items[0].(map[string]any)
}

func TestASurveyorHasNoDesk(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	if contacts := p.get("/v1/app/contacts"); contacts["desks"] != nil {
		t.Errorf("contacts before the first sync: %v", contacts)
	}
	p.call(http.MethodGet, "/v1/app/review/queue", nil, http.StatusUnauthorized)
	p.enter(f, "surveyor1")
	id := "00000000-0000-8000-8000-0000000000f1"
	digest := "AAAAAAAAAAAAAAAAAAAAAA=="
	p.call(http.MethodGet, "/v1/app/review/queue", nil, http.StatusForbidden)
	p.call(http.MethodGet, "/v1/app/review/families/"+id, nil, http.StatusForbidden)
	p.post("/v1/app/review/families/"+id+":judge", map[string]any{"outcome": "VERDICT_OUTCOME_APPROVED", "judgedDigest": digest}, http.StatusForbidden)
	p.post("/v1/app/review:approve", map[string]any{"families": []any{map[string]any{"familyId": id, "judgedDigest": digest}}}, http.StatusForbidden)
}
