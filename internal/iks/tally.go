package iks

import "fmt"

// Positions in the vector of counters of one membership. Besar stands first,
// inti at the same positions plus CountersEach. Stores keep the vector as it
// is: positions never change, new ones are added at the end of a new version.
const (
	CountSurveyed   = 0  // families with a round that counts
	CountComplete   = 1  // of these, families with an index: "lengkap"
	CountSehat      = 2  // complete ones by category
	CountPraSehat   = 3  //
	CountTidakSehat = 4  //
	CountIncomplete = 5  // belum lengkap
	CountUndefined  = 6  // tidak terdefinisi: surveyed, never complete
	CountY          = 7  // indicator 1 to 12 is Y, over complete families only
	CountT          = 19 // likewise T
	CountN          = 31 // likewise N
	CountersEach    = 43
	Counters        = 2 * CountersEach
)

// Tally is the counts of an area on one basis of data (provisional or
// verified: two Tally values). The zero value is an empty area. Areas are sums:
// a tally of the area above is the sum of those below, never a mean.
type Tally struct{ counts [Counters]int64 }

// Add counts one more family. A family that is not surveyed changes nothing.
func (t *Tally) Add(p Packed) { t.move(p, 1) }

// Sub takes a family out again, as it was counted.
func (t *Tally) Sub(p Packed) { t.move(p, -1) }

func (t *Tally) move(p Packed, by int64) {
	moveHalf(t.counts[:CountersEach], p.halfOf(Besar), by)
	moveHalf(t.counts[CountersEach:], p.halfOf(Inti), by)
}

// counterOfValue is where an indicator's value is counted; ? never is, for
// only complete families are counted by indicator.
var counterOfValue = [4]int{N: CountN, Y: CountY, T: CountT, Unknown: CountN}

// counterOfCategory is where a category is counted.
var counterOfCategory = [categoryMax + 1]int{
	Sehat: CountSehat, PraSehat: CountPraSehat, TidakSehat: CountTidakSehat,
	Incomplete: CountIncomplete, Undefined: CountUndefined,
}

func moveHalf(counts []int64, half Packed, by int64) {
	category := Category(half >> packedCategoryShift)
	if category == NoCategory || category > categoryMax {
		return
	}
	counts[CountSurveyed] += by
	counts[counterOfCategory[category]] += by
	if !category.Complete() {
		return
	}
	counts[CountComplete] += by
	for i := range Indicators {
		counts[counterOfValue[half>>(2*i)&3]+i] += by
	}
}

// AddTally adds the counts of another area.
func (t *Tally) AddTally(other *Tally) {
	for i, n := range other.counts {
		t.counts[i] += n
	}
}

// SubTally takes the counts of another area out.
func (t *Tally) SubTally(other *Tally) {
	for i, n := range other.counts {
		t.counts[i] -= n
	}
}

// IsZero reports whether every counter is 0, so that a difference of nothing
// need not be written.
func (t *Tally) IsZero() bool { return t.counts == [Counters]int64{} }

// Counts is a copy of the vector for storage, always Counters long.
func (t *Tally) Counts() []int64 { return append([]int64(nil), t.counts[:]...) }

// FromCounts reads what Counts wrote; an error where the length is another.
func FromCounts(counts []int64) (Tally, error) {
	var t Tally
	if len(counts) != Counters {
		return t, fmt.Errorf("read tally: %d counters, want %d", len(counts), Counters)
	}
	copy(t.counts[:], counts)
	return t, nil
}

// Of is the counts of one membership, for reading.
func (t *Tally) Of(basis Basis) Summary {
	return Summary{counts: t.counts[int(basis)*CountersEach:][:CountersEach:CountersEach]}
}

// Summary reads the counts of one membership of a Tally, which must not change
// meanwhile.
type Summary struct{ counts []int64 }

// Surveyed is the number of families with a round that counts.
func (s Summary) Surveyed() int64 { return s.counts[CountSurveyed] }

// Complete is the number of families with an index ("lengkap").
func (s Summary) Complete() int64 { return s.counts[CountComplete] }

// InCategory is the number of families in a category; 0 for NoCategory.
func (s Summary) InCategory(c Category) int64 {
	if c == NoCategory || c > categoryMax {
		return 0
	}
	return s.counts[counterOfCategory[c]]
}

// Value is the number of complete families whose indicator (1 to 12) has the
// value Y, T or N; 0 for ?.
func (s Summary) Value(indicator int, v Value) int64 {
	if v == Unknown {
		return 0
	}
	return s.counts[counterOfValue[v&3]+indicator-1]
}

// IKS is the area's index: families sehat ÷ families complete; undefined
// where none is complete.
func (s Summary) IKS() Ratio {
	return Ratio{Part: s.InCategory(Sehat), Whole: s.Complete()}
}

// Category is the area's category, by the same rule as a family's; Undefined
// where no family is complete.
func (s Summary) Category() Category { return categoryOf(s.InCategory(Sehat), s.Complete()) }

// Coverage of an indicator (1 to 12) is Y ÷ (complete − N), undefined where
// it applies to no complete family.
func (s Summary) Coverage(indicator int) Ratio {
	return Ratio{Part: s.Value(indicator, Y), Whole: s.Complete() - s.Value(indicator, N)}
}
