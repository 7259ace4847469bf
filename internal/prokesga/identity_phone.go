package prokesga

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPhone is returned for text that is not an Indonesian telephone number; it
// never carries the number.
var ErrPhone = errors.New("not an Indonesian telephone number")

// Digits behind +62, area code or operator included: the shortest landlines
// have 7, the longest mobiles 12 (decided).
const (
	phoneDigitsMin = 7
	phoneDigitsMax = 12
)

// NormalizePhone brings a number into the form +628123456789. It takes 0812…,
// 62812…, +62812…, 0062812… and 812… (a mobile without its 0); blanks, dots,
// dashes and brackets are ignored.
func NormalizePhone(text string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0', '-', '.', '(', ')', '/':
			return -1
		}
		return r
	}, text)
	national := digits
	for _, prefix := range []string{"+62", "0062", "62", "0", ""} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok {
			national = rest
			if prefix == "" && !strings.HasPrefix(rest, "8") {
				return "", fmt.Errorf("%w: no 0 or +62 in front", ErrPhone)
			}
			break
		}
	}
	national = strings.TrimPrefix(national, "0") // "+62 (0)812…"
	for i := range len(national) {
		if national[i] < '0' || national[i] > '9' {
			return "", fmt.Errorf("%w: %w", ErrPhone, errNotDigits)
		}
	}
	if len(national) < phoneDigitsMin || len(national) > phoneDigitsMax || national[0] == '0' {
		return "", fmt.Errorf("%w: %d digits behind +62", ErrPhone, len(national))
	}
	return "+62" + national, nil
}
