package field

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// secrets are what the requests of these tests hold where it can't be read.
var secrets = []string{"32040541018000O1", "90210777123", "rahasia", "Siti"}

// checkUnread holds a refusal against what it must name and must not repeat.
func checkUnread(t *testing.T, call string, status int, body []byte, field, text string) {
	t.Helper()
	told := strings.NewReplacer(" :", ":", ": ", ":").Replace(string(body))
	if status != http.StatusBadRequest || !strings.Contains(told, `"field":"`+field+`"`) || !strings.Contains(told, text) || !strings.Contains(told, "BAD_REQUEST") {
		t.Errorf("%s: %d, want %s: %s: %s", call, status, field, text, told)
	}
	for _, secret := range secrets {
		if strings.Contains(told, secret) {
			t.Errorf("%s: repeats %s: %s", call, secret, told)
		}
	}
}

// A value of a wrong kind is not repeated, in whatever part of a request it stands: it may be
// a NIK, a name or a password. The field is named, and what is wanted of it.
func TestWhatCantBeReadIsNotRepeated(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	supervisor := tokenFor(t, f, "supervisor")
	for _, c := range []struct{ method, path, body, field, text string }{
		{"POST", "/v1/civilRegistry:lookUpPerson", `{"nik":"32040541018000O1"}`, "nik", "Isi dengan angka saja."},
		{"POST", "/v1/forms", `{"household":{"members":[{"memberId":"x","member":{"name":"Siti","nik":"32040541018000O1"}}]}}`, "nik", "Isi dengan angka saja."},
		{"POST", "/v1/auth:signIn", `{"userName":"surveyor1","password":90210777123}`, "password", "Isi dengan teks."},
		{"POST", "/v1/exports/families", `{"kind":"Siti"}`, "kind", "Pilih salah satu nilai yang tersedia."},
		{"GET", "/v1/families?pageSize=32040541018000O1", "", "page_size", "Isi dengan angka saja."},
		{"POST", "/v1/forms:search", `{"text":90210777123}`, "text", "Isi dengan teks."},
		{"GET", "/v1/areas/id/index?membership=Siti", "", "membership", "Pilih salah satu nilai yang tersedia."},
		{"GET", "/v1/families?pageSize=90210777123&pageSize=Siti", "", "page_size", "Isi dengan satu nilai saja."},
		{"GET", "/v1/exports/figures?kind=Siti", "", "kind", "Pilih salah satu nilai yang tersedia."},
		{"GET", "/v1/registrations/32040541018000O1", "", "registration", "Isi dengan angka saja."},
	} {
		token := ""
		if c.body != "" && c.path != "/v1/auth:signIn" {
			token = supervisor // who has none is not read at all
		}
		status, body := rest(t, f, c.method, token, c.path, c.body)
		checkUnread(t, c.method+" "+c.path, status, body, c.field, c.text)
	}
	for _, c := range []struct{ path, body string }{
		{"/v1/auth:signIn", `{"userName":"surveyor1","password":{"rahasia":1}}`},
		{"/v1/auth:signIn", `{"userName":"surveyor1","password":rahasia}`},
		{"/v1/auth:signIn?32040541018000O1", `{}`},
		{"/session/sign-in", `{"userName":"surveyor1","password":90210777123}`},
	} {
		if status, body := rest(t, f, "POST", "", c.path, c.body); status != http.StatusBadRequest || !strings.Contains(string(body), "BAD_REQUEST") ||
			strings.Contains(string(body), "rahasia") || strings.Contains(string(body), "90210777123") || strings.Contains(string(body), "32040541018000O1") {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, body)
		}
	}
}

// The field app's calls are refused as the server's are.
func TestTheAppDoesNotRepeatWhatCantBeRead(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	p := startApp(t, f, nil)
	for _, c := range []struct {
		method, path string
		body         any
		field, text  string
	}{
		{"POST", "/v1/forms", map[string]any{"household": map[string]any{"members": []any{map[string]any{"member": map[string]any{"nik": "32040541018000O1"}}}}},
			"nik", "Isi dengan angka saja."},
		{"POST", "/v1/forms", map[string]any{"family": map[string]any{"headName": 90210777123}}, "headName", "Isi dengan teks."},
		{"GET", "/v1/app/today?pageSize=90210777123", nil, "page_size", "Isi dengan angka saja."},
		{"POST", "/v1/forms:search", map[string]any{"text": 90210777123}, "text", "Isi dengan teks."},
	} {
		told, err := json.Marshal(p.call(c.method, c.path, c.body, http.StatusBadRequest))
		if err != nil {
			t.Fatal(err)
		}
		checkUnread(t, c.method+" "+c.path, http.StatusBadRequest, told, c.field, c.text)
	}
	told, err := json.Marshal(p.call("POST", "/v1/forms", "Siti", http.StatusBadRequest))
	if err != nil || strings.Contains(string(told), "Siti") || !strings.Contains(string(told), "Permintaan ini tidak dapat dibaca.") {
		t.Errorf("%s, %v", told, err)
	}
}
