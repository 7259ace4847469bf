package account

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/shape"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Fault is what is wrong in a person's fields, or should be looked at.
type Fault struct {
	// Field is one of NomineePerson.
	Field  string
	Reason ksv1.FindingReason
	// Blocking: no account is made of the person so.
	Blocking bool
	// Problem is for people, in Indonesian.
	Problem string
}

// maxText bounds a person's texts, characters, as the contract does.
const maxText = 200

// checkText holds a person's text against its bound. Errors: *InvalidError.
func checkText(field, text string) error {
	switch {
	case utf8.RuneCountInString(text) > maxText:
		return &InvalidError{field, fmt.Sprintf("Isian terlalu panjang (paling banyak %d huruf).", maxText)}
	case !shape.IsLine(text) || strings.ContainsFunc(text, unseen):
		return &InvalidError{field, "Hapus tanda yang tidak terbaca."}
	}
	return nil
}

// unseen tells of what turns or hides other letters: a name is to be read as it is stored.
func unseen(r rune) bool { return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) }

// Faults holds a person's fields against DOMAIN.md sections 1 and 7, whether nominated
// or typed in.
func Faults(p *ksv1.NomineePerson) []Fault {
	var out []Fault
	malformed := func(field, problem string) {
		out = append(out, Fault{field, ksv1.FindingReason_FINDING_REASON_MALFORMED, true, problem})
	}
	need := func(field, text, what string) bool {
		if strings.TrimSpace(text) == "" {
			out = append(out, Fault{field, ksv1.FindingReason_FINDING_REASON_MISSING, true, what + " belum diisi."})
			return false
		}
		return true
	}
	need("full_name", p.GetFullName(), "Nama lengkap")
	need("position", p.GetPosition(), "Jabatan")
	for _, f := range []struct{ field, text string }{{"full_name", p.GetFullName()}, {"position", p.GetPosition()}, {"email", p.GetEmail()}} {
		var wrong *InvalidError
		if errors.As(checkText(f.field, f.text), &wrong) {
			malformed(f.field, wrong.Problem)
		}
	}
	nik, nikErr := prokesga.ParseNIK(p.GetNik())
	if need("nik", p.GetNik(), "NIK") {
		switch {
		case nikErr != nil:
			malformed("nik", "NIK harus terdiri atas 16 angka.")
		case !nik.WellFormed():
			malformed("nik", "NIK tidak memuat tanggal lahir atau nomor urut yang mungkin.")
		}
	}
	out = append(out, checkNIP(p, nik, nikErr == nil && nik.WellFormed())...)
	if need("mobile", p.GetMobile(), "Nomor HP") {
		if mobile, err := prokesga.NormalizePhone(p.GetMobile()); err != nil || !strings.HasPrefix(mobile, "+628") {
			malformed("mobile", "Nomor HP tidak benar; contoh: 081234567890.")
		}
	}
	if need("email", p.GetEmail(), "Alamat e-mail") && !isEmail(p.GetEmail()) {
		malformed("email", "Alamat e-mail tidak benar.")
	}
	return out
}

// checkNIP: given, or marked as no civil servant, never just empty.
func checkNIP(p *ksv1.NomineePerson, nik prokesga.NIK, nikKnown bool) []Fault {
	f := func(reason ksv1.FindingReason, blocking bool, problem string) []Fault {
		return []Fault{{"nip", reason, blocking, problem}}
	}
	given := strings.TrimSpace(p.GetNip()) != ""
	switch {
	case p.GetNotCivilServant() && given:
		return f(ksv1.FindingReason_FINDING_REASON_CONTRADICTS, true, "NIP diisi, padahal ditandai bukan ASN.")
	case p.GetNotCivilServant():
		return nil
	case !given:
		return f(ksv1.FindingReason_FINDING_REASON_MISSING, true, "NIP belum diisi; bila bukan ASN, tandai bukan ASN.")
	}
	nip, err := prokesga.ParseNIP(p.GetNip())
	if err != nil {
		return f(ksv1.FindingReason_FINDING_REASON_MALFORMED, true, "NIP harus terdiri atas 18 angka yang benar.")
	}
	if nikKnown && (nip.Sex() != nik.Sex() || !nik.AgreesWithBirth(nip.BirthDate())) {
		// A NIK is never reissued when birth date or sex are corrected.
		return f(ksv1.FindingReason_FINDING_REASON_DISAGREES, false, "Tanggal lahir atau jenis kelamin menurut NIP dan NIK berbeda; periksa kembali.")
	}
	return nil
}

func isEmail(text string) bool {
	a, err := mail.ParseAddress(strings.TrimSpace(text))
	if err != nil || a.Name != "" || a.Address != strings.TrimSpace(text) {
		return false
	}
	_, host, _ := strings.Cut(a.Address, "@")
	return strings.Contains(strings.Trim(host, "."), ".")
}
