package prokesga

import (
	"errors"
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Errors of the identity numbers. They never carry the number itself.
var (
	ErrNIK = errors.New("not a NIK (16 digits, the first not 0)")
	ErrNKK = errors.New("not a number of a family card (16 digits, the first not 0)")
)

// NIK is a population number: province, district and kecamatan of first
// registration, birth day (women: plus 40), month and year, serial. It is never
// reissued when these are corrected, so a NIK that disagrees with them is a
// warning, never an error. It prints as "[sealed]"; Text gives the digits.
type NIK uint64

// ParseNIK reads 16 digits; blanks around them are ignored. Everything else is
// ErrNIK with the count of digits found or the fact that there is more than
// digits: such text may be kept as provisional, never as a NIK.
func ParseNIK(text string) (NIK, error) {
	n, err := parseSixteen(text)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNIK, err)
	}
	return NIK(n), nil
}

// Text is the 16 digits.
func (n NIK) Text() string { return fmt.Sprintf("%016d", uint64(n)) }

// String keeps the number out of logs.
func (n NIK) String() string { return sealed }

// Kecamatan is where the number was first given out, by the codes of that day.
func (n NIK) Kecamatan() area.Code {
	code, err := area.Parse(n.Text()[:6])
	if err != nil {
		return area.Code{}
	}
	return code
}

// Sex is what the birth day tells: women have 40 added.
func (n NIK) Sex() ksv1.Sex {
	if n.dayField() > femaleDays {
		return ksv1.Sex_SEX_FEMALE
	}
	return ksv1.Sex_SEX_MALE
}

// WellFormed reports whether the parts can be what they stand for: a day, a
// month, a serial from 0001. A number that isn't is odd but not refused.
func (n NIK) WellFormed() bool {
	const leapYear = 2000 // the century is unknown, so 29 February may be right
	day, month := n.birth()
	_, err := NewDate(leapYear, month, day)
	return err == nil && n%10_000 != 0
}

// AgreesWithBirth reports whether day, month and year of the century are those
// of the birth date.
func (n NIK) AgreesWithBirth(birth Date) bool {
	day, month := n.birth()
	return day == birth.Day() && month == birth.Month() && n.year() == birth.Year()%100
}

const (
	femaleDays = 40 // added to a woman's day of birth
	sealed     = "[sealed]"
)

func (n NIK) dayField() int { return int(n / 100_000_000 % 100) }
func (n NIK) year() int     { return int(n / 10_000 % 100) }

func (n NIK) birth() (day, month int) {
	day, month = n.dayField(), int(n/1_000_000%100)
	if day > femaleDays {
		day -= femaleDays
	}
	return day, month
}

// NKK is the number of a family card. It prints as "[sealed]".
type NKK uint64

// ParseNKK reads 16 digits, as ParseNIK does; the error is ErrNKK.
func ParseNKK(text string) (NKK, error) {
	n, err := parseSixteen(text)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNKK, err)
	}
	return NKK(n), nil
}

// Text is the 16 digits.
func (n NKK) Text() string { return fmt.Sprintf("%016d", uint64(n)) }

// String keeps the number out of logs.
func (n NKK) String() string { return sealed }

var (
	errNotDigits   = errors.New("holds something else than digits")
	errLeadingZero = errors.New("starts with 0")
)

func parseSixteen(text string) (uint64, error) {
	text = strings.Trim(text, " \t")
	n := uint64(0)
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return 0, errNotDigits
		}
		if i < 16 {
			n = n*10 + uint64(c-'0')
		}
	}
	if len(text) != 16 {
		return 0, fmt.Errorf("has %d digits", len(text))
	}
	if text[0] == '0' {
		return 0, errLeadingZero
	}
	return n, nil
}
