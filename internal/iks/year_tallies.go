package iks

import (
	"encoding/binary"
	"errors"
	"slices"
)

// YearTally is an area's tallies of one survey year, on both bases of data.
type YearTally struct {
	Year                  int
	Provisional, Verified Tally
}

func (t *YearTally) empty() bool { return t.Provisional.IsZero() && t.Verified.IsZero() }

// YearTallies is an area's tallies by survey year, ascending. A family counts in a
// year by the rounds of that year alone, so they are no parts of the area's tallies
// and do not add up to them. The zero value is an empty area.
type YearTallies []YearTally

// Add counts one more family.
func (t *YearTallies) Add(years FamilyYears) {
	for _, v := range years {
		at := t.at(v.Year)
		at.Provisional.Add(v.Provisional)
		at.Verified.Add(v.Verified)
	}
}

// Sub takes a family out again, as it was counted.
func (t *YearTallies) Sub(years FamilyYears) {
	for _, v := range years {
		at := t.at(v.Year)
		at.Provisional.Sub(v.Provisional)
		at.Verified.Sub(v.Verified)
	}
}

// AddTallies adds those of another area.
func (t *YearTallies) AddTallies(other YearTallies) {
	for i := range other {
		at := t.at(other[i].Year)
		at.Provisional.AddTally(&other[i].Provisional)
		at.Verified.AddTally(&other[i].Verified)
	}
}

// SubTallies takes those of another area out.
func (t *YearTallies) SubTallies(other YearTallies) {
	for i := range other {
		at := t.at(other[i].Year)
		at.Provisional.SubTally(&other[i].Provisional)
		at.Verified.SubTally(&other[i].Verified)
	}
}

// Of gives the tallies of one year; nil where nothing counts in it.
func (t YearTallies) Of(year int) *YearTally {
	i, found := t.search(year)
	if !found || t[i].empty() {
		return nil
	}
	return &t[i]
}

// Years are those in which something counts, ascending.
func (t YearTallies) Years() []int {
	var out []int
	for i := range t {
		if !t[i].empty() {
			out = append(out, t[i].Year)
		}
	}
	return out
}

// at finds or makes the tallies of a year.
func (t *YearTallies) at(year int) *YearTally {
	i, found := t.search(year)
	if !found {
		*t = slices.Insert(*t, i, YearTally{Year: year})
	}
	return &(*t)[i]
}

func (t YearTallies) search(year int) (int, bool) {
	return slices.BinarySearchFunc(t, year, func(y YearTally, year int) int { return y.Year - year })
}

// PackedYears is YearTallies as stores and memory keep them, beside the area's own
// tallies: equal tallies give equal bytes. The zero value is an empty area.
//
// For each year: the year, then a kind, as varints. Kind 0: its tallies are the
// area's own, as where nobody was surveyed twice and all in one year. Kind 1: the
// counts of both follow, each a varint; a run of zeros is a 0 and how many more.
type PackedYears string

const (
	packedSame = iota
	packedOwn
)

// Pack packs them beside the area's own tallies.
func (t YearTallies) Pack(provisional, verified *Tally) PackedYears {
	var out []byte
	for i := range t {
		y := &t[i]
		if y.empty() {
			continue
		}
		out = binary.AppendUvarint(out, uint64(y.Year))
		if y.Provisional == *provisional && y.Verified == *verified {
			out = append(out, packedSame)
			continue
		}
		out = appendCounts(append(out, packedOwn), &y.Provisional)
		out = appendCounts(out, &y.Verified)
	}
	return PackedYears(out)
}

func appendCounts(out []byte, t *Tally) []byte {
	for i := 0; i < Counters; i++ {
		out = binary.AppendUvarint(out, uint64(t.counts[i]))
		if t.counts[i] != 0 {
			continue
		}
		more := 0
		for i+1 < Counters && t.counts[i+1] == 0 {
			i++
			more++
		}
		out = binary.AppendUvarint(out, uint64(more))
	}
	return out
}

// errPackedYears: the bytes are not what Pack gives.
var errPackedYears = errors.New("read tallies by survey year: malformed")

// Unpack reads them; provisional and verified are the area's own tallies, as they
// were when Pack was called.
func (p PackedYears) Unpack(provisional, verified *Tally) (YearTallies, error) {
	if p == "" {
		return nil, nil
	}
	var out YearTallies
	rest := []byte(p)
	for len(rest) > 0 {
		year, n := binary.Uvarint(rest)
		if n <= 0 || year < FirstYear || year > LastYear || len(rest) == n || len(out) > 0 && int(year) <= out[len(out)-1].Year {
			return nil, errPackedYears
		}
		kind := rest[n]
		rest = rest[n+1:]
		out = append(out, YearTally{Year: int(year)})
		y := &out[len(out)-1]
		switch kind {
		case packedSame:
			y.Provisional, y.Verified = *provisional, *verified
			continue
		case packedOwn:
		default:
			return nil, errPackedYears
		}
		var err error
		if rest, err = readCounts(rest, &y.Provisional); err != nil {
			return nil, err
		}
		if rest, err = readCounts(rest, &y.Verified); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func readCounts(rest []byte, t *Tally) ([]byte, error) {
	next := func() (uint64, bool) {
		v, n := binary.Uvarint(rest)
		rest = rest[max(n, 0):]
		return v, n > 0
	}
	for i := 0; i < Counters; i++ {
		v, ok := next()
		if !ok {
			return nil, errPackedYears
		}
		if t.counts[i] = int64(v); v != 0 {
			continue
		}
		more, ok := next()
		if !ok || more >= uint64(Counters-i) {
			return nil, errPackedYears
		}
		i += int(more)
	}
	return rest, nil
}
