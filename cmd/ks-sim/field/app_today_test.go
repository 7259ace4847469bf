package field

import (
	"net/http"
	"testing"

	"github.com/keluarga-sehat/sync/server/sample"
)

// TestWhatIsDueGoesByThePagesDay: where a phone's zone is known to the page
// alone, a visit promised for today is due from midnight there.
func TestWhatIsDueGoesByThePagesDay(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	form := p.begin(sample.VillageCodes()[0])
	id, spare := form.id, form.spare
	p.post("/v1/forms/"+id+":save", map[string]any{"familyId": id, "set": map[string]any{
		"rounds": []any{map[string]any{"roundId": spare[0], "round": map[string]any{"surveyDate": "2024-05-16"}}},
		"visits": []any{map[string]any{"visitId": spare[1], "visit": map[string]any{
			"date": "2024-05-16", "outcome": "VISIT_OUTCOME_PARTIAL", "nextVisitDate": "2024-05-17"}}},
	}}, http.StatusOK)
	for day, due := range map[string]int{"2024-05-16": 0, "2024-05-17": 1, "2024-06-01": 1, "": 1} {
		today := p.get("/v1/app/today?date=" + day)
		if promised, _ := today["promised"].([]any); len(promised) != due || day != "" && today["date"] != day {
			t.Errorf("on %q %d visits are due, want %d: %v", day, len(promised), due, today["date"])
		}
	}
	p.call(http.MethodGet, "/v1/app/today?date=kemarin", nil, http.StatusBadRequest)
}
