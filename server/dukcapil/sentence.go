package dukcapil

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What the registry says in place of a record, in capitals and without punctuation. Its
// refusals of this server ("User ID Non Aktif", "IP Client Tidak terdaftar") have words in
// common with what it says of persons, which always begins with DATA.
var (
	// noRecord: "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan", "Data
	// Ditemukan, Meninggal Dunia", "Data Ditemukan, Status Non Aktif silahkan hubungi Dinas
	// Dukcapil", "Data Ditemukan, Data Ganda".
	noRecord = regexp.MustCompile(`^DATA (TIDAK DITEMUKAN|DITEMUKAN (.* )?(MENINGGAL|NON ?AKTIF|TIDAK AKTIF|GANDA))\b`)
	// quotaWords: "Kuota Akses Hari ini telah Habis".
	quotaWords = []string{"KUOTA", "QUOTA"}
	// accessWords: "Login Gagal", "IP Address Tidak Sesuai".
	accessWords = []string{"USER", "USERID", "USERNAME", "PASSWORD", "LOGIN", "IP"}
)

// withRecord is the sentence that comes with a record.
const withRecord = "DATA DITEMUKAN"

// meaningOf is what a sentence says; nil: nothing against the record that it comes with. The
// sentence, which may hold a number, is no part of the errors: ErrNoRecord, ErrRefused,
// *QuotaError.
func meaningOf(sentence string) error {
	words := strings.FieldsFunc(strings.ToUpper(sentence), func(r rune) bool { return !unicode.IsLetter(r) })
	among := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	said := strings.Join(words, " ")
	switch {
	case said == "" || said == withRecord:
		return nil
	case among(quotaWords):
		return &QuotaError{Whose: OfRegistry}
	case among(accessWords):
		return fmt.Errorf("%w: it objects to user, login or address", ErrRefused)
	case noRecord.MatchString(said):
		return ErrNoRecord
	}
	return fmt.Errorf("%w: it answers in words that are not known here", ErrRefused)
}
