package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
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
	f := newField(t, 1, nil)
	load(t, f, alone2018, 0)
	u := signIn(t, f, "surveyor1")
	family, member := surveyedIn2018(t, u)
	round := begunIn2019(t, u, family, member)
	if _, err := u.Submit(t.Context(), []clientsdk.ID{family}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	token := restToken(t, f, f.Supervisor)
	if status, body := judge(t, f, token, family.String(), "APPROVED", reviewQueue(t, f, token, "")[family.String()].Digest, ""); status != http.StatusOK {
		t.Fatal(status, body)
	}
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
	visit, err := u.RecordVisit(t.Context(), family, refusal(round))
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	counts("refused", 0)
	var differences struct {
		Differences []struct{ RecordID, FieldName string }
	}
	restGet(t, f, token, "/v1/families/"+family.String()+"/differences", &differences)
	text, _ := json.Marshal(differences)
	if !strings.Contains(string(text), "withdrawal") || strings.Contains(string(text), "mental_disorder") {
		t.Errorf("differences since the approval: %s", text)
	}
	if _, err := u.RecordVisit(t.Context(), family, refusal(round)); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	counts("refused again", 0)
	corrected(t, u, family, visit)
	counts("one of two corrected", 0)
}

// A refusal that was none gives the verified figures back what was approved.
func TestVerifiedFiguresTakeARoundBackThatStandsAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	load(t, f, alone2018, 0)
	u := signIn(t, f, "surveyor1")
	family, member := surveyedIn2018(t, u)
	round := begunIn2019(t, u, family, member)
	if _, err := u.Submit(t.Context(), []clientsdk.ID{family}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	token := restToken(t, f, f.Supervisor)
	if status, body := judge(t, f, token, family.String(), "APPROVED", reviewQueue(t, f, token, "")[family.String()].Digest, ""); status != http.StatusOK {
		t.Fatal(status, body)
	}
	mustSync(t, u)
	visit, err := u.RecordVisit(t.Context(), family, refusal(round))
	if err != nil {
		t.Fatal(err)
	}
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
