package procedure

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
)

// Codes of the example's places.
const (
	district     = "32.04"
	puskesmas    = "P3204050101"
	onPaper      = "P3204050102"
	assignedArea = "32.04.05.2001/003"
	place        = "003/007"
)

// guide is a line of a package: what a person gets on paper.
type guide struct{ user, code, place string }

// rest is the walk by REST, with what its steps hand on.
type rest struct {
	*site
	national, office, admin string // tokens
	path                    string // of the registration
	guides                  []guide
	staff                   []struct {
		Account        uint32
		UserName, Code string
		FullName       string
	}
}

// ByREST walks the whole way by REST alone; only the surveyor's device uses the
// SDK, as every device does.
func ByREST(ctx context.Context, o Options) (err error) {
	s, err := open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	r := &rest{site: s}
	for _, step := range []struct {
		title string
		do    func(context.Context) error
	}{
		{"0: Pusdatin and a district office that has an account", r.offices},
		{"1: the district lists its Puskesmas and nominees", r.nominate},
		{"2 and 3: the letter of request", r.letter},
		{"4: the copy to the province first, then to Pusdatin", r.submit},
		{"5: Pusdatin checks completeness, accepts, issues accounts", r.decide},
		{"6: the guides go back to the district", r.fetchPackage},
		{"7: the district hands them over; the administrator makes the staff", r.handOver},
		{"a surveyor's first offline survey", r.survey},
		{"the paper way in", r.paper},
	} {
		fmt.Fprintf(o.Out, "\n# %s\n", step.title)
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("step %s: %w", step.title, err)
		}
	}
	return nil
}

// person is an invented one whose NIK ends in n.
func person(name string, n int) data {
	return data{
		"fullName": name, "notCivilServant": true, "nik": nik(n), "position": "Pelaksana",
		"mobile": fmt.Sprintf("0813111100%02d", n), "email": fmt.Sprintf("pegawai%d@dinkes.example", n),
	}
}

// nominee is a person nominated for a role.
func nominee(name, role string, n int) data {
	p := person(name, n)
	p["role"] = role
	return p
}

func nik(n int) string { return fmt.Sprintf("320405410190%04d", n) }

func password(user string) string { return "rahasia milik " + user }

// activate does what a person does with a card or guide.
func (r *rest) activate(ctx context.Context, user, code string, n int) (token string, err error) {
	body := data{"userName": user, "code": code, "nik": nik(n), "newPassword": password(user)}
	if err := r.call(ctx, "", "POST", "/v1/accounts:activate", body, nil); err != nil {
		return "", err
	}
	return r.signIn(ctx, user, password(user))
}

func (r *rest) offices(ctx context.Context) (err error) {
	if r.national, err = r.signIn(ctx, "pusdatin", r.password); err != nil {
		return err
	}
	who := person("Ani Suryani", 1)
	var made struct {
		Accounts []struct{ UserName, Code string }
	}
	staff := data{"staff": []data{{"person": who, "roles": []string{"ROLE_DISTRICT"}, "area": district}}}
	if err := r.call(ctx, r.national, "POST", "/v1/accounts:createStaff", staff, &made); err != nil {
		return err
	}
	r.office, err = r.activate(ctx, made.Accounts[0].UserName, made.Accounts[0].Code, 1)
	return err
}

// team is a whole list whose NIK follow on n.
func team(n int) []data {
	list := []data{
		nominee("Budi Santoso", "ROLE_PUSKESMAS_ADMINISTRATOR", n), nominee("dr. Lestari Wulandari", "ROLE_PUSKESMAS_HEAD", n+1),
		nominee("Siti Nurhayati", "ROLE_SUPERVISOR", n+2),
	}
	for i := range 10 {
		list = append(list, nominee(fmt.Sprintf("Rina %c", 'A'+i), "ROLE_SURVEYOR", n+3+i))
	}
	return list
}

// firstNominee is the number in the administrator's NIK.
const firstNominee = 10

func (r *rest) nominate(ctx context.Context) error {
	var master struct{ Puskesmas []struct{ Code string } }
	if err := r.call(ctx, r.office, "GET", "/v1/puskesmas?area="+district, nil, &master); err != nil {
		return err
	}
	if len(master.Puskesmas) != 2 {
		return fmt.Errorf("the master list has %d Puskesmas", len(master.Puskesmas))
	}
	var made struct {
		Registration struct {
			Registration uint32
			Puskesmas    []struct{ Etag string }
		}
	}
	if err := r.call(ctx, r.office, "POST", "/v1/registrations", data{"puskesmasCodes": []string{puskesmas}}, &made); err != nil {
		return err
	}
	r.path = fmt.Sprintf("/v1/registrations/%d", made.Registration.Registration)
	if len(made.Registration.Puskesmas) != 1 {
		return fmt.Errorf("a registration of one Puskesmas has %d", len(made.Registration.Puskesmas))
	}
	list := data{"nominees": team(firstNominee), "etag": made.Registration.Puskesmas[0].Etag}
	return errors.Join(
		r.call(ctx, r.office, "PUT", r.path+"/puskesmas/"+puskesmas, list, nil),
		r.call(ctx, r.office, "PUT", r.path+"/offices", data{"province": person("Asep Hidayat", 2)}, nil))
}

