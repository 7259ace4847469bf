package field

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// surveyedAndVerified is what the district counts in 2019, on both bases.
func surveyedAndVerified(t *testing.T, f *Field) [2]int64 {
	t.Helper()
	surveyedOf(t, f, 2019) // refreshes
	y := f.Server.Board().InYear("32.04", 2019)
	return [2]int64{y.Provisional.Of(iks.Inti).Surveyed(), y.Verified.Of(iks.Inti).Surveyed()}
}

// A family that withdraws from a round after it was approved is not counted by it in verified
// figures either, whatever else is written, until it is taken back.
func TestVerifiedFiguresLeaveOutAWithdrawnRound(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, _, round := begunAgain(t, u)
	approve(t, f, u, family)
	counts := func(when string, want int64) {
		t.Helper()
		if got := surveyedAndVerified(t, f); got != [2]int64{want, want} {
			t.Errorf("%s: %v families counted and verified", when, got)
		}
		if is := verified(t, f); len(is.Differences) > 0 {
			t.Errorf("%s: %q", when, is.Differences)
		}
	}
	mustSync(t, u)
	counts("approved", 1)
	visit := recordRefusal(t, u, family, round)
	mustSync(t, u)
	counts("refused", 0)
	var differences struct {
		Differences []struct{ RecordID, FieldName string }
	}
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/families/"+family.String()+"/differences", &differences)
	text, _ := json.Marshal(differences)
	if !strings.Contains(string(text), "withdrawal") || strings.Contains(string(text), "mental_disorder") {
		t.Errorf("differences since the approval: %s", text)
	}
	recordRefusal(t, u, family, round)
	mustSync(t, u)
	counts("refused again", 0)
	corrected(t, u, family, visit)
	counts("one of two corrected", 0)
}

// A refusal that was none gives the verified figures back what was approved.
func TestVerifiedFiguresTakeARoundBackThatStandsAgain(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, _, round := begunAgain(t, u)
	approve(t, f, u, family)
	mustSync(t, u)
	visit := recordRefusal(t, u, family, round)
	mustSync(t, u)
	if got := surveyedAndVerified(t, f); got != [2]int64{} {
		t.Errorf("refused: %v", got)
	}
	corrected(t, u, family, visit)
	if got := surveyedAndVerified(t, f); got != [2]int64{1, 1} {
		t.Errorf("taken back: %v", got)
	}
	if is := verified(t, f); len(is.Differences) > 0 {
		t.Errorf("%q", is.Differences)
	}
}
