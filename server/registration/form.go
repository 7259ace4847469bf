package registration

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// FormTitle stands in the first cell of the form.
const FormTitle = "Form Registrasi Aplikasi KS"

// Form is what a filled Form Registrasi Aplikasi KS says.
type Form struct {
	District string
	Letter   *ksv1.RegistrationLetter
	// CopyDate and CopyChannel are of the copy (tembusan) to the province.
	CopyDate    string
	CopyChannel ksv1.RegistrationChannel
	// Province and DistrictOffice are responsible for the offices; nil: nobody.
	Province, DistrictOffice *ksv1.NomineePerson
	Puskesmas                []FormPuskesmas
}

// FormPuskesmas is a Puskesmas with its list.
type FormPuskesmas struct {
	Code, Name string
	People     []*ksv1.NomineePerson
	// Rows are the form's rows of the people, for what is wrong with them.
	Rows []int
}

// RowProblem is one mistake in a form: the row as the spreadsheet numbers it, and
// the column's head or the line's label.
type RowProblem struct {
	Row             int
	Column, Problem string
	// Structural: the form can't be entered with it, not even to be returned.
	Structural bool
}

// String is "baris 12, NIK: harus terdiri atas 16 angka".
func (p RowProblem) String() string {
	if p.Row == 0 {
		return p.Column + ": " + p.Problem
	}
	return fmt.Sprintf("baris %d, %s: %s", p.Row, p.Column, p.Problem)
}

// FormError: a form has mistakes; nothing of it was entered.
type FormError struct{ Problems []RowProblem }

// Error names the first and counts them.
func (e *FormError) Error() string {
	return fmt.Sprintf("%d mistakes in the form, the first in %s", len(e.Problems), e.Problems[0])
}

// Labels of the lines above the table.
const (
	labelDistrict    = "Kode kabupaten/kota"
	labelNumber      = "Nomor surat"
	labelDate        = "Tanggal surat"
	labelSignatory   = "Penanda tangan"
	labelPosition    = "Jabatan penanda tangan"
	labelCopyDate    = "Tanggal tembusan ke provinsi"
	labelCopyChannel = "Cara tembusan"
)

// formLines are the lines above the table, with what to write into them.
var formLines = [][2]string{
	{labelDistrict, "misalnya 32.04"}, {labelNumber, ""}, {labelDate, "tttt-bb-hh, misalnya 2026-03-01"}, {labelSignatory, "nama lengkap"},
	{labelPosition, "misalnya Kepala Dinas Kesehatan"}, {labelCopyDate, "tttt-bb-hh"}, {labelCopyChannel, "pos, e-mail, atau aplikasi"},
}

// Heads of the table's columns.
const (
	columnCode     = "Kode Puskesmas"
	columnName     = "Nama Puskesmas"
	columnRole     = "Peran"
	columnFullName = "Nama lengkap"
	columnNIP      = "NIP"
	columnNoASN    = "Bukan ASN"
	columnNIK      = "NIK"
	columnPosition = "Jabatan"
	columnMobile   = "Nomor HP"
	columnEmail    = "E-mail"
)

var formColumns = []string{columnCode, columnName, columnRole, columnFullName, columnNIP, columnNoASN, columnNIK, columnPosition, columnMobile, columnEmail}

// formChannels are the ways as the form writes them.
var formChannels = map[string]ksv1.RegistrationChannel{
	"pos": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST, "post": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST,
	"e-mail": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_EMAIL, "email": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_EMAIL,
	"surel": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_EMAIL, "aplikasi": ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE,
}

// formRow is a row that is not blank, numbered as the spreadsheet does.
type formRow struct {
	number int
	cells  []string
	// rounded are the cells, from 0, of which a spreadsheet may have lost the last digits.
	rounded []int
	// from1904: numbers of days are counted from then.
	from1904 bool
}

