package auth

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// MinPasswordLength in characters (OWASP ASVS); MaxPasswordLength in bytes.
const (
	MinPasswordLength = 10
	MaxPasswordLength = 256
)

// WeakPassword says why a new password is refused, to the user.
type WeakPassword struct {
	// Reason is English, for developers; Message is Indonesian, for the user.
	Reason, Message string
}

// Error is the reason.
func (e *WeakPassword) Error() string { return "password too weak: " + e.Reason }

// Owner is whose password it is to be; its own data are the first that others
// guess. Zero fields are not known.
type Owner struct {
	UserName, FullName string
	NIK                uint64
}

// commonText are the words of which the most common passwords are made, in
// Indonesia and elsewhere, one a line.
//
//go:embed common.txt
var commonText string

var commonWords = sync.OnceValue(func() []string {
	words := strings.Fields(commonText)
	// Longer ones first, so that what a word leaves over is the least.
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return words
})

// Bounds of what a password must have beyond common words, runs and digits.
const (
	minDistinct = 5
	minRest     = 5
	minRun      = 4
	minNamePart = 4
)

// CheckNewPassword refuses a password that others would guess: short, of few
// different characters, of digits alone, or made of common words, runs on the
// keyboard and what is known of its owner. Errors: *WeakPassword.
func CheckNewPassword(password string, owner Owner) error {
	switch {
	case utf8.RuneCountInString(password) < MinPasswordLength:
		return &WeakPassword{fmt.Sprintf("at least %d characters", MinPasswordLength),
			fmt.Sprintf("Kata sandi terlalu pendek: paling sedikit %d karakter.", MinPasswordLength)}
	case len(password) > MaxPasswordLength:
		return &WeakPassword{fmt.Sprintf("at most %d bytes", MaxPasswordLength), "Kata sandi terlalu panjang."}
	case strings.Trim(password, "0123456789 .-/+") == "":
		return &WeakPassword{"digits alone", "Kata sandi tidak boleh hanya berisi angka, seperti tanggal lahir, NIK atau nomor telepon."}
	case distinct(password) < minDistinct:
		return &WeakPassword{"few different characters", "Kata sandi terlalu mudah ditebak: gunakan lebih banyak karakter yang berbeda."}
	}
	plain := strings.ToLower(password)
	if rest := withoutGuesses(plain, ownersWords(owner)); rest != plain && utf8.RuneCountInString(lettersOf(rest)) < minRest {
		return &WeakPassword{"made of the owner's name or numbers", "Kata sandi tidak boleh dibuat dari nama pengguna, nama, NIK atau tanggal lahir Anda."}
	}
	for _, spelt := range []string{plain, withoutDisguise(plain)} {
		if utf8.RuneCountInString(lettersOf(withoutRuns(withoutGuesses(spelt, commonWords())))) < minRest {
			return &WeakPassword{"made of common words, runs or digits", "Kata sandi ini terlalu umum dan mudah ditebak. Gabungkan beberapa kata yang tidak berhubungan."}
		}
	}
	return nil
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// withoutGuesses leaves out every word of a list.
func withoutGuesses(s string, words []string) string {
	for _, w := range words {
		s = strings.ReplaceAll(s, w, " ")
	}
	return s
}

// withoutDisguise turns digits and signs that stand for letters into these.
func withoutDisguise(s string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "@", "a", "$", "s", "!", "i").Replace(s)
}

// runs are what fingers walk on.
var runs = []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890"}

// withoutRuns leaves out pieces of runs, forth and back, and repeats of a
// character.
func withoutRuns(s string) string {
	var b strings.Builder
	r := []rune(s)
	for i := 0; i < len(r); {
		n := max(runLength(r[i:], 1), runLength(r[i:], -1), repeats(r[i:]))
		if n < minRun {
			b.WriteRune(r[i])
			n = 1
		}
		i += n
	}
	return b.String()
}

func runLength(r []rune, step int) int {
	longest := 0
	for _, run := range runs {
		at := strings.IndexRune(run, r[0])
		n := 1
		for at >= 0 && n < len(r) && at+n*step >= 0 && at+n*step < len(run) && rune(run[at+n*step]) == r[n] {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

func repeats(r []rune) int {
	n := 1
	for n < len(r) && r[n] == r[0] {
		n++
	}
	return n
}

// ownersWords are the parts of the owner's names, the NIK, and the birthday that
// it holds, in the ways people write one.
func ownersWords(o Owner) []string {
	var out []string
	for _, name := range []string{strings.ToLower(o.UserName), strings.ToLower(o.FullName)} {
		for _, part := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if len(part) >= minNamePart {
				out = append(out, part)
			}
		}
	}
	if o.NIK == 0 {
		return out
	}
	nik := fmt.Sprintf("%016d", o.NIK)
	day, month, year := nik[6:8], nik[8:10], nik[10:12]
	if day > "40" { // a woman's
		day = fmt.Sprintf("%02d", (int(day[0]-'0')*10+int(day[1]-'0')-40)%100)
	}
	out = append(out, nik)
	for _, y := range []string{"19" + year, "20" + year, year} {
		out = append(out, day+month+y, y+month+day)
	}
	return out
}
