package prokesga

import (
	"errors"
	"fmt"
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ErrNIP is returned for text that is not a NIP; it never carries the number.
var ErrNIP = errors.New("not a NIP (18 digits)")

// NIP is a civil servant's number: birth date (8 digits), year and month of
// appointment (6; PPPK have 21 in the month's place), sex (1 or 2), sequence
// (3). It prints as "[sealed]".
type NIP struct{ digits string }

// pppkMonth stands in the month's place for government employees on contract.
const pppkMonth = 21

// ParseNIP reads a NIP; blanks anywhere are ignored. The error is ErrNIP and
// says which part is wrong.
func ParseNIP(text string) (NIP, error) {
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '\u00a0' {
			return -1
		}
		return r
	}, text)
	if len(digits) != 18 {
		return NIP{}, fmt.Errorf("%w: has %d characters", ErrNIP, len(digits))
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return NIP{}, fmt.Errorf("%w: %w", ErrNIP, errNotDigits)
		}
	}
	n := NIP{digits}
	if n.BirthDate().IsZero() {
		return NIP{}, fmt.Errorf("%w: no birth date in digits 1 to 8", ErrNIP)
	}
	if month, _ := digitsOf(digits[12:14]); (month < 1 || month > 12) && month != pppkMonth {
		return NIP{}, fmt.Errorf("%w: no month of appointment in digits 13 and 14", ErrNIP)
	}
	if digits[14] != '1' && digits[14] != '2' {
		return NIP{}, fmt.Errorf("%w: digit 15 is neither 1 nor 2", ErrNIP)
	}
	return n, nil
}

// Text is the 18 digits; "" for the zero value.
func (n NIP) Text() string { return n.digits }

// String keeps the number out of logs.
func (n NIP) String() string { return sealed }

// Sex is what digit 15 tells.
func (n NIP) Sex() ksv1.Sex {
	if len(n.digits) != 18 {
		return ksv1.Sex_SEX_UNSPECIFIED
	}
	return ksv1.Sex(n.digits[14] - '0')
}

// BirthDate is what the first eight digits tell.
func (n NIP) BirthDate() Date {
	if len(n.digits) != 18 {
		return Date{}
	}
	year, _ := digitsOf(n.digits[:4])
	month, _ := digitsOf(n.digits[4:6])
	day, _ := digitsOf(n.digits[6:8])
	date, err := NewDate(year, month, day)
	if err != nil {
		return Date{}
	}
	return date
}
