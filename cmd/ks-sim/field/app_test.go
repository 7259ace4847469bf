package field

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/app"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

// page is what a browser does with the field app.
type page struct {
	t      *testing.T
	url    string
	key    string
	client *http.Client
}

// startApp serves a field app for the field's server, as on a surveyor's device.
func startApp(t *testing.T, f *Field, now func() time.Time, dial ...grpc.DialOption) *page {
	t.Helper()
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		t.Fatal(err)
	}
	c := app.Config{Dir: t.TempDir()}
	c.SDK.Now, c.SDK.DialOptions = now, dial
	a, err := app.New(c)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener, http.NotFoundHandler()) }()
	cleanUp(t, func() {
		cancel()
		<-ended
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	base, key, _ := strings.Cut(a.URL(listener.Addr()), "/#kunci=")
	p := &page{t, base, key, http.DefaultClient}
	p.post("/v1/app:setUp", map[string]any{"link": app.Setup{Server: f.Address, Pin: pin.String(), DeviceName: "Tablet 7"}.Link()}, http.StatusOK)
	return p
}

func (p *page) call(method, path string, body any, want int) map[string]any {
	p.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.key)
	response, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		p.t.Fatalf("%s %s: status %d, no JSON: %v", method, path, response.StatusCode, err)
	}
	if response.StatusCode != want {
		p.t.Fatalf("%s %s: status %d, want %d: %v", method, path, response.StatusCode, want, out)
	}
	return out
}

func (p *page) get(path string) map[string]any {
	p.t.Helper()
	return p.call(http.MethodGet, path, nil, http.StatusOK)
}

func (p *page) post(path string, body map[string]any, want int) map[string]any {
	p.t.Helper()
	return p.call(http.MethodPost, path, body, want)
}

// enter signs in and syncs, as a surveyor does at the day's beginning.
func (p *page) enter(f *Field, user string) {
	p.t.Helper()
	p.post("/v1/app:signIn", map[string]any{"userName": user, "password": f.Password}, http.StatusOK)
	if state := p.sync(); state["error"] != nil || state["proved"] != true {
		p.t.Fatalf("first sync: %v", state)
	}
}

// begun is a form of a family of Budi's that the page has just begun.
type begun struct {
	id, etag string
	spare    []any // ids for new records
}

func (p *page) begin(village string) begun {
	p.t.Helper()
	started := p.post("/v1/forms", map[string]any{"villageCode": village, "place": "3/7", "family": map[string]any{"headName": "Budi", "buildingNumber": "12"}}, http.StatusOK)
	form := started["form"].(map[string]any)
	etag, _ := form["etag"].(string)
	return begun{form["household"].(map[string]any)["familyId"].(string), etag, form["spareIds"].([]any)}
}

// sync waits for a sync to end, and returns its state.
func (p *page) sync() map[string]any {
	p.t.Helper()
	p.post("/v1/app/sync:start", map[string]any{}, http.StatusOK)
	return p.synced()
}

