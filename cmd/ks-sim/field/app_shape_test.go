package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/sample"
)

// TestTheAppHoldsThePagesCallsAgainstTheContractsRules: what the server's edge
// refuses, a device refuses too, with the field and in Indonesian.
func TestTheAppHoldsThePagesCallsAgainstTheContractsRules(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	p.enter(f, "surveyor1")
	form := p.begin(sample.VillageCodes()[0])
	refused := func(method, path string, body any, field, text string) {
		t.Helper()
		told, err := json.Marshal(p.call(method, path, body, http.StatusBadRequest))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(told), `"field":"`+field+`"`) || !strings.Contains(string(told), text) || !strings.Contains(string(told), "BAD_REQUEST") {
			t.Errorf("%s %s: %s, want %s: %s", method, path, told, field, text)
		}
	}
	refused(http.MethodGet, "/v1/app/today?pageSize=1001", nil, "page_size", "Paling besar 1000.")
	refused(http.MethodGet, "/v1/app/outbox?pageSize=1001", nil, "page_size", "Paling besar 1000.")
	refused(http.MethodPost, "/v1/forms:search", map[string]any{"text": strings.Repeat("a", 201)}, "text", "Paling banyak 200 huruf.")
	refused(http.MethodGet, "/v1/forms/bukan-nomor", nil, "family_id", "Bentuk isian ini tidak benar.")
	refused(http.MethodPost, "/v1/forms", map[string]any{"villageCode": "x", "place": "3/7"}, "village_code", "Bentuk isian ini tidak benar.")
	refused(http.MethodPost, "/v1/forms/"+form.id+":save", map[string]any{"set": map[string]any{"family": map[string]any{"address": strings.Repeat("a", 501)}}},
		"set.family.address", "Paling banyak 500 huruf.")
	refused(http.MethodPost, "/v1/forms", map[string]any{"villageCode": sample.VillageCodes()[0], "place": "tujuh", "family": map[string]any{"headName": "Budi"}},
		"place", "Tulis RW dan RT dengan angka, misalnya 3/7.")
	p.get("/v1/app/today?pageSize=1000")
}
