package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

// startBudi starts a family of Budi's, of whom nothing else is asked yet.
func startBudi(t *testing.T, u *clientsdk.User) clientsdk.ID {
	t.Helper()
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String("Budi")})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// surveyedOf is what the district counts in a survey year.
func surveyedOf(t *testing.T, f *Field, year int) int64 {
	t.Helper()
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	y := f.Server.Board().InYear("32.04", year)
	return y.Provisional.Of(iks.Inti).Surveyed()
}

// A family that refuses in the middle takes what it had answered back: on the device at
// once, on the server and on other devices after the next sync. What it answered the
// year before stays, and a new round may be begun when it agrees later.
func TestARefusalInTheMiddleWithdrawsTheRound(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, member, round := begunAgain(t, u)
	mustSync(t, u)
	if n := surveyedOf(t, f, 2019); n != 1 {
		t.Fatalf("begun in 2019: %d surveyed", n)
	}
	recordRefusal(t, u, family, round)
	mustSync(t, u)
	if is, was := surveyedOf(t, f, 2019), surveyedOf(t, f, 2018); is != 0 || was != 1 {
		t.Errorf("after the refusal 2019 counts %d, 2018 %d families", is, was)
	}
	supervisor := signIn(t, f, "supervisor")
	mustSync(t, supervisor)
	for who, of := range map[string]*clientsdk.User{"surveyor": u, "supervisor": supervisor} {
		h, err := of.Family(t.Context(), family)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.GetRounds()) != 1 || h.GetRounds()[0].GetRound().GetSurveyDate() != "2018-02-03" || len(h.GetVisits()) != 1 {
			t.Errorf("the %s sees %v, %d visits", who, h.GetRounds(), len(h.GetVisits()))
		}
		if _, err := of.Questions(t.Context(), family, round); err == nil {
			t.Errorf("the %s is shown the questions of the withdrawn round", who)
		}
	}
	if next := begunIn2019(t, u, family, member); next == round {
		t.Fatal("the same round again")
	}
	mustSync(t, u)
	if n := surveyedOf(t, f, 2019); n != 1 {
		t.Errorf("begun again: 2019 counts %d families", n)
	}
}

// What another device answered in the round meanwhile stays in the family's history,
// and does not bring the round back.
func TestAnswersGivenElsewhereDoNotUndoARefusal(t *testing.T) {
	t.Parallel()
	f, u := aloneIn2018(t, 1)
	family, _, round := begunAgain(t, u)
	mustSync(t, u)
	other := signIn(t, f, "supervisor")
	mustSync(t, other)
	recordRefusal(t, u, family, round)
	if _, err := other.SaveRound(t.Context(), family, round, &ksv1.Round{Toilet: ksv1.Answer_ANSWER_YA.Enum()}, nil); err != nil {
		t.Fatal(err)
	}
	for _, user := range []*clientsdk.User{u, other, u} {
		mustSync(t, user)
	}
	for _, user := range []*clientsdk.User{u, other} {
		h, err := user.Family(t.Context(), family)
		if err != nil || len(h.GetRounds()) != 1 {
			t.Errorf("rounds shown: %v, %v", h.GetRounds(), err)
		}
	}
	if n := surveyedOf(t, f, 2019); n != 0 {
		t.Errorf("2019 counts %d families", n)
	}
}

// The same where a clerk types in on line that the family refused.
func TestARefusalTypedInOnLineWithdrawsTheRound(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	clerk := onLine(t, f, f.Supervisor)
	form := clerk.begin(sample.VillageCodes()[0])
	round, visit, today := form.spare[0].(string), form.spare[1].(string), time.Now().Format(time.DateOnly)
	saved := clerk.post("/v1/forms/"+form.id+":save", map[string]any{"etag": form.etag, "set": map[string]any{"rounds": []any{
		map[string]any{"roundId": round, "round": map[string]any{"surveyDate": today, "mentalDisorder": "ANSWER_YA"}}}}}, http.StatusOK)
	etag := saved["form"].(map[string]any)["etag"].(string)
	saved = clerk.post("/v1/forms/"+form.id+":save", map[string]any{"etag": etag, "roundId": round, "set": map[string]any{"visits": []any{
		map[string]any{"visitId": visit, "visit": map[string]any{"date": today, "outcome": "VISIT_OUTCOME_REFUSED", "roundId": round}}}}}, http.StatusOK)
	after := saved["form"].(map[string]any)
	if text, _ := json.Marshal(after); strings.Contains(string(text), "mentalDisorder\":\"ANSWER_YA") || after["roundId"] != "" || after["state"] != "FORM_STATE_REFUSED" {
		t.Errorf("after the refusal: %s", text)
	}
	history, _ := json.Marshal(clerk.get("/v1/families/" + form.id + "/history"))
	if strings.Contains(string(history), "mentalDisorder") || strings.Contains(string(history), "mental_disorder") || !strings.Contains(string(history), "withdrawal") {
		t.Errorf("the family's history: %s", history)
	}
	if n := surveyedOf(t, f, 2024); n != 0 {
		t.Errorf("2024 counts %d families", n)
	}
}

// Two families made one: that the other record's people once refused says nothing of the
// round that is under way in the kept one.
func TestARefusalThatCameWithADoubleWithdrawsNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, f.Supervisor)
	mustSync(t, u)
	twice, kept := startBudi(t, u), startBudi(t, u)
	visit := &ksv1.Visit{Date: proto.String("2024-06-10"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum()}
	if _, err := u.RecordVisit(t.Context(), twice, visit); err != nil {
		t.Fatal(err)
	}
	if _, err := u.SaveRound(t.Context(), kept, u.NewID(), &ksv1.Round{SurveyDate: proto.String("2024-06-01"), Toilet: ksv1.Answer_ANSWER_YA.Enum()}, nil); err != nil {
		t.Fatal(err)
	}
	if err := u.MergeFamily(t.Context(), twice, kept, "keluarga yang sama"); err != nil {
		t.Fatal(err)
	}
	h, err := u.Family(t.Context(), kept)
	if err != nil || len(h.GetRounds()) != 1 || len(h.GetVisits()) != 1 {
		t.Errorf("made one: %v, %v", h, err)
	}
}
