package area

import (
	"errors"
	"fmt"
)

// ErrPuskesmas is returned for text that is not a Puskesmas code.
var ErrPuskesmas = errors.New("not a Puskesmas code (an optional capital letter, then 7 to 11 digits)")

// Puskesmas is the code of a health centre: opaque text, not part of the tree
// and telling nothing of the place.
type Puskesmas string

// Bounds of a Puskesmas code's digits (DOMAIN.md section 1).
const (
	puskesmasDigitsMin = 7
	puskesmasDigitsMax = 11
)

// ParsePuskesmas checks the form ^[A-Z]?[0-9]{7,11}$. Text is not trimmed.
func ParsePuskesmas(text string) (Puskesmas, error) {
	digits := text
	if digits != "" && digits[0] >= 'A' && digits[0] <= 'Z' {
		digits = digits[1:]
	}
	ok := len(digits) >= puskesmasDigitsMin && len(digits) <= puskesmasDigitsMax
	for i := range len(digits) {
		ok = ok && digits[i] >= '0' && digits[i] <= '9'
	}
	if !ok {
		return "", fmt.Errorf("%q: %w", clip(text), ErrPuskesmas)
	}
	return Puskesmas(text), nil
}
