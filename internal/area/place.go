package area

import (
	"errors"
	"fmt"
	"strings"
)

// ErrPlace is returned for RW or RT that are not up to three digits.
var ErrPlace = errors.New("RW and RT are up to three digits")

// Place is the RW and RT of a dwelling inside its village, packed as
// 1000·RW + RT so that it is comparable and sorts by RW, then RT. 0 is the
// place of families where there are neither.
type Place uint32

const placeRTs = 1000 // RT numbers in one RW, 0 to 999

// PlaceOf makes a place of RW and RT as people write them: "7", "07" and "007"
// are one; blanks around are ignored; empty text is 000, "there is none". More
// than three digits, or anything else, is ErrPlace.
func PlaceOf(rw, rt string) (Place, error) {
	w, err := threeDigits(rw)
	if err != nil {
		return 0, fmt.Errorf("RW %q: %w", clip(rw), err)
	}
	t, err := threeDigits(rt)
	if err != nil {
		return 0, fmt.Errorf("RT %q: %w", clip(rt), err)
	}
	return Place(w*placeRTs + t), nil
}

// ParsePlace reads "003/007" (RW before RT, as in codes), short forms too; it
// needs the slash.
func ParsePlace(text string) (Place, error) {
	rw, rt, ok := strings.Cut(text, "/")
	if !ok {
		return 0, fmt.Errorf("place %q: %w, written RW/RT", clip(text), ErrPlace)
	}
	return PlaceOf(rw, rt)
}

// Valid reports whether the number is a place; foreign numbers may not be.
func (p Place) Valid() bool { return p < placeRTs*placeRTs }

// String is "003/007", RW before RT.
func (p Place) String() string {
	w, t := p/placeRTs, p%placeRTs
	return string([]byte{digit(w / 100), digit(w / 10), digit(w), '/', digit(t / 100), digit(t / 10), digit(t)})
}

// digit is the last decimal digit of a number below a thousand.
func digit(n Place) byte { return byte('0' + n%10) }

// Label is the place as screens show it, RT before RW: "RT 007/RW 003".
func (p Place) Label() string { return fmt.Sprintf("RT %03d/RW %03d", p%placeRTs, p/placeRTs) }

// RW is the place with RT 0, as an RW's code carries it.
func (p Place) RW() Place { return p - p%placeRTs }

// RWText is the RW, three digits.
func (p Place) RWText() string { return p.String()[:3] }

// RTText is the RT, three digits.
func (p Place) RTText() string { return p.String()[4:] }

func threeDigits(text string) (uint32, error) {
	text = strings.TrimSpace(text)
	if len(text) > 3 {
		return 0, ErrPlace
	}
	n := uint32(0)
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return 0, ErrPlace
		}
		n = n*10 + uint32(text[i]-'0')
	}
	return n, nil
}
