package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

// corrected says that a visit was no refusal.
func corrected(t *testing.T, u *clientsdk.User, family, visit clientsdk.ID) {
	t.Helper()
	_, err := u.Save(t.Context(), family, clientsdk.Edit{
		Key: clientsdk.Key{Kind: clientsdk.KindVisit, Record: visit}, Set: &ksv1.Visit{Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL.Enum()},
	})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
}

// Menolak was a slip of the finger: the family's answers are there again on every device and
// on the server, whoever of the two corrects it.
func TestAMistakenRefusalTakenBackBringsTheAnswersBack(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"surveyor1", "supervisor"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			f, u := aloneIn2018(t, 1)
			family, _, round := begunAgain(t, u)
			visit := recordRefusal(t, u, family, round)
			mustSync(t, u)
			if n := surveyedOf(t, f, 2019); n != 0 {
				t.Fatalf("after the refusal 2019 counts %d families", n)
			}
			users := map[string]*clientsdk.User{"surveyor1": u, "supervisor": signIn(t, f, "supervisor")}
			mustSync(t, users["supervisor"])
			corrected(t, users[who], family, visit)
			for name, of := range users {
				mustSync(t, of)
				h, err := of.Family(t.Context(), family)
				if err != nil || len(h.GetRounds()) != 2 || h.GetRounds()[1].GetRound().GetMentalDisorder() != ksv1.Answer_ANSWER_YA ||
					h.GetRounds()[1].GetIndividuals()[0].GetIndividual().GetSmokes() != ksv1.Answer_ANSWER_YA {
					t.Errorf("%s sees %v, %v", name, h.GetRounds(), err)
				}
			}
			if n := surveyedOf(t, f, 2019); n != 1 {
				t.Errorf("corrected: 2019 counts %d families", n)
			}
		})
	}
}

// Once a supervisor has approved the family without the round, it stays withdrawn.
func TestARefusalThatWasApprovedStays(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, _, round := begunAgain(t, u)
	visit := recordRefusal(t, u, family, round)
	approve(t, f, u, family)
	mustSync(t, u)
	corrected(t, u, family, visit)
	if h, err := u.Family(t.Context(), family); err != nil || len(h.GetRounds()) != 1 {
		t.Errorf("rounds shown: %v, %v", h.GetRounds(), err)
	}
}

// The same where a clerk types it in on line.
func TestAMistakenRefusalIsTakenBackOnLine(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	clerk := onLine(t, f, f.Supervisor)
	form := clerk.begin(sample.VillageCodes()[0])
	round, visit := form.spare[0].(string), form.spare[1].(string)
	etag := form.etag
	save := func(set map[string]any) string {
		saved := clerk.post("/v1/forms/"+form.id+":save", map[string]any{"etag": etag, "set": set}, http.StatusOK)["form"].(map[string]any)
		etag = saved["etag"].(string)
		text, _ := json.Marshal(saved)
		return string(text)
	}
	told := func(outcome string) map[string]any {
		return map[string]any{"visits": []any{map[string]any{"visitId": visit, "visit": map[string]any{"date": "2024-09-18", "outcome": outcome, "roundId": round}}}}
	}
	save(map[string]any{"rounds": []any{map[string]any{"roundId": round, "round": map[string]any{"surveyDate": "2024-09-17", "mentalDisorder": "ANSWER_YA"}}}})
	if after := save(told("VISIT_OUTCOME_REFUSED")); strings.Contains(after, `"mentalDisorder":"ANSWER_YA"`) {
		t.Fatalf("after the refusal: %s", after)
	}
	if after := save(told("VISIT_OUTCOME_PARTIAL")); !strings.Contains(after, `"mentalDisorder":"ANSWER_YA"`) || !strings.Contains(after, `"state":"FORM_STATE_DRAFT"`) {
		t.Errorf("corrected: %s", after)
	}
}

// A reviewer is told that a family withdrew from a round, and nothing of what it had
// answered there.
func TestDifferencesNameNothingOfAWithdrawnRound(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, member := surveyedIn2018(t, u)
	approve(t, f, u, family)
	round := begunIn2019(t, u, family, member)
	mustSync(t, u)
	supervisor := signIn(t, f, "supervisor")
	mustSync(t, supervisor)
	shown := func(of *clientsdk.User) (fields []string) {
		_, d, err := of.ReviewedFamily(t.Context(), family)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range d.GetDifferences() {
			if d.GetRecordId() == round.String() {
				fields = append(fields, d.GetFieldName())
			}
		}
		v, err := of.ReviewFamily(t.Context(), family)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range v.Differences {
			if d.Key.Record == round {
				fields = append(fields, d.Question)
			}
		}
		return fields
	}
	if list := strings.Join(shown(supervisor), " "); !strings.Contains(list, "mental_disorder") || !strings.Contains(list, "smokes") {
		t.Fatalf("before the refusal: %s", list)
	}
	recordRefusal(t, u, family, round)
	if list := shown(u); len(list) != 0 {
		t.Errorf("on the device, before it is sent: %q", list)
	}
	mustSync(t, u)
	mustSync(t, supervisor)
	if list := shown(supervisor); len(list) != 2 || list[0] != "withdrawal" || list[1] != "" {
		t.Errorf("on the supervisor's device: %q", list)
	}
	var page struct {
		Differences []struct{ RecordID, FieldName string }
	}
	restGet(t, f, restToken(t, f, f.Supervisor), "/v1/families/"+family.String()+"/differences", &page)
	for _, d := range page.Differences {
		if d.RecordID == round.String() && d.FieldName != "withdrawal" {
			t.Errorf("on the page: %s", d.FieldName)
		}
	}
}
