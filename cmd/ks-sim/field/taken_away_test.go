package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/sample"
)

// An RT is taken away while forms of its families are open, of which all is sent: they leave
// the device, and who goes on with them reads why, not that they were never there.
func TestAFamilyTakenAwayIsToldAsOneWhileItsFormIsOpen(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		village := sample.VillageCodes()[0]
		b := signIn(t, f, "surveyor2")
		mustSync(t, b)
		number, err := b.Village(t.Context(), village)
		if err != nil {
			t.Fatal(err)
		}
		theirs, _, err := b.StartFamily(t.Context(), number.GetVillage(), "3/7", &ksv1.Family{HeadName: proto.String("Wati")})
		if err != nil {
			t.Fatal(err)
		}
		mustSync(t, b)
		p := startApp(t, f, nil)
		p.enter(f, "surveyor1")
		own := p.begin(village)
		p.sync()
		opened := p.get("/v1/forms/" + theirs.String())["form"].(map[string]any)["etag"]
		assignTo(t, f, otherRT)
		if state := p.sync(); state["error"] != nil || state["proved"] != true {
			t.Fatalf("the sync that takes the RT away: %v", state)
		}

		for id, etag := range map[string]any{own.id: own.etag, theirs.String(): opened} {
			path := "/v1/forms/" + id
			set := map[string]any{"family": map[string]any{"address": "Jl. Melati 5"}}
			isTakenAway(t, "a save", p.post(path+":save", map[string]any{"familyId": id, "etag": etag, "set": set}, http.StatusNotFound))
			isTakenAway(t, "the form", p.call(http.MethodGet, path, nil, http.StatusNotFound))
			isTakenAway(t, "a submission", p.post("/v1/forms:submit", map[string]any{"familyIds": []any{id}}, http.StatusNotFound))
		}
		p.post("/v1/app:lock", map[string]any{}, http.StatusOK)
		p.post("/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": f.Password}, http.StatusOK)
		isTakenAway(t, "the form, after the app was locked", p.call(http.MethodGet, "/v1/forms/"+own.id, nil, http.StatusNotFound))
		unknown := clientsdk.ID{1}
		if text, _ := json.Marshal(p.call(http.MethodGet, "/v1/forms/"+unknown.String(), nil, http.StatusNotFound)); !strings.Contains(string(text), `"NOT_FOUND"`) {
			t.Errorf("of a family that was never here: %s", text)
		}
	})
}

func isTakenAway(t *testing.T, what string, refused map[string]any) {
	t.Helper()
	text, _ := json.Marshal(refused)
	for _, want := range []string{`"TAKEN_AWAY"`, "bukan wilayah tugas Anda lagi", "aman di sana", "jangan mendata keluarga ini sekali lagi"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s is refused without %q: %s", what, want, text)
		}
	}
}
