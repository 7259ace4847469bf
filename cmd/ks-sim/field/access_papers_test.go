package field

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

var randomness = rand.Reader

// registration lets the district submit one of the Puskesmas, and begin another.
func (w *accessWorld) registration(t *testing.T, f *Field, token string) {
	t.Helper()
	put := func(verb, path, body string, into any) {
		t.Helper()
		status, data := rest(t, f, verb, token, path, body)
		if status != 200 || into != nil && json.Unmarshal(data, into) != nil {
			t.Fatalf("%s %s: %d %s", verb, path, status, data)
		}
	}
	begin := func(kind string, serial int) (path string) {
		var made struct {
			Registration struct {
				Registration uint32
				Puskesmas    []struct{ Etag string }
			}
		}
		put("POST", "/v1/registrations", `{"puskesmasCodes":["`+w.puskesmas+`"]}`, &made)
		path = fmt.Sprintf("/v1/registrations/%d", made.Registration.Registration)
		line := "nominee"
		if kind == "draft" {
			line = "draft nominee"
		}
		var list struct{ Nominees []struct{ Nominee uint32 } }
		body := fmt.Sprintf(`{"etag":%q,"nominees":[{"role":"ROLE_SURVEYOR","fullName":%q,"nik":"%d","mobile":%q,"email":%q,"notCivilServant":true}]}`,
			made.Registration.Puskesmas[0].Etag, w.plant(line, w.kenari("calon"+kind)), w.number(serial), w.mobile(serial), w.plant(w.lineOf(kind, "nominee phone"), "kenari."+kind+"."+strings.ToLower(w.name)+"@contoh.example"))
		w.plant(w.lineOf(kind, "nominee NIK"), strconv.FormatUint(w.number(serial), 10))
		w.plant(w.lineOf(kind, "nominee phone"), w.mobile(serial)[1:])
		put("PUT", path+"/puskesmas/"+w.puskesmas, body, &list)
		w.set(kind, "registration", fmt.Sprint(made.Registration.Registration), "letter", w.plant(w.lineOf(kind, "letter"), "KENARI/"+kind+"/"+w.name), "puskesmas", w.puskesmas)
		w.set(kind+" nominee", "nominee", fmt.Sprint(list.Nominees[0].Nominee), "nik", strconv.FormatUint(w.number(serial), 10))
		put("PUT", path+"/letter", fmt.Sprintf(`{"letter":{"number":%q,"date":"2026-03-01","signatory":%q},"pdf":%q}`,
			w.targets[kind]["letter"], w.plant(w.lineOf(kind, "letter"), w.kenari("pejabat"+kind)), letterPDF), nil)
		return path
	}
	path := begin("registration", 501)
	w.targets["nominee"] = w.targets["registration nominee"]
	put("POST", path+":recordCopy", `{"channel":"REGISTRATION_CHANNEL_POST"}`, nil)
	put("POST", path+":submit", `{"channel":"REGISTRATION_CHANNEL_ONLINE"}`, nil)
	begin("draft", 502)
}

// lineOf is the line of shownTo of what stands in a draft.
func (w *accessWorld) lineOf(kind, line string) string {
	if kind == "draft" {
		return "draft nominee"
	}
	return line
}

// offices lets the national level make one more account in the district's and the
// province's office.
func (w *accessWorld) offices(t *testing.T, f *Field, token string) {
	t.Helper()
	for i, o := range []struct{ kind, role, area string }{{"district office", "ROLE_DISTRICT", w.district}, {"province office", "ROLE_PROVINCE", w.province}} {
		if o.kind == "province office" && w.name == "C1" {
			continue // that of A1
		}
		nik := w.number(700 + i)
		body := fmt.Sprintf(`{"staff":[{"person":{"fullName":%q,"notCivilServant":true,"nik":"%d","position":"Pelaksana","mobile":%q,"email":%q},"roles":[%q],"area":%q}]}`,
			w.kenari("kantor"+strconv.Itoa(i)), nik, w.mobile(700+i), "kantor"+strconv.Itoa(i)+strings.ToLower(w.name)+"@contoh.example", o.role, o.area)
		var made struct{ Accounts []issuedAccount }
		postInto(t, f, token, "/v1/accounts:createStaff", body, &made)
		w.set(o.kind, "account", fmt.Sprint(made.Accounts[0].Account))
	}
}