func (r *rest) letter(ctx context.Context) error {
	pdf, err := os.ReadFile(filepath.Join(r.Root, example, "surat.pdf"))
	if err != nil {
		return err
	}
	letter := data{"number": "440/1021/2026", "date": "2026-03-02", "signatory": "dr. Dewi Kartika", "signatoryPosition": "Kepala Dinas Kesehatan"}
	return r.call(ctx, r.office, "PUT", r.path+"/letter", data{"letter": letter, "pdf": pdf}, nil)
}

func (r *rest) submit(ctx context.Context) error {
	online := data{"channel": "REGISTRATION_CHANNEL_ONLINE"}
	if _, err := r.refused(ctx, r.office, "POST", r.path+":submit", "COPY_MISSING", online); err != nil {
		return err
	}
	return errors.Join(
		r.call(ctx, r.office, "POST", r.path+":recordCopy", data{"channel": "REGISTRATION_CHANNEL_EMAIL", "note": "laporan"}, nil),
		r.call(ctx, r.office, "POST", r.path+":submit", online, nil))
}

func (r *rest) decide(ctx context.Context) error {
	var queue struct {
		Registrations []struct{ Registration uint32 }
	}
	if err := r.call(ctx, r.national, "GET", "/v1/registrations?waiting=true&area=32", nil, &queue); err != nil {
		return err
	}
	if len(queue.Registrations) != 1 {
		return fmt.Errorf("%d registrations wait", len(queue.Registrations))
	}
	if _, err := r.refused(ctx, r.national, "POST", r.path+":accept", "NOTHING_DUE", data{}); err != nil {
		return err // before verification
	}
	var check struct{ Blocking uint32 }
	err := errors.Join(
		r.call(ctx, r.national, "POST", r.path+":beginVerification", data{}, nil),
		r.call(ctx, r.national, "GET", r.path+"/findings", nil, &check))
	if err != nil || check.Blocking > 0 {
		return errors.Join(err, fmt.Errorf("%d blocking findings", check.Blocking))
	}
	var issued struct {
		Issued []struct{ UserName, Place string }
	}
	err = errors.Join(
		r.call(ctx, r.national, "POST", r.path+":accept", data{}, nil),
		r.call(ctx, r.national, "POST", r.path+":issueAccounts", data{}, &issued))
	if err == nil && (len(issued.Issued) != 2 || issued.Issued[0].Place != "32" || issued.Issued[1].Place != puskesmas) {
		err = fmt.Errorf("issued %+v, want one for the province and one for the administrator", issued.Issued)
	}
	return err
}

func (r *rest) fetchPackage(ctx context.Context) error {
	var file struct{ File struct{ Content []byte } }
	if err := r.call(ctx, r.office, "GET", r.path+"/package?format=PACKAGE_FORMAT_PDF", nil, &file); err != nil {
		return err
	}
	if !bytes.HasPrefix(file.File.Content, []byte("%PDF-")) {
		return errors.New("the package is no PDF")
	}
	if err := r.call(ctx, r.office, "GET", r.path+"/package?format=PACKAGE_FORMAT_CSV", nil, &file); err != nil {
		return err
	}
	rows, err := csv.NewReader(bytes.NewReader(file.File.Content)).ReadAll()
	if err != nil || len(rows) != 3 {
		return errors.Join(err, fmt.Errorf("package of %d rows", len(rows)))
	}
	for _, row := range rows[1:] {
		r.guides = append(r.guides, guide{user: row[0], code: row[1], place: row[5]})
	}
	return nil
}

func (r *rest) handOver(ctx context.Context) error {
	err := r.call(ctx, r.office, "POST", r.path+":recordDistribution", data{"note": "diserahkan langsung"}, nil)
	if err != nil {
		return err
	}
	if _, err := r.refused(ctx, r.office, "GET", r.path+"/package", "NOTHING_DUE", nil); err != nil {
		return err // codes are shown to nobody any more
	}
	own := slices.IndexFunc(r.guides, func(g guide) bool { return g.place == puskesmas })
	if r.admin, err = r.activate(ctx, r.guides[own].user, r.guides[own].code, firstNominee); err != nil {
		return err
	}
	var made struct {
		Accounts []struct {
			Account        uint32
			UserName, Code string
			FullName       string
		}
	}
	if err := r.call(ctx, r.admin, "POST", "/v1/accounts:createStaff", data{"acceptedNominees": true}, &made); err != nil {
		return err
	}
	if r.staff = made.Accounts; len(r.staff) != 12 {
		return fmt.Errorf("%d accounts of staff, want supervisor, head and 10 surveyors", len(r.staff))
	}
	var whole struct{ Registration struct{ State string } }
	if err := r.call(ctx, r.office, "GET", r.path, nil, &whole); err != nil {
		return err
	}
	if whole.Registration.State != "REGISTRATION_STATE_ACTIVATED" {
		return fmt.Errorf("the registration ends %s", whole.Registration.State)
	}
	return r.call(ctx, r.admin, "POST", "/v1/accounts:assignAreas", data{"assignments": []data{{"account": r.staff[2].Account, "areas": []string{assignedArea}}}}, nil)
}

