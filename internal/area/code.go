package area

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// ErrCode is returned for text that is not an area code.
var ErrCode = errors.New("not an area code (PP.KK.CC.DDDD, then /RW/RT)")

// Level is a level of the tree; numbers as in ksv1.AreaLevel.
type Level uint8

// The levels, from the top.
const (
	Nation    Level = 1
	Province  Level = 2
	District  Level = 3 // kabupaten or kota
	Kecamatan Level = 4
	Village   Level = 5 // desa or kelurahan
	RW        Level = 6
	RT        Level = 7
)

var levelNames = [...]string{"", "nation", "province", "district", "kecamatan", "village", "RW", "RT"}

// String is the English name, for logs and errors.
func (l Level) String() string {
	if l > RT {
		return ""
	}
	return levelNames[l]
}

// Code is the path of one area. The zero value is the nation. Codes are
// comparable with == and canonical: equal areas are equal values.
type Code struct {
	number uint64 // the digits down to the village, as ten with zeros behind
	place  Place
	below  uint8 // levels below the nation
}

// digitsAt is how many digits a code without dots has at each level down to
// the village; unitAt is the value of its last digit in Code.number.
var (
	digitsAt = [...]int{Nation: 0, Province: 2, District: 4, Kecamatan: 6, Village: 10}
	unitAt   = [...]uint64{Nation: 1e10, Province: 1e8, District: 1e6, Kecamatan: 1e4, Village: 1}
)

// Parse reads a code, dotted ("32.04.05.2001") or without dots as RAW writes
// it ("3204052001"), with "/RW" or "/RW/RT" behind a village; RW and RT may be
// short ("/3/7") and blank-padded. Empty text is the nation. The error is
// ErrCode or ErrPlace.
func Parse(text string) (Code, error) {
	path, rest, below := strings.Cut(text, "/")
	code, err := parsePath(path)
	if err != nil || !below {
		return code, err
	}
	if code.Level() != Village || rest == "" {
		return Code{}, fmt.Errorf("%q: %w", clip(text), ErrCode)
	}
	rw, rt, both := strings.Cut(rest, "/")
	if !both {
		rt = ""
	}
	place, err := PlaceOf(rw, rt)
	if err != nil {
		return Code{}, fmt.Errorf("area code %q: %w", clip(text), err)
	}
	if rw == "" || (both && rt == "") {
		return Code{}, fmt.Errorf("%q: %w", clip(text), ErrCode)
	}
	if both {
		return code.RT(place), nil
	}
	return code.RT(place).Parent(), nil
}

// parsePath reads the part down to the village, in either form. Dots stand
// after two, four and six digits, in all places or in none.
func parsePath(text string) (Code, error) {
	var code Code
	dotted := len(text) > 2 && text[2] == '.'
	digits := 0
	for i := range len(text) {
		c := text[i]
		if dotted && (i == 2 || i == 5 || i == 8) {
			if c != '.' {
				return Code{}, fmt.Errorf("%q: %w", clip(text), ErrCode)
			}
			continue
		}
		if c < '0' || c > '9' || digits == 10 {
			return Code{}, fmt.Errorf("%q: %w", clip(text), ErrCode)
		}
		code.number = code.number*10 + uint64(c-'0')
		digits++
	}
	for level := Nation; level <= Village; level++ {
		if digits == digitsAt[level] && !strings.HasSuffix(text, ".") {
			code.number *= unitAt[level]
			code.below = uint8(level - Nation)
			return code, nil
		}
	}
	return Code{}, fmt.Errorf("%q: %w", clip(text), ErrCode)
}

// Level is the code's level.
func (c Code) Level() Level { return Nation + Level(c.below) }

// String is the canonical text, "32.04.05.2001/003/007"; "" for the nation.
func (c Code) String() string {
	text := c.Dotted()
	switch c.Level() {
	case RW:
		return text + "/" + c.place.String()[:3]
	case RT:
		return text + "/" + c.place.String()
	}
	return text
}

// Dotted is the code down to the village, "32.04.05.2001".
func (c Code) Dotted() string {
	d := c.Undotted()
	switch len(d) {
	case 4:
		return d[:2] + "." + d[2:]
	case 6:
		return d[:2] + "." + d[2:4] + "." + d[4:]
	case 10:
		return d[:2] + "." + d[2:4] + "." + d[4:6] + "." + d[6:]
	}
	return d
}

// Undotted is the code down to the village as RAW writes it, "3204052001".
func (c Code) Undotted() string {
	var text [10]byte
	for n, i := c.number, len(text)-1; i >= 0; n, i = n/10, i-1 {
		text[i] = byte('0' + n%10)
	}
	return string(text[:digitsAt[min(c.Level(), Village)]])
}

// Place is the RW and RT; zero above the RW, and with RT 0 for an RW.
func (c Code) Place() Place { return c.place }

// Places are the first and the last place that c has within its village.
func (c Code) Places() (from, to Place) {
	switch c.Level() {
	case RT:
		return c.place, c.place
	case RW:
		return c.place, c.place + placeRTs - 1
	}
	return 0, placeRTs*placeRTs - 1
}

// Village is the village that c is or lies in; ok is false above villages.
func (c Code) Village() (village Code, ok bool) { return c.At(Village) }

// RT is the RT of the given place in the village that c is or lies in; above
// villages it is c itself, for there is none.
func (c Code) RT(place Place) Code {
	if c.Level() < Village {
		return c
	}
	return Code{number: c.number, place: place, below: uint8(RT - Nation)}
}

// At is the area of the given level that c is or lies in; ok is false where c
// stands above that level.
func (c Code) At(level Level) (area Code, ok bool) {
	if level < Nation || level > c.Level() {
		return Code{}, false
	}
	a := Code{number: c.number, place: c.place, below: uint8(level - Nation)}
	switch {
	case level == RW:
		a.place = c.place.RW()
	case level < RW:
		a.place = 0
		a.number -= a.number % unitAt[level]
	}
	return a, true
}

// Parent is the area right above; the nation is its own parent.
func (c Code) Parent() Code {
	if c.below == 0 {
		return c
	}
	parent, _ := c.At(c.Level() - 1)
	return parent
}

// Contains reports whether other is c or lies in it.
func (c Code) Contains(other Code) bool {
	at, ok := other.At(c.Level())
	return ok && at == c
}

// Compare orders areas as a list of the tree does: each before those inside
// it, siblings by number.
func (c Code) Compare(other Code) int {
	return cmp.Or(cmp.Compare(c.number, other.number), cmp.Compare(min(c.Level(), RW), min(other.Level(), RW)),
		cmp.Compare(c.place, other.place), cmp.Compare(c.below, other.below))
}

// clip keeps long or hostile text out of error messages.
func clip(text string) string {
	const shown = 32 // bytes; longer than any code
	if len(text) > shown {
		return text[:shown] + "…"
	}
	return text
}
