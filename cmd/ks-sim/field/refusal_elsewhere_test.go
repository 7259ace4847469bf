package field

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

// completed answers a round to its end, on a day.
func completed(t *testing.T, u *clientsdk.User, family, member, round clientsdk.ID, date string) {
	t.Helper()
	const ya, tidak = ksv1.Answer_ANSWER_YA, ksv1.Answer_ANSWER_TIDAK
	_, err := u.SaveRound(t.Context(), family, round, &ksv1.Round{
		CleanWater: ya.Enum(), ProtectedWater: ya.Enum(), Toilet: ya.Enum(), SanitaryToilet: ya.Enum(), MentalDisorder: tidak.Enum(), Restrained: tidak.Enum(),
	}, map[clientsdk.ID]*ksv1.Individual{member: {
		Relation: ksv1.Relation_RELATION_HEAD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum(), HealthInsurance: ya.Enum(), Smokes: tidak.Enum(),
		UsesToilet: ya.Enum(), UsesCleanWater: ya.Enum(), Tuberculosis: tidak.Enum(), TuberculosisSymptoms: tidak.Enum(), Hypertension: tidak.Enum(), BloodPressureMeasured: tidak.Enum(),
	}})
	if err == nil {
		_, err = u.RecordVisit(t.Context(), family, &ksv1.Visit{Date: &date, Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum(), RoundId: proto.String(round.String())})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A family refuses one surveyor and lets another ask, neither of whom knows of the other: its
// survey counts and is shown everywhere, whoever comes first.
func TestASurveyThatTheRefusalDidNotKnowStands(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		surveyed     string
		refusalFirst bool
	}{{"2019-02-05", true}, {"2019-02-05", false}, {"2019-02-03", true}, {"2019-02-02", false}} {
		f, refused := aloneIn2018(t, 2)
		asked := signIn(t, f, "surveyor2")
		family, member, round := begunAgain(t, refused, asked)
		recordRefusal(t, refused, family, round)
		completed(t, asked, family, member, round, x.surveyed)
		order := []*clientsdk.User{asked, refused, asked}
		if x.refusalFirst {
			order = []*clientsdk.User{refused, asked, refused}
		}
		for _, u := range order {
			mustSync(t, u)
		}
		if n := surveyedOf(t, f, 2019); n != 1 {
			t.Errorf("%+v: 2019 counts %d families", x, n)
		}
		for _, u := range order {
			if h, err := u.Family(t.Context(), family); err != nil || len(h.GetRounds()) != 2 || h.GetRounds()[1].GetRound().GetWithdrawal() != nil {
				t.Errorf("%+v: rounds shown: %v, %v", x, h.GetRounds(), err)
			}
		}
	}
}

// The same where the refusal waits for a decision, and is admitted after the survey was
// approved.
func TestAnAdmittedRefusalLeavesALaterSurvey(t *testing.T) {
	t.Parallel()
	f, asked := aloneIn2018(t, 2)
	refused := signIn(t, f, "surveyor2")
	family, member, round := begunAgain(t, asked, refused)
	recordRefusal(t, refused, family, round)
	assignedElsewhere(t, f, 1)
	mustSync(t, refused)
	completed(t, asked, family, member, round, "2019-02-05")
	approve(t, f, asked, family)
	for _, c := range waitingChanges(t, f) {
		restPost(t, f, restToken(t, f, f.Supervisor), "/v1/quarantine/"+c.ChangeID+":decide", `{"admit":true}`)
	}
	if n, verified := surveyedOf(t, f, 2019), verifiedFamilies(t, f); n != 1 || verified != "1" {
		t.Errorf("2019 counts %d families, verified %s", n, verified)
	}
}

// Where the round stays withdrawn, a reviewer is told that there are answers, and none of
// them.
func TestAnswersBesideARefusalAreNoticed(t *testing.T) {
	t.Parallel()
	f, refused := aloneIn2018(t, 2)
	asked := signIn(t, f, "surveyor2")
	family, _, round := begunAgain(t, refused, asked)
	recordRefusal(t, refused, family, round)
	mustSync(t, refused)
	token := restToken(t, f, f.Supervisor)
	told := func() (codes []string) {
		var page struct {
			Findings []struct{ Code, RoundID, Message string }
		}
		restGet(t, f, token, "/v1/families/"+family.String(), &page)
		for _, found := range page.Findings {
			if found.RoundID == round.String() {
				codes = append(codes, found.Code)
			}
		}
		return codes
	}
	if got := told(); len(got) > 0 {
		t.Errorf("before: %v", got)
	}
	if _, err := asked.SaveRound(t.Context(), family, round, &ksv1.Round{Toilet: ksv1.Answer_ANSWER_YA.Enum()}, nil); err != nil {
		t.Fatal(err)
	}
	mustSync(t, asked)
	if got := told(); len(got) != 1 || got[0] != "WITHDRAWN_ANSWERED" {
		t.Errorf("after: %v", got)
	}
	if n := surveyedOf(t, f, 2019); n != 0 {
		t.Errorf("2019 counts %d families", n)
	}
}

// Nobody who knows that the family refused answers the round on: it would be shown to nobody.
func TestNoAnswersAreSavedIntoAWithdrawnRound(t *testing.T) {
	t.Parallel()
	_, u := aloneIn2018(t, 1)
	family, member, round := begunAgain(t, u)
	recordRefusal(t, u, family, round)
	_, ofRound := u.SaveRound(t.Context(), family, round, &ksv1.Round{SurveyDate: proto.String("2019-02-05")}, nil)
	_, ofMember := u.Save(t.Context(), family, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindIndividual, Record: round, Member: member}, Set: &ksv1.Individual{Smokes: ksv1.Answer_ANSWER_TIDAK.Enum()}})
	_, ofVisit := u.RecordVisit(t.Context(), family, &ksv1.Visit{Date: proto.String("2019-02-05"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum(), RoundId: proto.String(round.String())})
	for what, err := range map[string]error{"round": ofRound, "member": ofMember, "visit": ofVisit} {
		var invalid *clientsdk.ValidationError
		if !errors.As(err, &invalid) || invalid.Findings[0].Code.String() != "ROUND_WITHDRAWN" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := u.RecordVisit(t.Context(), family, &ksv1.Visit{Date: proto.String("2019-02-05"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME.Enum(), RoundId: proto.String(round.String())}); err != nil {
		t.Errorf("nobody at home: %v", err)
	}
	again := u.NewID()
	completed(t, u, family, member, again, "2019-02-06")
	if h, err := u.Family(t.Context(), family); err != nil || len(h.GetRounds()) != 2 || h.GetRounds()[0].GetRoundId() == round.String() || h.GetRounds()[1].GetRoundId() == round.String() {
		t.Errorf("begun anew: %v, %v", h.GetRounds(), err)
	}
}

// The same on line.
func TestNoAnswersAreTypedIntoAWithdrawnRound(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	clerk := onLine(t, f, f.Supervisor)
	form := clerk.begin(sample.VillageCodes()[0])
	round, etag := form.spare[0].(string), form.etag
	save := func(set map[string]any, want int) string {
		saved := clerk.post("/v1/forms/"+form.id+":save", map[string]any{"etag": etag, "set": set}, want)
		if now, ok := saved["form"].(map[string]any); ok {
			etag = now["etag"].(string)
		}
		text, _ := json.Marshal(saved)
		return string(text)
	}
	answered := func(date string) map[string]any {
		return map[string]any{"rounds": []any{map[string]any{"roundId": round, "round": map[string]any{"surveyDate": date}}}}
	}
	save(answered("2024-09-17"), http.StatusOK)
	save(map[string]any{"visits": []any{map[string]any{"visitId": form.spare[1], "visit": map[string]any{"date": "2024-09-18", "outcome": "VISIT_OUTCOME_REFUSED", "roundId": round}}}}, http.StatusOK)
	if answer := save(answered("2024-09-19"), http.StatusBadRequest); !strings.Contains(answer, "ROUND_WITHDRAWN") {
		t.Error(answer)
	}
}
