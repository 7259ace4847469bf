package field

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
)

// letterPDF is the smallest file that is taken for a letter.
var letterPDF = base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n%%EOF\n"))

// submittedRegistration lets district-3204 submit a registration of the Puskesmas
// with one surveyor, and gives it and the surveyor as replacements of
// "{registration}" and "{nominee}".
func submittedRegistration(t *testing.T, f *Field) []string {
	t.Helper()
	token := restToken(t, f, "district-3204")
	status, data := rest(t, f, "POST", token, "/v1/registrations", `{"puskesmasCodes":["`+PuskesmasCode+`"]}`)
	var made struct{ Registration struct{ Registration uint32 } }
	if status != 200 || json.Unmarshal(data, &made) != nil {
		t.Fatalf("create: %d %s", status, data)
	}
	path := fmt.Sprintf("/v1/registrations/%d", made.Registration.Registration)
	put := func(verb, path, body string) []byte {
		t.Helper()
		status, data := rest(t, f, verb, token, path, body)
		if status != 200 {
			t.Fatalf("%s %s: %d %s", verb, path, status, data)
		}
		return data
	}
	var list struct{ Nominees []struct{ Nominee uint32 } }
	answer := put("PUT", path+"/puskesmas/"+PuskesmasCode, `{"nominees":[{"role":"ROLE_SURVEYOR","fullName":"Rina","nik":"3204054101900077"}]}`)
	if err := json.Unmarshal(answer, &list); err != nil || len(list.Nominees) != 1 {
		t.Fatalf("nominees: %v %s", err, answer)
	}
	put("PUT", path+"/letter", `{"letter":{"number":"1/2026","date":"2026-03-01","signatory":"Kepala"},"pdf":"`+letterPDF+`"}`)
	put("POST", path+":recordCopy", `{"channel":"REGISTRATION_CHANNEL_POST"}`)
	put("POST", path+":submit", `{"channel":"REGISTRATION_CHANNEL_ONLINE"}`)
	return []string{"{registration}", strconv.Itoa(int(made.Registration.Registration)), "{nominee}", strconv.Itoa(int(list.Nominees[0].Nominee))}
}
