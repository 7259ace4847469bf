package dukcapil

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// testToday is the day of the tests.
var testToday = prokesga.DateOfNumber(20261203)

func TestTheRegistrysWordsBecomeOurs(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name, record string
		sex          ksv1.Sex
		birth        string
		relation     ksv1.Relation
		marital      ksv1.MaritalStatus
	}{
		{"words in capitals", `"JENIS_KLMIN":"PEREMPUAN","TGL_LHR":"1995-03-13","STAT_HBKEL":"ISTRI","STATUS_KAWIN":"KAWIN"`,
			ksv1.Sex_SEX_FEMALE, "1995-03-13", ksv1.Relation_RELATION_SPOUSE, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED},
		{"words in small letters, blanks", `"JENIS_KLMIN":" Laki-Laki ","TGL_LHR":"13-03-1995","STAT_HBKEL":"kepala  keluarga","STATUS_KAWIN":"Cerai Hidup"`,
			ksv1.Sex_SEX_MALE, "1995-03-13", ksv1.Relation_RELATION_HEAD, ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED},
		{"codes: 1 is single there, married on our paper", `"JENIS_KLMIN":2,"TGL_LHR":"1995-03-13 00:00:00","STAT_HBKEL":8,"STATUS_KAWIN":1`,
			ksv1.Sex_SEX_FEMALE, "1995-03-13", ksv1.Relation_RELATION_PARENT, ksv1.MaritalStatus_MARITAL_STATUS_SINGLE},
		{"code 2 is married there", `"STAT_HBKEL":"11","STATUS_KAWIN":"2"`, 0, "", ksv1.Relation_RELATION_OTHER, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED},
		{"unknown words are left out", `"JENIS_KLMIN":"?","TGL_LHR":"kemarin","STAT_HBKEL":null,"STATUS_KAWIN":"7"`, 0, "", 0, 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			got, err := recordsOf([]byte(`{"content":[{"NIK":3204054101900077,"NO_KK":"3204050101200001","NAMA_LGKP":" SITI ",` + x.record + `,"NAMA_LGKP_IBU":"RAHASIA"}],"lastPage":true}`))
			if err != nil {
				t.Fatal(err)
			}
			p, err := got.list[0].person(testToday)
			if err != nil {
				t.Fatal(err)
			}
			if p.GetNik() != 3204054101900077 || p.GetName() != "SITI" || p.GetSex() != x.sex || p.GetBirthDate() != x.birth ||
				p.GetRelation() != x.relation || p.GetMaritalStatus() != x.marital || strings.Contains(p.String(), "RAHASIA") {
				t.Errorf("%v", p)
			}
		})
	}
}

func TestANameIsOfOneLine(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"SITI  AMINAH": "SITI AMINAH", " SITI\tAMINAH\n": "SITI AMINAH", "SITI\x00AMINAH": "SITI AMINAH", "SITI\u202e AMINAH": "SITI AMINAH"} {
		p, err := (&entry{NIK: "3204054101900077", Name: given}).person(testToday)
		if err != nil || p.GetName() != want {
			t.Errorf("%q: %v, %v", given, p, err)
		}
	}
	if p, err := (&entry{NIK: "3204054101900077", Name: " \x00 "}).person(testToday); !errors.Is(err, ErrRefused) {
		t.Errorf("a name of nothing: %v, %v", p, err)
	}
}

const record = `{"NIK":"3204054101900077","NO_KK":"3204050101200001","NAMA_LGKP":"A"}`

// What the field does not take is no part of a person.
func TestANameIsCutAtTheFieldsLimit(t *testing.T) {
	t.Parallel()
	p, err := (&entry{NIK: "3204054101900077", Name: strings.Repeat("É", nameRunesMax+1)}).person(testToday)
	if err != nil || len([]rune(p.GetName())) != nameRunesMax {
		t.Fatalf("%v, %v", p, err)
	}
	if found := prokesga.CheckRecord(ksv1.RecordKind_RECORD_KIND_MEMBER, &ksv1.Member{Name: &p.Name}); len(found) > 0 {
		t.Errorf("the limit is less: %v", found)
	}
	longer := p.GetName() + "E"
	if found := prokesga.CheckRecord(ksv1.RecordKind_RECORD_KIND_MEMBER, &ksv1.Member{Name: &longer}); len(found) == 0 {
		t.Error("the limit is more")
	}
}

