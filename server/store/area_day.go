package store

import (
	"fmt"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// AreaDay is what a district, a province or the nation added up to as of the end
// of a day.
type AreaDay struct {
	// Area is dotted; "" the nation.
	Area string
	Day  int
	// Villages tells which villages were added up (tally.Fingerprint).
	Villages              int64
	Provisional, Verified iks.Tally
	Collection            collection.Counts
	// Causes is what moved them on that day; nil: nothing, or not asked for.
	Causes *CauseSums
	// Years are the tallies by survey year, of those villages of which they are known;
	// Uncounted have figures without. YearsMissing: they are known of none.
	Years        iks.PackedYears
	Uncounted    int
	YearsMissing bool
	// YearCauses is Causes by survey year.
	YearCauses YearCauses
}

// AreaDayQuery asks for rows.
type AreaDayQuery struct {
	// Areas are dotted codes.
	Areas []string
	// From and To are days, both included.
	From, To int
	// Causes: read them, too, and YearCauses.
	Causes bool
}

// daysAhead is how far a clock that ran ahead is corrected: what lies further may be right, and
// the clock that says otherwise far behind.
const daysAhead = 3

// LastDayAhead is the last of the days after one (yyyymmdd) that are taken for those of a clock
// that ran ahead.
func LastDayAhead(day int) int {
	return prokesga.DateOfNumber(day).AddDays(daysAhead).Number()
}

// AreaDaySpan is from when to when an area has rows, and of which villages.
type AreaDaySpan struct {
	First, Last int
	Villages    int64
}

// Moved is what came of one cause: how many families moved, and by how much the
// counts changed.
type Moved struct {
	Movements int64
	Tally     iks.Tally
}

func (m *Moved) add(before, after iks.Packed) {
	if before != after {
		m.Movements++
		m.Tally.Sub(before)
		m.Tally.Add(after)
	}
}

// addMoved adds what another part of the area did.
func (m *Moved) addMoved(o *Moved) {
	m.Movements += o.Movements
	m.Tally.AddTally(&o.Tally)
}

// CauseSums is what each Cause did, on both bases. The verified one is moved by
// verdicts, or by the rules, whatever else the same commit did.
type CauseSums [CauseRules + 1]struct{ Provisional, Verified Moved }

// Add counts a movement.
func (c *CauseSums) Add(m *Movement) {
	if m.Cause < 0 || int(m.Cause) >= len(c) {
		return
	}
	c[m.Cause].Provisional.add(m.ProvisionalBefore, m.ProvisionalAfter)
	verified := CauseVerdict
	if m.Cause == CauseRules {
		verified = CauseRules
	}
	c[verified].Verified.add(m.VerifiedBefore, m.VerifiedAfter)
}

// AddSums adds those of another area or day; nil adds nothing.
func (c *CauseSums) AddSums(o *CauseSums) {
	if o == nil {
		return
	}
	for i := range c {
		c[i].Provisional.addMoved(&o[i].Provisional)
		c[i].Verified.addMoved(&o[i].Verified)
	}
}

// Sum is what all causes did together.
func (c *CauseSums) Sum() (provisional, verified iks.Tally) {
	for i := range c {
		provisional.AddTally(&c[i].Provisional.Tally)
		verified.AddTally(&c[i].Verified.Tally)
	}
	return provisional, verified
}

// CausesIn is what moved the families on that day in a survey year, or (0)
// altogether; nil: nothing, or not asked for.
func (d *AreaDay) CausesIn(year int) *CauseSums {
	if year == 0 {
		return d.Causes
	}
	return d.YearCauses[year]
}

// movedLength is how many numbers stand for one Moved.
const movedLength = 1 + iks.Counters

// Slice is the sums for storage: for each cause and basis that did anything its
// position, then the numbers; nil of nil.
func (c *CauseSums) Slice() []int64 {
	if c == nil {
		return nil
	}
	var out []int64
	put := func(position int, m *Moved) {
		if *m != (Moved{}) {
			out = append(append(out, int64(position), m.Movements), m.Tally.Counts()...)
		}
	}
	for i := range c {
		put(2*i, &c[i].Provisional)
		put(2*i+1, &c[i].Verified)
	}
	return out
}

// CauseSumsOf reads what Slice wrote; nil of nothing.
func CauseSumsOf(numbers []int64) (c *CauseSums, err error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	c = &CauseSums{}
	for ; len(numbers) > 0; numbers = numbers[1+movedLength:] {
		if len(numbers) < 1+movedLength || numbers[0] < 0 || int(numbers[0]) >= 2*len(c) {
			return c, fmt.Errorf("read causes: %d numbers are left over", len(numbers))
		}
		m := &c[numbers[0]/2].Provisional
		if numbers[0]%2 == 1 {
			m = &c[numbers[0]/2].Verified
		}
		m.Movements = numbers[1]
		if m.Tally, err = iks.FromCounts(numbers[2 : 1+movedLength]); err != nil {
			return c, err
		}
	}
	return c, nil
}
