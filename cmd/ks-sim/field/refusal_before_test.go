package field

import (
	"net/http"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A family who let itself be surveyed after it had refused, or was found again, is among
// the surveyed in every list, and in a later year among those to be surveyed again.
func TestARefusalBeforeTheSurveySaysNothingOfIt(t *testing.T) {
	t.Parallel()
	for _, outcome := range []ksv1.VisitOutcome{ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED, ksv1.VisitOutcome_VISIT_OUTCOME_MOVED} {
		f, u := aloneIn2018(t, 1)
		family, _ := surveyedIn2018(t, u)
		if _, err := u.RecordVisit(t.Context(), family, &ksv1.Visit{Date: proto.String("2017-03-01"), Outcome: outcome.Enum()}); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
		if s, ok := u.Summary(family); !ok || !s.SurveyedSince || s.LastVisit != outcome {
			t.Errorf("%s: on the device: %+v", outcome, s)
		}
		listed := onLine(t, f, f.Supervisor).post("/v1/forms:search", map[string]any{}, http.StatusOK)["households"].([]any)[0].(map[string]any)
		if listed["state"] != "FORM_STATE_NOT_VISITED" {
			t.Errorf("%s: on the page: %v", outcome, listed["state"])
		}
	}
}

// Of the visits of a day the later one tells where the family stands, whichever device
// wrote it.
func TestTheLaterVisitOfADayIsTheLast(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	load(t, f, alone2018, 0)
	const morning, noon = 1517616000000, 1517630400000 // 3 February 2018
	users := []*clientsdk.User{signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")}
	family, _ := surveyedIn2018(t, users[0])
	mustSync(t, users[1])
	for i, v := range []*ksv1.Visit{
		{StartedAtMs: proto.Uint64(noon), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL.Enum()},
		{StartedAtMs: proto.Uint64(morning), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum()},
	} {
		v.Date = proto.String("2018-02-03")
		if _, err := users[i].RecordVisit(t.Context(), family, v); err != nil {
			t.Fatal(err)
		}
		mustSync(t, users[i])
	}
	for _, u := range users {
		mustSync(t, u)
		if s, _ := u.Summary(family); s.LastVisit != ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL {
			t.Errorf("the last visit: %s", s.LastVisit)
		}
	}
}