func TestABirthDateIsOneThatCanBe(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"2026-12-03": "2026-12-03", "2026-12-04": "", "2999-01-01": "", "1900-01-01": "1900-01-01", "1899-12-31": "", "0001-01-01": "",
		"03/12/2026": "2026-12-03", "1995-03-10 00:00:00.0": "1995-03-10", "1995-02-30": "", "": "",
	} {
		if got := birthOf(given, testToday); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestWhatIsNoRecordIsAnErrorThatTellsNothing(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]error{
		`{"content":[]}`: ErrNoRecord,
		`{"content":[{"RESPON":"Data Tidak Ditemukan"}]}`: ErrNoRecord,
		`{"RESPON":"Data Tidak Ditemukan"}`:               ErrNoRecord,
		`{"RESPON":"Login Gagal"}`:                        ErrRefused,
		`null`:                                            ErrRefused,
		`{}`:                                              ErrRefused,
		`{"content":null,"status":401}`:                   ErrRefused,
		`{"status":"gagal","pesan":"User tidak aktif"}`:                                      ErrRefused,
		`{"error":"invalid_token","message":"IP tidak terdaftar"}`:                           ErrRefused,
		`{"content":[` + record + `],"lastPage":false}`:                                      ErrRefused,
		`{"content":[` + record + `],"totalElements":2,"numberOfElements":1}`:                ErrRefused,
		`{"content":[` + record + `],"totalElements":"2"}`:                                   ErrRefused,
		`{"content":[` + record + `],"lastPage":true,"totalElements":1}`:                     nil,
		`{"content":[` + record + `],"totalElements":1}`:                                     nil,
		`{"content":[{"RESPON":"Data Ditemukan, Meninggal Dunia"},` + record + `]}`:          nil,
		`{"content":[{"NIK":"3204054101900077","NAMA_LGKP":"A","RESPON":"Data Ditemukan"}]}`: nil,
		`<html>3204054101900077</html>`:                                                      ErrRefused,
		`{"content":[{"NIK":{"RAHASIA":1}}]}`:                                                ErrRefused,
	} {
		got, err := recordsOf([]byte(body))
		if !errors.Is(err, want) || err == nil && (len(got.list) != 1 || got.list[0].NIK != "3204054101900077") {
			t.Errorf("%s: %v, %v", body, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), "3204") || strings.Contains(err.Error(), "RAHASIA")) {
			t.Errorf("%s gives away: %v", body, err)
		}
	}
	for _, body := range []string{`{"content":[null]}`, `{"content":[{"RESPON":""}]}`} {
		got, err := recordsOf([]byte(body))
		if err != nil || len(got.list) != 1 {
			t.Fatalf("%s: %v, %v", body, got, err)
		}
		if p, err := got.list[0].person(testToday); !errors.Is(err, ErrRefused) {
			t.Errorf("%s is %v, %v", body, p, err)
		}
	}
}

func TestAConfigurationIsCheckedWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("password", "rahasia\n", 0o600)
	write("open", "rahasia\n", 0o644)
	const good = "url = https://registry.example\ncertificate = c\nkey = k\nconsumer = x\nuser = u\npassword-file = password\nper-user = 7\n"
	c, err := LoadConfig(write("good", good, 0o600))
	if err != nil || c.Password != "rahasia" || c.PerUser != 7 || c.InAll != DefaultInAll || c.Key != filepath.Join(dir, "k") {
		t.Errorf("%+v, %v", c.PerUser, err)
	}
	for what, text := range map[string]string{
		"url":                   strings.Replace(good, "https", "http", 1),
		"consumer: missing":     strings.Replace(good, "consumer = x\n", "", 1),
		"parts of a path":       strings.Replace(good, "consumer = x", "consumer = x?y", 1),
		"can be read by others": strings.Replace(good, "= password\n", "= open\n", 1),
		"line 7: per-user":      strings.Replace(good, "= 7", "= -1", 1),
		"line 8: write one of ca=..., card-method=...": good + "password = di sini\n",
	} {
		if _, err := LoadConfig(write("bad", text, 0o600)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
