package registration

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
)

func TestAPersonsFieldsAreHeldAgainstTheForm(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(p *ksv1.NomineePerson)
		want  string
	}{
		"complete":            {func(*ksv1.NomineePerson) {}, ""},
		"no name":             {func(p *ksv1.NomineePerson) { p.FullName = " " }, "full_name MISSING !"},
		"no position":         {func(p *ksv1.NomineePerson) { p.Position = "" }, "position MISSING !"},
		"no NIK":              {func(p *ksv1.NomineePerson) { p.Nik = "" }, "nik MISSING !"},
		"15 digits":           {func(p *ksv1.NomineePerson) { p.Nik = "320405410190000" }, "nik MALFORMED !"},
		"no such day":         {func(p *ksv1.NomineePerson) { p.Nik = "3204053502900001" }, "nik MALFORMED !"},
		"serial 0000":         {func(p *ksv1.NomineePerson) { p.Nik = "3204054101900000" }, "nik MALFORMED !"},
		"just empty NIP":      {func(p *ksv1.NomineePerson) { p.NotCivilServant = false }, "nip MISSING !"},
		"NIP and bukan ASN":   {func(p *ksv1.NomineePerson) { p.Nip = "199001012015042001" }, "nip CONTRADICTS !"},
		"NIP with blanks":     {func(p *ksv1.NomineePerson) { p.NotCivilServant, p.Nip = false, "19900101 201504 2 001" }, ""},
		"PPPK":                {func(p *ksv1.NomineePerson) { p.NotCivilServant, p.Nip = false, "199001012023212001" }, ""},
		"NIP of 17":           {func(p *ksv1.NomineePerson) { p.NotCivilServant, p.Nip = false, "19900101201504200" }, "nip MALFORMED !"},
		"NIP of another sex":  {func(p *ksv1.NomineePerson) { p.NotCivilServant, p.Nip = false, "199001012015041001" }, "nip DISAGREES"},
		"NIP of another year": {func(p *ksv1.NomineePerson) { p.NotCivilServant, p.Nip = false, "199101012015042001" }, "nip DISAGREES"},
		"no mobile":           {func(p *ksv1.NomineePerson) { p.Mobile = "" }, "mobile MISSING !"},
		"a landline":          {func(p *ksv1.NomineePerson) { p.Mobile = "(022) 7798001" }, "mobile MALFORMED !"},
		"too short":           {func(p *ksv1.NomineePerson) { p.Mobile = "08123" }, "mobile MALFORMED !"},
		"no e-mail":           {func(p *ksv1.NomineePerson) { p.Email = "" }, "email MISSING !"},
		"no host":             {func(p *ksv1.NomineePerson) { p.Email = "rina@dinkes" }, "email MALFORMED !"},
		"a name before it":    {func(p *ksv1.NomineePerson) { p.Email = "Rina <rina@dinkes.example>" }, "email MALFORMED !"},
	} {
		p := nominee(ksv1.Role_ROLE_SURVEYOR, 1)
		c.spoil(p)
		if got := brief(CheckPerson(p)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for _, f := range CheckPerson(p) {
			if f.Message == "" || len(p.GetNik()) > 8 && strings.Contains(f.Message, p.GetNik()[4:]) {
				t.Errorf("%s tells %q", name, f.Message)
			}
		}
	}
}