// synced waits for the sync under way to end, and returns its state.
func (p *page) synced() map[string]any {
	p.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		state, _ := p.get("/v1/app/status")["sync"].(map[string]any)
		if state["running"] != true {
			return state
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatal("the sync does not end")
	return nil
}

// TestAFamilyIsSurveyedByThePageAndReachesTheServer goes the whole way of a
// surveyor through the calls that the page makes.
func TestAFamilyIsSurveyedByThePageAndReachesTheServer(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	p.call(http.MethodGet, "/v1/app/areas", nil, http.StatusUnauthorized)
	p.enter(f, "surveyor1")
	village := sample.VillageCodes()[0]
	questionnaire := p.get("/v1/questionnaire")
	if len(questionnaire["questions"].([]any)) < 40 || questionnaire["noticeVersion"] == "" {
		t.Fatalf("questionnaire: %v", questionnaire)
	}

	first := p.begin(village)
	id, round, man, baby := first.id, first.spare[0].(string), first.spare[1].(string), first.spare[2].(string)
	save := func(set map[string]any, want int) map[string]any {
		return p.post("/v1/forms/"+id+":save", map[string]any{"familyId": id, "set": set}, want)
	}
	save(map[string]any{
		"members": []any{
			map[string]any{"memberId": man, "member": map[string]any{"name": "Budi", "sex": "SEX_MALE", "birthDate": "1980-01-31", "number": 1}},
			map[string]any{"memberId": baby, "member": map[string]any{"name": "Sari", "sex": "SEX_FEMALE", "birthDate": "2024-01-17", "number": 2}},
		},
		"rounds": []any{map[string]any{"roundId": round, "round": map[string]any{"surveyDate": "2024-09-17"}, "individuals": []any{
			map[string]any{"memberId": man, "individual": map[string]any{"present": true, "relation": "RELATION_HEAD", "maritalStatus": "MARITAL_STATUS_WIDOWED"}},
			map[string]any{"memberId": baby, "individual": map[string]any{"present": true, "relation": "RELATION_CHILD", "maritalStatus": "MARITAL_STATUS_SINGLE"}},
		}}},
	}, http.StatusOK)

	// A man cannot be pregnant: refused by field, and nothing of it is kept.
	refused := save(map[string]any{"rounds": []any{map[string]any{"roundId": round, "individuals": []any{
		map[string]any{"memberId": man, "individual": map[string]any{"pregnant": "ANSWER_YA", "smokes": "ANSWER_YA"}}}}}}, http.StatusBadRequest)
	if text, _ := json.Marshal(refused); !strings.Contains(string(text), man+"/pregnant") || !strings.Contains(string(text), "PREGNANT_MAN") {
		t.Errorf("a pregnant man is refused with %s", text)
	}
	form := p.get("/v1/forms/" + id)["form"].(map[string]any)
	if text, _ := json.Marshal(form["household"]); strings.Contains(string(text), "smokes") {
		t.Errorf("part of a refused save was kept: %s", text)
	}

	// Every question that is asked is answered as its options say; the form ends.
	for range 100 {
		next := unanswered(form)
		if next == nil {
			break
		}
		form = save(answer(next, round), http.StatusOK)["form"].(map[string]any)
	}
	if next := unanswered(form); next != nil {
		t.Fatalf("the form does not end: %v", next)
	}
	index := form["inti"].(map[string]any)
	if index["iks"] == nil || strings.Contains(index["values"].(string), "?") || form["state"] != "FORM_STATE_COMPLETE" {
		t.Fatalf("a finished form has no index: %v, %v", index, form["state"])
	}

	p.post("/v1/forms:submit", map[string]any{"familyIds": []any{id}}, http.StatusOK)
	if state := p.sync(); state["error"] != nil || state["proved"] != true {
		t.Fatalf("second sync: %v", state)
	}
	status := p.get("/v1/app/status")
	if counts := status["counts"].(map[string]any); counts["pending"] != nil || counts["applied"] == nil {
		t.Errorf("after the sync: %v", counts)
	}
	for _, e := range p.get("/v1/app/outbox")["entries"].([]any) {
		if e.(map[string]any)["state"] != "OUTBOX_STATE_APPLIED" {
			t.Errorf("outbox: %v", e)
		}
	}
	areas, _ := json.Marshal(p.get("/v1/app/areas"))
	if !strings.Contains(string(areas), "RT 007/RW 003") {
		t.Errorf("areas: %s", areas)
	}
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	sum := f.Server.Board().Area(village)
	summary := sum.Provisional.Of(iks.Inti)
	if got := summary.Surveyed(); got != 1 {
		t.Errorf("the server counts %d families", got)
	}
}

// unanswered is the first choice, number or date of blocks IV and V that has no
// answer; nil: none.
func unanswered(form map[string]any) map[string]any {
	for _, q := range form["questions"].([]any) {
		q := q.(map[string]any)
		if q["answered"] == true || q["input"] != "FORM_INPUT_CHOICE" && q["input"] != "FORM_INPUT_NUMBER" || q["kind"] != "RECORD_KIND_ROUND" && q["kind"] != "RECORD_KIND_INDIVIDUAL" {
			continue
		}
		return q
	}
	return nil
}

// answer gives a question its last option, or its smallest number.
func answer(q map[string]any, round string) map[string]any {
	var value any = q["min"]
	if options, ok := q["options"].([]any); ok {
		value = options[len(options)-1].(map[string]any)["value"]
	}
	switch value {
	case "true", "false":
		value = value == "true"
	}
	field := q["field"].(string)
	if q["kind"] == "RECORD_KIND_ROUND" {
		return map[string]any{"rounds": []any{map[string]any{"roundId": round, "round": map[string]any{field: value}}}}
	}
	return map[string]any{"rounds": []any{map[string]any{"roundId": round, "individuals": []any{
		map[string]any{"memberId": q["memberId"], "individual": map[string]any{field: value}}}}}}
}

// TestThePageSupersedesOnlyWhatItsFormShowed: a colleague's address comes by a sync of the
// app's own while the form is open.
func TestThePageSupersedesOnlyWhatItsFormShowed(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	first := p.begin(sample.VillageCodes()[0])
	path := "/v1/forms/" + first.id
	form := func() map[string]any { return p.get(path)["form"].(map[string]any) }
	save := func(etag any, address string, want int) map[string]any {
		set := map[string]any{"family": map[string]any{"address": address}}
		return p.post(path+":save", map[string]any{"familyId": first.id, "etag": etag, "set": set}, want)
	}
	open := save(first.etag, "Jl. Nol", http.StatusOK)["form"].(map[string]any)["etag"]
	p.sync()
	b := signIn(t, f, "surveyor2")
	mustSync(t, b)
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. B")}}
	if _, err := b.Save(t.Context(), mustID(t, first.id), edit); err != nil {
		t.Fatal(err)
	}
	mustSync(t, b)
	p.sync()
	saved := save(open, "Jl. A", http.StatusOK)["form"].(map[string]any)
	if saved["conflicts"] != 1.0 {
		t.Errorf("an address that the form did not show was superseded: %v conflicts", saved["conflicts"])
	}
	save(open, "Jl. AA", http.StatusOK) // by the same form, which has seen its own
	if now := form(); now["conflicts"] != 1.0 {
		t.Errorf("saved twice: %v conflicts", now["conflicts"])
	}
	// Once the page shows the family as it is, an answer is by who has seen that.
	settled := save(form()["etag"], "Jl. C", http.StatusOK)["form"].(map[string]any)
	if settled["conflicts"] != nil {
		t.Errorf("by who saw it: %v conflicts", settled["conflicts"])
	}
	p.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	p.post("/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": f.Password}, http.StatusOK)
	refused := save(settled["etag"], "Jl. D", http.StatusConflict)
	if text, _ := json.Marshal(refused); !strings.Contains(string(text), "FORM_CHANGED") || !strings.Contains(string(text), "perlu dimuat ulang") {
		t.Errorf("a form of before the app was locked: %s", text)
	}
}

func TestOnlyThePageOfThisLaunchUsesTheApp(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	for name, change := range map[string]func(*http.Request){
		"no key":           func(r *http.Request) { r.Header.Del("Authorization") },
		"another key":      func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") },
		"another host":     func(r *http.Request) { r.Host = "attacker.example" },
		"localhost's name": func(r *http.Request) { r.Host = "localhost" },
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/v1/app/status", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+p.key)
		change(r)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusForbidden && response.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s: status %d", name, response.StatusCode)
		}
	}
}

func TestWrongPasswordsAreSlowedDownOnTheDevice(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	// A clock that stands: on a slow machine the wait may else be over when it is tried.
	stands := time.Now()
	p := startApp(t, f, func() time.Time { return stands })
	signIn := func(password string, want int) {
		t.Helper()
		p.post("/v1/app:signIn", map[string]any{"userName": "Surveyor1 ", "password": password}, want)
	}
	signIn(f.Password, http.StatusOK)
	p.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	for range 3 {
		signIn("salah", http.StatusUnauthorized)
	}
	signIn("salah", http.StatusTooManyRequests)
	signIn(f.Password, http.StatusTooManyRequests)
}
