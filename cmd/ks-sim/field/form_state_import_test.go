package field

import (
	"net/http"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A family was approved, then an import brings this year's round: that is surveyed, and nobody's
// to submit, until people correct the family; so it is before the next sync, and after it.
func TestAnImportAfterAnApprovalIsNobodysToSubmit(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, member := surveyedIn2018(t, u)
	approve(t, f, u, family)
	mustSync(t, u)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	office := onLine(t, f, f.Supervisor)
	stands := func(what string, want ksv1.FormState, pages ...*page) {
		t.Helper()
		for _, page := range pages {
			form := page.get("/v1/forms/" + family.String())["form"].(map[string]any)
			listed := page.post("/v1/forms:search", map[string]any{}, http.StatusOK)["households"].([]any)[0].(map[string]any)
			if form["state"] != want.String() || listed["state"] != want.String() {
				t.Errorf("%s, on the device %v: form %v, list %v; want %v", what, page == p, form["state"], listed["state"], want)
			}
		}
	}
	stands("approved in 2018", ksv1.FormState_FORM_STATE_NOT_VISITED, p, office)
	day := time.Now().UTC().Format("2006") + "-01-01"
	load(t, f, strings.NewReplacer("2018-02-03", day).Replace(alone2018), 0)
	p.sync()
	mustSync(t, u)
	stands("imported since", ksv1.FormState_FORM_STATE_SURVEYED, p, office)
	save := func(set map[string]any) {
		t.Helper()
		p.post("/v1/forms/"+family.String()+":save", map[string]any{"familyId": family.String(), "set": set}, http.StatusOK)
	}
	save(map[string]any{"family": map[string]any{"address": "Jl. Baru 1"}})
	stands("the address corrected, unsent", ksv1.FormState_FORM_STATE_SURVEYED, p)
	p.sync()
	stands("the address corrected", ksv1.FormState_FORM_STATE_SURVEYED, p, office)
	round := p.get("/v1/forms/" + family.String())["form"].(map[string]any)["roundId"]
	save(map[string]any{"rounds": []any{map[string]any{"roundId": round, "round": map[string]any{"toilet": "ANSWER_TIDAK"}}}})
	stands("the import's round corrected, unsent", ksv1.FormState_FORM_STATE_COMPLETE, p)
	p.sync()
	stands("the import's round corrected", ksv1.FormState_FORM_STATE_COMPLETE, p, office)
	mustSync(t, u)
	approve(t, f, u, family)
	p.sync()
	stands("approved again", ksv1.FormState_FORM_STATE_APPROVED, p, office)
	save(map[string]any{"members": []any{map[string]any{"memberId": member.String(), "member": map[string]any{"name": "Budi Santoso"}}}})
	stands("a name corrected since, unsent", ksv1.FormState_FORM_STATE_COMPLETE, p)
	p.sync()
	stands("a name corrected since", ksv1.FormState_FORM_STATE_COMPLETE, p, office)
}
