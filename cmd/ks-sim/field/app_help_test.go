package field

import (
	"net/http"
	"testing"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TestThePageFillsFromTheCardAndTellsWhomToAsk: the civil registry and the contacts
// through the app's calls.
func TestThePageFillsFromTheCardAndTellsWhomToAsk(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	const nkk = "3204054101900077"
	nameless := cardOf(3204054101900077)
	nameless.NIK, nameless.Name = 3204054101900078, ""
	withRegistry(t, f, registry.Options{}).Put(cardOf(3204054101900077), nameless)
	if err := f.AddOffice(t.Context(), "national", ksv1.Role_ROLE_NATIONAL, ""); err != nil {
		t.Fatal(err)
	}
	status, body := rest(t, f, "PUT", restToken(t, f, "national"), "/v1/support/id", `{"contacts":[{"name":"Bantuan","telephone":"0812-3456-7890"}]}`)
	if status != http.StatusOK {
		t.Fatalf("set contacts: %d %s", status, body)
	}
	p := startApp(t, f, nil)
	if desks := p.get("/v1/app/contacts")["desks"]; desks != nil {
		t.Errorf("contacts before any sync: %v", desks)
	}
	p.enter(f, "surveyor1")
	area := p.get("/v1/app/areas")["villages"].([]any)[0].(map[string]any)["code"]
	started := p.post("/v1/forms", map[string]any{"villageCode": area, "place": "001/001", "family": map[string]any{"headName": "Budi"}}, http.StatusOK)
	family := started["form"].(map[string]any)["household"].(map[string]any)["familyId"]
	fill := func(number string, want int) map[string]any {
		return p.post("/v1/app:fillFromCard", map[string]any{"familyId": family, "nkk": number}, want)
	}
	if got := fill(nkk, http.StatusOK); got["outcome"] != "FILL_OUTCOME_NOT_ALLOWED" || got["message"] == nil {
		t.Errorf("without a form in force: %v", got)
	}
	inForce(t, f, "surveyor1")
	got := fill(nkk, http.StatusOK)
	if added, _ := got["added"].(float64); got["outcome"] != "FILL_OUTCOME_DONE" || added == 0 {
		t.Errorf("filled: %v", got)
	}
	if left, _ := got["notEntered"].([]any); len(left) != 1 || left[0].(map[string]any)["reason"] == nil || got["message"] == nil {
		t.Errorf("who is not entered: %v", got)
	}
	if again := fill(nkk, http.StatusOK); again["added"] != nil || again["verified"] != got["added"] {
		t.Errorf("filled again: %v", again)
	}
	fill("12", http.StatusBadRequest)
	p.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	desks, _ := p.get("/v1/app/contacts")["desks"].([]any)
	if len(desks) == 0 || desks[len(desks)-1].(map[string]any)["area"] != "id" {
		t.Errorf("contacts while nobody is signed in: %v", desks)
	}
}
