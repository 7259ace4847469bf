package field

import (
	"net/http"
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// A family whose second round is under way is not done, in the list of the field app and
// in that of paper forms, while the index is still that of the first round.
func TestASecondRoundUnderWayIsADraft(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	load(t, f, alone2018, 0)
	device := startApp(t, f, nil)
	device.enter(f, "surveyor1")
	onPaper := onLine(t, f, f.Supervisor)
	stands := func(what, state string) {
		t.Helper()
		for name, p := range map[string]*page{"device": device, "server": onPaper} {
			of, _ := p.post("/v1/forms:search", map[string]any{"state": state}, http.StatusOK)["households"].([]any)
			if len(of) != 1 {
				t.Errorf("%s, %s: %d families are %s", what, name, len(of), state)
				continue
			}
			line := of[0].(map[string]any)
			if form := p.get("/v1/forms/" + line["familyId"].(string))["form"].(map[string]any); form["state"] != state {
				t.Errorf("%s, %s: the form says %v", what, name, form["state"])
			}
			if line["iks"] != "1.000" || line["surveyDate"] != "2018-02-03" || line["category"] != "CATEGORY_SEHAT" {
				t.Errorf("%s, %s: %v", what, name, line)
			}
		}
	}
	stands("surveyed in an earlier year", "FORM_STATE_NOT_VISITED")
	line := device.post("/v1/forms:search", map[string]any{}, http.StatusOK)["households"].([]any)[0].(map[string]any)
	id := line["familyId"].(string)
	form, today := device.get("/v1/forms/" + id)["form"].(map[string]any), device.get("/v1/app/status")["today"].(string)
	person, spare := form["people"].([]any)[0].(map[string]any)["memberId"], form["spareIds"].([]any)
	save := func(set map[string]any) {
		t.Helper()
		device.post("/v1/forms/"+id+":save", map[string]any{"familyId": id, "set": set}, http.StatusOK)
		device.sync()
	}
	save(map[string]any{"rounds": []any{map[string]any{"roundId": spare[0], "round": map[string]any{"surveyDate": today, "cleanWater": "ANSWER_YA"},
		"individuals": []any{map[string]any{"memberId": person, "individual": map[string]any{"present": true}}}}}})
	stands("begun again", "FORM_STATE_DRAFT")
	save(map[string]any{"visits": []any{
		map[string]any{"visitId": spare[1], "visit": map[string]any{"date": today, "outcome": "VISIT_OUTCOME_REFUSED", "roundId": spare[0]}}}})
	stands("withdrawn", "FORM_STATE_REFUSED")
}

// Where the latest round is complete for the nuclear family alone, an earlier one counts for
// all members: each index stands beside the date of its own survey.
func TestTheDateBesideAnIndexIsThatOfItsSurvey(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	head, budi, _ := strings.Cut(alone2018, "\n")
	sister := func(row string) string { return strings.NewReplacer("M1,1,1,", "M2,7,2,", "Budi", "Sari").Replace(row) }
	again := strings.NewReplacer("2018-02-03", "2019-02-03").Replace(budi)
	load(t, f, head+"\n"+budi+sister(budi), 0)
	load(t, f, head+"\n"+again+strings.Replace(sister(again), "Sari,T,", "Sari,,", 1), 0)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	list, _ := u.Families(clientsdk.Query{})
	index, err := u.Index(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if list[0].SurveyDate != "2019-02-03" || index.SurveyDate != "2019-02-03" || index.BesarSurveyDate != "2018-02-03" || index.RoundID == index.BesarRoundID {
		t.Errorf("on the device: listed with %s; %+v", list[0].SurveyDate, index)
	}
	office := onLine(t, f, f.Supervisor)
	id := list[0].ID.String()
	form := office.post("/v1/forms:search", map[string]any{}, http.StatusOK)["households"].([]any)[0].(map[string]any)
	family := office.get("/v1/families")["families"].([]any)[0].(map[string]any)
	of := office.get("/v1/families/" + id)["index"].(map[string]any)
	if form["surveyDate"] != "2019-02-03" || family["surveyDate"] != "2019-02-03" || of["surveyDate"] != "2019-02-03" || of["besarSurveyDate"] != "2018-02-03" {
		t.Errorf("on line: %v, %v, %v", form, family, of)
	}
}