// brief is "field REASON !" for each, with ! where it is blocking.
func brief(list []Finding) string {
	var out []string
	for _, f := range list {
		text := f.Field + " " + strings.TrimPrefix(f.Reason.String(), "FINDING_REASON_")
		if f.Blocking {
			text += " !"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestFindingsNameNomineeAndField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	const code = "P3204050101"
	r, err := w.Create(ctx, w.bandung, []string{code})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.SetLetter(ctx, w.bandung, r.Number, aLetter, aPDF); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		puskesmas string
		spoil     func(list []*ksv1.NomineePerson) []*ksv1.NomineePerson
		want      string
	}{
		"complete":     {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson { return l }, ""},
		"another name": {"Puskesmas Ciwidey", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson { return l }, "name NAME_DISAGREES !"},
		"written anew": {"UPTD PUSKESMAS  CILEUNYI", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson { return l }, ""},
		"no head":      {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson { return append(l[:1:1], l[2:]...) }, "nominees TOO_FEW !"},
		"one surveyor": {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson { return l[:4] }, "nominees TOO_FEW !"},
		"more surveyors": {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson {
			return append(l, nominee(ksv1.Role_ROLE_SURVEYOR, 9))
		}, ""},
		"two administrators": {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson {
			return append(l, nominee(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, 9))
		}, "nominees TOO_MANY !"},
		"NIK twice": {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson { l[3].Nik = l[4].GetNik(); return l }, "nik NIK_TWICE !, nik NIK_TWICE !"},
		"shared mobile and e-mail": {"", func(l []*ksv1.NomineePerson) []*ksv1.NomineePerson {
			l[3].Mobile, l[3].Email = "+62 812-3456-0004", strings.ToUpper(l[4].GetEmail())
			return l
		}, "mobile MOBILE_SHARED, email EMAIL_SHARED, mobile MOBILE_SHARED, email EMAIL_SHARED"},
	} {
		if _, err := w.SetPuskesmas(ctx, w.bandung, r.Number, List{Code: code, Name: c.puskesmas, People: c.spoil(people(0))}); err != nil {
			t.Fatal(err)
		}
		list, err := w.Check(ctx, w.bandung, r.Number, "")
		if got := brief(list); err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
		for _, f := range list {
			if f.Puskesmas != code || strings.HasPrefix(f.Field, "nik") && (f.Nominee == 0 || f.Position == 0 || f.FullName == "") {
				t.Errorf("%s does not say of whom: %+v", name, f)
			}
		}
	}
}

func TestANomineeElsewhereIsFoundAndToldToPusdatinAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	first := w.inVerification(t)
	r, err := w.Create(ctx, w.garut, []string{"P3205010101"})
	if err != nil {
		t.Fatal(err)
	}
	list := people(80)
	list[3].Nik, list[4].Mobile = people(0)[3].GetNik(), people(0)[0].GetMobile()
	_, err1 := w.SetPuskesmas(ctx, w.garut, r.Number, List{Code: "P3205010101", People: list})
	_, err2 := w.SetLetter(ctx, w.garut, r.Number, aLetter, aPDF)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	// A draft elsewhere is nobody's business: only the later one is told of it.
	if list, err := w.Check(ctx, w.bandung, first, ""); err != nil || len(list) != 0 {
		t.Errorf("the first district is told of a draft: %+v, %v", list, err)
	}
	// Nor can a draft be used to ask about persons.
	if list, err := w.Check(ctx, w.garut, r.Number, ""); err != nil || len(list) != 0 {
		t.Errorf("a draft tells of persons elsewhere: %+v, %v", list, err)
	}
	_, err1 = w.RecordCopy(ctx, w.garut, r.Number, byPost, "")
	_, err2 = w.Submit(ctx, w.garut, r.Number, nil, online, "")
	_, err3 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	found, err := w.Check(ctx, w.garut, r.Number, "")
	if got := brief(found); err != nil || got != "nik NIK_ELSEWHERE !, mobile MOBILE_SHARED" || found[0].OtherRegistration != 0 || found[0].OtherPuskesmas != "" {
		t.Fatalf("the district sees %+v, %v", found, err)
	}
	found, err = w.Check(ctx, w.pusdatin, r.Number, "P3205010101")
	if err != nil || len(found) != 2 || found[0].OtherRegistration != first || found[0].OtherPuskesmas != "P3204050101" {
		t.Errorf("Pusdatin sees %+v, %v", found, err)
	}
	// Nor can a list that was returned: what is written into it since tells nothing.
	if _, err := w.Return(ctx, w.pusdatin, r.Number, nil, "NIK"); err != nil {
		t.Fatal(err)
	}
	if list, err := w.Check(ctx, w.garut, r.Number, ""); err != nil || brief(list) != "nik NIK_ELSEWHERE !, mobile MOBILE_SHARED" {
		t.Errorf("the list as it was submitted tells %+v, %v", list, err)
	}
	w.now = w.now.Add(time.Minute)
	if _, err := w.SetPuskesmas(ctx, w.garut, r.Number, List{Code: "P3205010101", People: list}); err != nil {
		t.Fatal(err)
	}
	if list, err := w.Check(ctx, w.garut, r.Number, ""); err != nil || len(list) != 0 {
		t.Errorf("a list written after the return tells of persons elsewhere: %+v, %v", list, err)
	}
	_, err1 = w.RecordCopy(ctx, w.garut, r.Number, byPost, "")
	_, err2 = w.Submit(ctx, w.garut, r.Number, nil, online, "")
	_, err3 = w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	found, err = w.Check(ctx, w.garut, r.Number, "")
	if err := errors.Join(err1, err2, err3, err); err != nil || len(found) != 2 {
		t.Errorf("submitted again: %+v, %v", found, err)
	}
	var incomplete *IncompleteError
	for _, number := range []uint32{first, r.Number} {
		if _, err := w.Accept(ctx, w.pusdatin, number, nil, ""); !errors.As(err, &incomplete) || brief(incomplete.Findings) != "nik NIK_ELSEWHERE !" {
			t.Errorf("registration %d is accepted: %v", number, err)
		}
	}
	// Found by NIK, mobile and e-mail, by Pusdatin anywhere, by a district in its own.
	for _, f := range []NomineeFilter{{NIK: list[3].GetNik()}, {Mobile: "62" + list[4].GetMobile()[1:]}} {
		f.Limit = 9
		all, _, err1 := w.Nominees(ctx, w.pusdatin, f)
		own, _, err2 := w.Nominees(ctx, w.garut, f)
		if err1 != nil || err2 != nil || len(all) != 2 || len(own) != 1 || own[0].Registration != r.Number {
			t.Errorf("%+v: %d and %d, %v %v", f, len(all), len(own), err1, err2)
		}
	}
}