func (r formRow) cell(i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// ReadForm reads a filled form, XLSX or CSV. problems are all mistakes, by row; a
// form with structural ones holds what could be read. Errors: *FormError for bytes
// that are no form at all, the context's.
func ReadForm(ctx context.Context, data []byte) (*Form, []RowProblem, error) {
	rows, err := readRows(ctx, data)
	if err != nil {
		return nil, nil, err
	}
	r := &formReader{form: &Form{Letter: &ksv1.RegistrationLetter{}}, lines: map[string]string{}}
	head := slices.IndexFunc(rows, func(row formRow) bool { return same(row.cell(0), columnCode) })
	if head < 0 {
		return nil, nil, &FormError{[]RowProblem{{0, columnCode, "tidak ada baris judul kolom yang diawali dengannya", true}}}
	}
	for _, row := range rows[:head] {
		r.line(row)
	}
	r.columns(rows[head])
	for _, row := range rows[head+1:] {
		r.person(row)
	}
	r.finish()
	return r.form, r.problems, nil
}

// same compares what people write with what the form says.
func same(text, label string) bool {
	return strings.EqualFold(strings.TrimRight(strings.TrimSpace(text), " :*"), label)
}

// formReader gathers a form and its mistakes.
type formReader struct {
	form     *Form
	problems []RowProblem
	at       map[string]int
	// lines are those above the table as read, by label.
	lines map[string]string
}

func (r *formReader) wrong(row int, column, problem string) {
	r.problems = append(r.problems, RowProblem{Row: row, Column: column, Problem: problem})
}

func (r *formReader) unusable(row int, column, problem string) {
	r.problems = append(r.problems, RowProblem{Row: row, Column: column, Problem: problem, Structural: true})
}

// line reads one above the table.
func (r *formReader) line(row formRow) {
	value := row.cell(1)
	if value == "" {
		return
	}
	label := lineLabel(row.cell(0))
	if before, twice := r.lines[label]; twice && label != "" && before != value {
		r.unusable(row.number, label, "tertulis dua kali dengan isi yang berbeda")
		return
	}
	r.lines[label] = value
	date := func(label string, to *string) {
		text, ok := formDate(value, row.from1904)
		if !ok {
			r.unusable(row.number, label, "bukan tanggal; contoh: 2026-03-01")
			return
		}
		*to = text
	}
	switch label {
	case labelDistrict:
		code, err := area.Parse(value)
		if err != nil || code.Level() != area.District {
			r.unusable(row.number, labelDistrict, "bukan kode kabupaten/kota; contoh: 32.04")
			return
		}
		r.form.District = code.Dotted()
	case labelNumber:
		r.form.Letter.Number = value
	case labelDate:
		date(labelDate, &r.form.Letter.Date)
	case labelSignatory:
		r.form.Letter.Signatory = value
	case labelPosition:
		r.form.Letter.SignatoryPosition = value
	case labelCopyDate:
		date(labelCopyDate, &r.form.CopyDate)
	case labelCopyChannel:
		channel, ok := formChannels[strings.ToLower(value)]
		if !ok {
			r.unusable(row.number, labelCopyChannel, "harus pos, e-mail, atau aplikasi")
		}
		r.form.CopyChannel = channel
	}
}

// lineLabel is the label that a line's first cell holds; "" for none.
func lineLabel(text string) string {
	for _, line := range formLines {
		if same(text, line[0]) {
			return line[0]
		}
	}
	return ""
}

// formDate reads ISO and Indonesian dates, and the number of days of a workbook.
func formDate(text string, from1904 bool) (string, bool) {
	for _, layout := range []string{time.DateOnly, "02-01-2006", "2-1-2006", "02/01/2006", "2/1/2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return serialDay(text, from1904)
}

// columns finds the columns by their heads.
func (r *formReader) columns(row formRow) {
	r.at = map[string]int{}
	for _, name := range formColumns {
		r.at[name] = slices.IndexFunc(row.cells, func(cell string) bool { return same(cell, name) })
		switch {
		case r.at[name] < 0:
			r.unusable(row.number, name, "kolom ini tidak ada")
		case slices.ContainsFunc(row.cells[r.at[name]+1:], func(cell string) bool { return same(cell, name) }):
			r.unusable(row.number, name, "kolom ini ada dua kali")
		}
	}
}

// person reads a row of the table.
func (r *formReader) person(row formRow) {
	get := func(column string) string { return row.cell(r.at[column]) }
	p := &ksv1.NomineePerson{
		FullName: get(columnFullName), Nip: get(columnNIP), Nik: get(columnNIK), Position: get(columnPosition), Mobile: get(columnMobile), Email: get(columnEmail),
	}
	if get(columnCode)+p.GetFullName()+p.GetNip()+p.GetNik()+p.GetPosition()+p.GetMobile()+p.GetEmail() == "" {
		return // a line of the empty form that was not needed
	}
	switch strings.ToLower(get(columnNoASN)) {
	case "":
	case "ya", "y", "x", "v", "bukan asn", "1", "true":
		p.NotCivilServant = true
	case "tidak", "t", "0", "false", "-":
	default:
		r.unusable(row.number, columnNoASN, "harus Ya atau Tidak")
	}
	for _, column := range []string{columnNIK, columnNIP, columnMobile} {
		short := strings.ContainsAny(get(column), "eE") && strings.ContainsAny(get(column), "+.,")
		if short || slices.Contains(row.rounded, r.at[column]) {
			r.unusable(row.number, column, "dibulatkan oleh lembar kerja: jadikan selnya teks, lalu ketik lagi")
		}
	}
	role, ok := formRole(get(columnRole))
	if !ok {
		r.unusable(row.number, columnRole, "harus salah satu dari "+strings.Join(formRoleNames(), ", "))
		return
	}
	p.Role = role
	code := get(columnCode)
	if role == ksv1.Role_ROLE_PROVINCE || role == ksv1.Role_ROLE_DISTRICT {
		r.office(row, p, code)
		return
	}
	if _, err := area.ParsePuskesmas(code); err != nil {
		r.unusable(row.number, columnCode, "bukan kode Puskesmas")
		return
	}
	r.check(row, p)
	r.add(row, code, get(columnName), p)
}

func (r *formReader) office(row formRow, p *ksv1.NomineePerson, code string) {
	to := &r.form.DistrictOffice
	if p.GetRole() == ksv1.Role_ROLE_PROVINCE {
		to = &r.form.Province
	}
	switch {
	case code != "":
		r.unusable(row.number, columnCode, "harus kosong bagi kantor")
	case *to != nil:
		r.unusable(row.number, columnRole, "tertulis dua kali: penanggung jawab hanya satu orang")
	default:
		r.check(row, p)
		*to = p
	}
}

// add puts a person into the list of a Puskesmas.
func (r *formReader) add(row formRow, code, name string, p *ksv1.NomineePerson) {
	i := slices.IndexFunc(r.form.Puskesmas, func(x FormPuskesmas) bool { return x.Code == code })
	if i < 0 && len(r.form.Puskesmas) > maxPuskesmas {
		return // which finish tells
	}
	if i < 0 {
		r.form.Puskesmas = append(r.form.Puskesmas, FormPuskesmas{Code: code, Name: name})
		i = len(r.form.Puskesmas) - 1
	}
	x := &r.form.Puskesmas[i]
	if name != "" && x.Name != "" && name != x.Name {
		r.wrong(row.number, columnName, fmt.Sprintf("berbeda dengan %q di baris di atasnya", x.Name))
	}
	if x.Name == "" {
		x.Name = name
	}
	x.People, x.Rows = append(x.People, p), append(x.Rows, row.number)
}

// fieldColumns are the columns of what CheckPerson names.
var fieldColumns = map[string]string{
	"full_name": columnFullName, "nip": columnNIP, "nik": columnNIK, "position": columnPosition, "mobile": columnMobile, "email": columnEmail,
}

// check tells what is missing or malformed in a person.
func (r *formReader) check(row formRow, p *ksv1.NomineePerson) {
	for _, f := range CheckPerson(tidy(p)) {
		if f.Blocking {
			r.wrong(row.number, fieldColumns[f.Field], f.Message)
		}
	}
}

// finish tells what is missing in the whole.
func (r *formReader) finish() {
	told := func(label string) bool {
		return slices.ContainsFunc(r.problems, func(p RowProblem) bool { return p.Column == label })
	}
	if r.form.District == "" && !told(labelDistrict) {
		r.unusable(0, labelDistrict, "belum diisi")
	}
	if len(r.form.Puskesmas) == 0 {
		r.unusable(0, columnCode, "tidak ada baris dengan Puskesmas")
	}
	if len(r.form.Puskesmas) > maxPuskesmas {
		r.unusable(0, columnCode, fmt.Sprintf("lebih dari %d Puskesmas", maxPuskesmas))
	}
	for _, f := range []struct{ label, text string }{
		{labelNumber, r.form.Letter.GetNumber()}, {labelDate, r.form.Letter.GetDate()}, {labelSignatory, r.form.Letter.GetSignatory()},
	} {
		if f.text == "" && !told(f.label) {
			r.wrong(0, f.label, "belum diisi")
		}
	}
	slices.SortStableFunc(r.problems, func(a, b RowProblem) int { return a.Row - b.Row })
}

// formRole reads a role as the form writes it.
func formRole(text string) (ksv1.Role, bool) {
	for role, label := range roleLabels {
		if same(text, label) || role == ksv1.Role_ROLE_SURVEYOR && same(text, "Pembina Keluarga") {
			return role, true
		}
	}
	return 0, false
}

func formRoleNames() []string {
	var out []string
	for _, role := range append([]ksv1.Role{ksv1.Role_ROLE_PROVINCE, ksv1.Role_ROLE_DISTRICT}, listRoles...) {
		out = append(out, roleLabel(role))
	}
	return out
}
