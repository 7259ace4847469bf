package field

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// resolve settles what a supervisor says is a conflict of a family, whose digest it adds; the
// body's other fields begin with a comma.
func resolve(t *testing.T, f *Field, family clientsdk.ID, body string) (status int, answer string) {
	t.Helper()
	token, path := restToken(t, f, f.Supervisor), "/v1/families/"+family.String()
	var shown struct{ Digest string }
	restGet(t, f, token, path, &shown)
	status, data := rest(t, f, "POST", token, path+":resolveConflict", fmt.Sprintf(`{"seenDigest":%q%s}`, shown.Digest, body))
	return status, string(data)
}

// inRound names a register of a round, and what to write there.
func inRound(round clientsdk.ID, field int, value string) string {
	return fmt.Sprintf(`,"kind":"RECORD_KIND_ROUND","recordId":%q,"field":%d,%s`, round, field, value)
}

const (
	surveyDateField, cleanWaterField, withdrawalField = 1, 3, 14
)

// Who settles conflicts enters nothing where there is none: no answer, no survey date, and nothing
// of a round from which the family withdrew, which stays sealed.
func TestWhatIsInNoConflictIsNotSettled(t *testing.T) {
	onEachEngine(t, 2, whatIsInNoConflictIsNotSettled)
}

func whatIsInNoConflictIsNotSettled(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	of := NewGenerator(7, 320405, time.Now()).FamilyOfFour()
	of.Round.MentalDisorder = ksv1.Answer_ANSWER_YA.Enum()
	of.People[0].Individual.HealthInsurance = nil // not yet asked: the round is under way
	family, round := interviewedRound(t, u, of)
	refused := func(when string) {
		t.Helper()
		for name, body := range map[string]string{
			"an answer":        inRound(round, cleanWaterField, `"valueJson":"\"ANSWER_TIDAK\""`),
			"a survey date":    inRound(round, surveyDateField, `"valueJson":"\"2024-01-01\""`),
			"no withdrawal":    inRound(round, withdrawalField, `"clear":true`),
			"another address":  `,"kind":"RECORD_KIND_FAMILY","field":4,"valueJson":"\"Jl. Lain\""`,
			"a field of later": `,"kind":"RECORD_KIND_FAMILY","field":4711,"clear":true`,
		} {
			if status, answer := resolve(t, f, family, body); status != http.StatusBadRequest || !strings.Contains(answer, `"NOT_IN_CONFLICT"`) {
				t.Errorf("%s, %s: %d %s", when, name, status, clip([]byte(answer)))
			}
		}
	}
	refused("surveyed")
	h, err := u.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.RecordVisit(t.Context(), family, &ksv1.Visit{
		Date: proto.String(h.GetRounds()[0].GetRound().GetSurveyDate()), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(), RoundId: proto.String(round.String()),
	})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	refused("withdrawn")
	for _, part := range []string{"", "/history"} {
		_, data := rest(t, f, "GET", restToken(t, f, f.Supervisor), "/v1/families/"+family.String()+part, "")
		if strings.Contains(string(data), "mentalDisorder") || strings.Contains(string(data), "mental_disorder") {
			t.Errorf("the withdrawn round is shown: %s", clip(data))
		}
	}
}

// A resolution that writes another value is checked as any save is; that of a value which
// contradicts nothing is taken.
func TestAResolutionBringsNoErrorIn(t *testing.T) {
	onEachEngine(t, 1, aResolutionBringsNoErrorIn)
}

func aResolutionBringsNoErrorIn(t *testing.T, f *Field) {
	u, v := signIn(t, f, "surveyor1"), signIn(t, f, f.Supervisor)
	family, round := interviewedRound(t, u, NewGenerator(7, 320405, time.Now()).FamilyOfFour())
	mustSync(t, v)
	for days, user := range map[int]*clientsdk.User{1: u, 2: v} {
		date := time.Now().AddDate(0, 0, -days).Format(time.DateOnly)
		edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindRound, Record: round}, Set: &ksv1.Round{SurveyDate: &date}}
		if _, err := user.Save(t.Context(), family, edit); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	mustSync(t, v)
	if status, answer := resolve(t, f, family, inRound(round, surveyDateField, `"valueJson":"\"2099-01-01\""`)); status != http.StatusBadRequest || !strings.Contains(answer, "FUTURE") {
		t.Errorf("a survey date to come: %d %s", status, clip([]byte(answer)))
	}
	settled := inRound(round, surveyDateField, fmt.Sprintf(`"valueJson":"\"%s\""`, time.Now().AddDate(0, 0, -3).Format(time.DateOnly)))
	if status, answer := resolve(t, f, family, settled); status != http.StatusOK {
		t.Errorf("another day: %d %s", status, clip([]byte(answer)))
	}
	if status, answer := resolve(t, f, family, settled); status != http.StatusBadRequest || !strings.Contains(answer, `"NOT_IN_CONFLICT"`) {
		t.Errorf("settled before: %d %s", status, clip([]byte(answer)))
	}
}
