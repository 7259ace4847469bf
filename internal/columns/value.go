package columns

import (
	"strconv"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Codes in a column of numbers.
const (
	smallMax    = 253
	numberAgain = 254
	numberLong  = 255
)

// Codes in a column of ids: steps below idStep stand for themselves.
const (
	idStep   = 251
	idSource = 252
	idRaw    = 253
	idOther  = 254
)

// Codes in a column of dates.
const (
	dateGiven = iota
	dateAgain
	dateBorn1900
	dateBorn2000
	dateOther
)

// Codes in a column of identities.
const (
	identitySame = iota
	identityDistrict
	identityOther
)

// identityLimit: a NIK and an NKK have sixteen digits.
const identityLimit = 10_000_000_000_000_000

// identity is a NIK or NKK in its parts: six digits of the district where it
// was given out, a date (of birth, women's days by 40 more; of issue), four of a
// serial number.
type identity struct {
	district         uint64
	day, month, year byte
	serial           uint16
}

func splitIdentity(v uint64) identity {
	return identity{
		district: v / 1e10, day: byte(v / 1e8 % 100), month: byte(v / 1e6 % 100), year: byte(v / 1e4 % 100), serial: uint16(v % 1e4),
	}
}

func (p identity) number() uint64 {
	return p.district*1e10 + uint64(p.day)*1e8 + uint64(p.month)*1e6 + uint64(p.year)*1e4 + uint64(p.serial)
}

// day is a date; the zero day is none.
type day struct {
	year       uint16
	month, day byte
}

// yearBase to yearBase+255 fit into a byte.
const yearBase = 1850

func parseDay(b []byte) (day, bool) {
	if len(b) != len("2006-01-02") || b[4] != '-' || b[7] != '-' {
		return day{}, false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if b[i] < '0' || b[i] > '9' {
			return day{}, false
		}
	}
	two := func(i int) int { return int(b[i]-'0')*10 + int(b[i+1]-'0') }
	d := day{uint16(two(0)*100 + two(2)), byte(two(5)), byte(two(8))}
	return d, d.year >= yearBase && d.year <= yearBase+255
}

// append writes the day as a date is written, without what fmt allocates: a page
// has a date or two for each person.
func (d day) append(dst []byte) []byte {
	dst = append(appendPadded(dst, int(d.year), 1000), '-')
	dst = append(appendPadded(dst, int(d.month), 10), '-')
	return appendPadded(dst, int(d.day), 10)
}

// appendPadded writes a number with zeros in front where it is below a power of ten.
func appendPadded(dst []byte, n, power int) []byte {
	for ; power > 1 && n < power; power /= 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// context is what a message has told so far.
type context struct {
	first      uint64 // number of field 1
	elements   int    // fields of the message's record
	identity   identity
	identified bool
}

// womensDays is added to the day in a woman's NIK.
const womensDays = 40

// born is the birth date by the message's NIK, in a century; the zero day where
// there is none.
func (c *context) born(century uint16) day {
	if !c.identified {
		return day{}
	}
	d := c.identity.day
	if d > womensDays {
		d -= womensDays
	}
	return day{century + uint16(c.identity.year), c.identity.month, d}
}

// sexIn swaps a sex with 0 where it is what the NIK tells; the other way round
// too.
func (c *context) sexIn(v uint64) uint64 {
	if !c.identified {
		return v
	}
	told := uint64(1)
	if c.identity.day > womensDays {
		told = 2
	}
	switch v {
	case told:
		return 0
	case 0:
		return told
	}
	return v
}

func (s *Schema) recordOf(kind uint64) *schema {
	if kind >= uint64(len(s.records)) {
		return nil
	}
	return s.records[kind]
}

// idHexBytes is where the pairs of digits of a UUID's text stand.
var idHexBytes = [...]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

const idTextLength = 36

// parseIDText reads the text of a UUID that is not zero, as merge.ID writes it; ok is
// false for any other text.
func parseIDText(b []byte) (id merge.ID, ok bool) {
	if len(b) != idTextLength || b[8] != '-' || b[13] != '-' || b[18] != '-' || b[23] != '-' {
		return id, false
	}
	for i, at := range idHexBytes {
		high, low := hexValues[b[at]], hexValues[b[at+1]]
		if high|low > 15 {
			return id, false
		}
		id[i] = high<<4 | low
	}
	return id, !id.IsZero()
}

// appendIDText is the text of an id, without what a string takes.
func appendIDText(dst []byte, id merge.ID) []byte {
	if id.IsZero() {
		return dst
	}
	start := len(dst)
	dst = append(dst, "00000000-0000-0000-0000-000000000000"...)
	for i, at := range idHexBytes {
		dst[start+at], dst[start+at+1] = hexDigits[id[i]>>4], hexDigits[id[i]&15]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// hexValues are the values of the digits in lower case; of all else 255.
var hexValues = func() (values [256]byte) {
	for i := range values {
		values[i] = 255
	}
	for i := range hexDigits {
		values[hexDigits[i]] = byte(i)
	}
	return values
}()