func TestAReaderSeesNoMoreOfAPersonThanTheTaskNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.drawnUp(t)
	see := func(who string) string {
		t.Helper()
		c := map[string]*access.Caller{"district": w.bandung, "province": w.province, "Pusdatin": w.pusdatin}[who]
		list, _, err := w.Nominees(ctx, c, NomineeFilter{Puskesmas: "P3204050101", Limit: 9})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			return "nothing"
		}
		p := list[0].Person
		switch {
		case len(p.GetNik()) != 16 || p.GetFullName() == "":
			return fmt.Sprintf("%+v", p)
		case !strings.HasPrefix(p.GetNik(), nikMask):
			return "all"
		case p.GetMobile() != "" && p.GetEmail() != "":
			return "contacts"
		}
		return "masked"
	}
	steps := []struct {
		step                         string
		do                           func() error
		district, province, pusdatin string
	}{
		{"draft", func() error { return nil }, "all", "nothing", "nothing"},
		{"copied", func() error { _, err := w.RecordCopy(ctx, w.bandung, number, byPost, ""); return err }, "all", "masked", "nothing"},
		{"submitted", func() error { _, err := w.Submit(ctx, w.bandung, number, nil, online, ""); return err }, "contacts", "masked", "contacts"},
		{"in verification", func() error { _, err := w.BeginVerification(ctx, w.pusdatin, number, nil, ""); return err }, "contacts", "masked", "all"},
		{"returned", func() error { _, err := w.Return(ctx, w.pusdatin, number, nil, "x"); return err }, "all", "masked", "contacts"},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatal(err)
		}
		got := []string{see("district"), see("province"), see("Pusdatin")}
		if want := []string{s.district, s.province, s.pusdatin}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", s.step, got, want)
		}
	}
}

// A hit is an answer, too: whoever finds by a number learns it.
func TestNobodyFindsByWhatTheyAreNotShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, admin := w.staffed(t)
	sought := people(0)[2]
	for by, f := range map[string]NomineeFilter{"NIK": {NIK: sought.GetNik()}, "mobile": {Mobile: sought.GetMobile()}, "e-mail": {Email: sought.GetEmail()}} {
		for who, x := range map[string]struct {
			caller *access.Caller
			finds  bool
		}{
			"Pusdatin": {w.pusdatin, true}, "district": {w.bandung, true}, "province": {w.province, false}, "administrator": {admin, by != "NIK"},
		} {
			f.Limit = 9
			list, _, err := w.Nominees(t.Context(), x.caller, f)
			switch {
			case x.finds && (err != nil || len(list) == 0):
				t.Errorf("%s finds nobody by %s: %v", who, by, err)
			case !x.finds && !errors.Is(err, ErrForbidden):
				t.Errorf("%s searches by %s: %d found, %v", who, by, len(list), err)
			}
		}
	}
}