func (r *rest) survey(ctx context.Context) (err error) {
	who := r.staff[2]
	if _, err := r.activate(ctx, who.UserName, who.Code, firstNominee+3); err != nil {
		return err
	}
	device, err := clientsdk.Open(clientsdk.Config{Dir: filepath.Join(r.dir, "device"), Server: r.address, Roots: r.certPEM, DeviceName: "Tablet"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, device.Close()) }()
	u, err := device.SignIn(ctx, who.UserName, password(who.UserName))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.Close()) }()
	if _, err := u.Sync(ctx, nil); err != nil {
		return err
	}
	villages, err := u.Villages(ctx)
	if err != nil || len(villages) != 1 {
		return errors.Join(err, fmt.Errorf("the device has %d villages", len(villages)))
	}
	id, err := field.Interview(ctx, u, villages[0].GetVillage(), place, field.NewGenerator(1, 320405, time.Now()).Family())
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "  family %s collected offline by %s\n", id, who.UserName)
	if _, err := u.Sync(ctx, nil); err != nil {
		return err
	}
	return r.counted(ctx)
}

// figuresTimeout is how long figures may lag behind a sync.
const figuresTimeout = 10 * time.Second

// counted waits until the district's dashboard has the family.
func (r *rest) counted(ctx context.Context) error {
	for deadline := time.Now().Add(figuresTimeout); ; time.Sleep(200 * time.Millisecond) {
		status, out, err := r.send(ctx, "GET", "/v1/areas/"+district+"/progress", r.office, nil)
		if err != nil || status != 200 {
			return errors.Join(err, fmt.Errorf("progress: status %d: %s", status, out))
		}
		if bytes.Contains(out, []byte(`"surveyed":"1"`)) {
			fmt.Fprintln(r.Out, "  the district's figures have it")
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the family is not in the figures: %s", out)
		}
	}
}

// paper enters a form that came by post, with mistakes, and its correction.
func (r *rest) paper(ctx context.Context) error {
	file := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(r.Root, example, name))
		if err != nil {
			return nil // refused below as no form
		}
		return content
	}
	body := data{"form": file("formulir-cinunuk.csv"), "letterPdf": file("surat.pdf"), "channel": "REGISTRATION_CHANNEL_POST"}
	told, err := r.refused(ctx, r.national, "POST", "/v1/registrations:receive", "FORM_INVALID", body)
	if err != nil {
		return err
	}
	for _, where := range []string{"form.rows[15].Nomor HP", "form.rows[17].NIK"} {
		if !bytes.Contains(told, []byte(where)) {
			return fmt.Errorf("%s is not told: %s", where, told)
		}
	}
	body["incomplete"] = true
	var made struct{ Registration struct{ Registration uint32 } }
	if err := r.call(ctx, r.national, "POST", "/v1/registrations:receive", body, &made); err != nil {
		return err
	}
	path := fmt.Sprintf("/v1/registrations/%d", made.Registration.Registration)
	codes := []string{onPaper}
	body = data{"registration": made.Registration.Registration, "form": file("formulir-cinunuk-perbaikan.csv"), "letterPdf": file("surat.pdf"), "channel": "REGISTRATION_CHANNEL_EMAIL"}
	if err := r.call(ctx, r.national, "POST", path+":beginVerification", data{}, nil); err != nil {
		return err
	}
	if _, err := r.refused(ctx, r.national, "POST", path+":accept", "INCOMPLETE", data{"puskesmasCodes": codes}); err != nil {
		return err
	}
	var issued struct{ Issued []struct{ UserName string } }
	err = errors.Join(
		r.call(ctx, r.national, "POST", path+":return", data{"puskesmasCodes": codes, "reason": "NIK dan nomor HP dua surveyor"}, nil),
		r.call(ctx, r.national, "POST", "/v1/registrations:receive", body, nil),
		r.call(ctx, r.national, "POST", path+":beginVerification", data{}, nil),
		r.call(ctx, r.national, "POST", path+":accept", data{}, nil),
		r.call(ctx, r.national, "POST", path+":issueAccounts", data{}, &issued))
	if err == nil && len(issued.Issued) != 1 {
		err = fmt.Errorf("issued %+v, want the administrator's alone", issued.Issued)
	}
	return err
}
