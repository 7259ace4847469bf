package field

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

// onLine is a page of the server, signed in: the same calls as the field app's.
func onLine(t *testing.T, f *Field, user string) *page {
	t.Helper()
	p := &page{t: t, url: "https://" + f.Address, client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
	body, err := json.Marshal(map[string]string{"userName": user, "password": f.Password})
	if err != nil {
		t.Fatal(err)
	}
	response, err := p.client.Post(p.url+"/v1/auth:signIn", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var grant struct {
		AccessToken string `json:"accessToken"`
	}
	if err := json.NewDecoder(response.Body).Decode(&grant); err != nil || grant.AccessToken == "" {
		t.Fatalf("sign in as %s: %s, %v", user, response.Status, err)
	}
	p.key = grant.AccessToken
	return p
}

// TestAPaperFormIsTypedInOnLineAndComesDownToDevices: the clerk's work is like
// any device's.
func TestAPaperFormIsTypedInOnLineAndComesDownToDevices(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	clerk := onLine(t, f, f.Supervisor)
	form := clerk.begin(sample.VillageCodes()[0])
	id, round, etag := form.id, form.spare[0].(string), form.etag
	saved := clerk.post("/v1/forms/"+id+":save", map[string]any{"etag": etag, "set": map[string]any{"rounds": []any{
		map[string]any{"roundId": round, "round": map[string]any{"surveyDate": "2024-09-17", "surveyorName": "Siti Aminah", "cleanWater": "ANSWER_YA"}}}}}, http.StatusOK)

	// A save on what another has changed meanwhile is refused, and nothing is lost.
	late := clerk.post("/v1/forms/"+id+":save", map[string]any{"etag": etag, "set": map[string]any{"family": map[string]any{"address": "Jl. Mawar"}}}, http.StatusConflict)
	if text, _ := json.Marshal(late); !strings.Contains(string(text), "FORM_CHANGED") {
		t.Errorf("a late save: %s", text)
	}
	clerk.post("/v1/forms/"+id+":save", map[string]any{"set": map[string]any{"family": map[string]any{"address": "Jl. Mawar"}}}, http.StatusBadRequest)
	etag = saved["form"].(map[string]any)["etag"].(string)
	refused := clerk.post("/v1/forms/"+id+":save", map[string]any{"etag": etag, "set": map[string]any{"rounds": []any{
		map[string]any{"roundId": round, "round": map[string]any{"surveyDate": "2999-01-01"}}}}}, http.StatusBadRequest)
	if text, _ := json.Marshal(refused); !strings.Contains(string(text), "SURVEY_IN_FUTURE") || !strings.Contains(string(text), "surveyDate") {
		t.Errorf("a survey in the future: %s", text)
	}
	clerk.post("/v1/forms/"+id+":save", map[string]any{"etag": etag, "clear": []any{
		map[string]any{"kind": "RECORD_KIND_ROUND", "recordId": round, "field": "cleanWater"}}}, http.StatusOK)

	u := signIn(t, f, "surveyor1")
	result, err := u.Sync(t.Context(), nil)
	if err != nil || result.Differing != 0 {
		t.Fatalf("sync: %v, %+v", err, result)
	}
	family, err := merge.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	h, err := u.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	r := h.GetRounds()[0].GetRound()
	if r.GetSurveyorName() != "Siti Aminah" || r.GetTypistName() != "Supervisor Contoh" || r.CleanWater != nil || r.GetQuestionnaireVersion() == "" {
		t.Errorf("the round on the device: %v", r)
	}
	if len(h.GetVisits()) != 1 {
		t.Fatalf("visits: %v", h.GetVisits())
	}
	visit := h.GetVisits()[0].GetVisit()
	if visit.GetDate() != "2024-09-17" || visit.GetSurveyorName() != "Siti Aminah" || visit.GetOutcome() != ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL || visit.GetRoundId() != round {
		t.Errorf("the form's visit on the device: %v", visit)
	}
	list := clerk.post("/v1/forms:search", map[string]any{"text": "budi", "area": sample.VillageCodes()[0]}, http.StatusOK)["households"].([]any)
	if len(list) != 1 || list[0].(map[string]any)["state"] != "FORM_STATE_DRAFT" {
		t.Errorf("found: %v", list)
	}
	clerk.post("/v1/forms:submit", map[string]any{"familyIds": []any{id}}, http.StatusOK)
	if state := clerk.get("/v1/forms/" + id)["form"].(map[string]any)["state"]; state != "FORM_STATE_SUBMITTED" {
		t.Errorf("after submitting: %v", state)
	}
}

// TestAMorningInTheEastIsNobodysFuture: at 06:30 WIT the server's own zone, UTC,
// still has the day before. A form dated with the village's day is taken on line
// and on a device set to UTC; the day after is not.
func TestAMorningInTheEastIsNobodysFuture(t *testing.T) {
	t.Parallel()
	began, morning := time.Now(), time.Date(2026, 3, 2, 21, 30, 0, 0, time.UTC)
	now := func() time.Time { return morning.Add(time.Since(began)) }
	f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	clerk := onLine(t, f, f.Supervisor)
	for date, taken := range map[string]bool{"2026-03-02": true, "2026-03-03": true, "2026-03-04": false} {
		form := clerk.begin(sample.VillageCodes()[0])
		want := http.StatusOK
		if !taken {
			want = http.StatusBadRequest
		}
		clerk.post("/v1/forms/"+form.id+":save", map[string]any{"etag": form.etag, "set": map[string]any{"rounds": []any{
			map[string]any{"roundId": form.spare[0], "round": map[string]any{"surveyDate": date}}}}}, want)

		family, _, err := u.StartFamily(t.Context(), village(t, u), "3/7", &ksv1.Family{HeadName: proto.String("Sari")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = u.SaveRound(t.Context(), family, u.NewID(), &ksv1.Round{SurveyDate: proto.String(date)}, nil)
		if (err == nil) != taken {
			t.Errorf("a device's round of %s: %v", date, err)
		}
	}
}

// TestManyTypistsOfOneFamilyLoseNothing: of saves on one state one is taken, the
// others are told; what was taken is all there, without a conflict.
func TestManyTypistsOfOneFamilyLoseNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	clerk := onLine(t, f, f.Supervisor)
	started := clerk.post("/v1/forms", map[string]any{"villageCode": sample.VillageCodes()[0], "place": "3/7", "family": map[string]any{"headName": "Budi"}}, http.StatusOK)
	form := started["form"].(map[string]any)
	id := form["household"].(map[string]any)["familyId"].(string)
	for round := range 5 {
		etag := clerk.get("/v1/forms/" + id)["form"].(map[string]any)["etag"].(string)
		taken := make(chan bool)
		for n := range 4 {
			go func() {
				body, _ := json.Marshal(map[string]any{"etag": etag, "set": map[string]any{"family": map[string]any{"address": strings.Repeat("x", 1+round*4+n)}}})
				r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, clerk.url+"/v1/forms/"+id+":save", bytes.NewReader(body))
				r.Header.Set("Authorization", "Bearer "+clerk.key)
				response, err := clerk.client.Do(r)
				if err != nil {
					taken <- false
					return
				}
				response.Body.Close()
				taken <- response.StatusCode == http.StatusOK
			}()
		}
		won := 0
		for range 4 {
			if <-taken {
				won++
			}
		}
		if won != 1 {
			t.Errorf("round %d: %d of 4 saves on one state were taken", round, won)
		}
	}
	if conflicts := clerk.get("/v1/forms/" + id)["form"].(map[string]any)["conflicts"]; conflicts != nil && conflicts != float64(0) {
		t.Errorf("%v conflicts between saves one after the other", conflicts)
	}
}
