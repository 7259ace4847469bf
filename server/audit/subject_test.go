package audit

import "testing"

func TestASubjectIsReadInTheFormThatEntriesHave(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-8000-8000-000000000001"
	for text, want := range map[string]string{
		"family:" + id: "family:" + id, "change:" + id: "change:" + id, "account:7": "account:7", "device:007": "device:7",
		"area:3204052001": "area:32.04.05.2001", "area:32.04.05.2001/003/007": "area:32.04.05.2001/003/007", "area:id": "area:id",
		"families:": "families:", "families:32.04": "families:32.04", "puskesmas:P3204050101": "puskesmas:P3204050101",
		"": "", "xx": "", "7": "", "family:7": "", "account:": "", "account:siti": "", "area:zz": "", "puskesmas:zz": "", "Family:" + id: "",
	} {
		if got, err := ParseSubject(text); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}
