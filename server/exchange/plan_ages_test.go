package exchange

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// agesIn are the child's ages in months at surveys of three years.
func agesIn(t *testing.T, h *ksv1.Household) (months [3]int) {
	t.Helper()
	for i, text := range []string{"2022-05-05", "2023-05-05", "2024-05-05"} {
		survey, err := prokesga.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		months[i], _ = prokesga.AgeMonths(h.GetMembers()[2].GetMember(), survey)
	}
	return months
}

// A year's file states the age of its round alone: a later year's leaves it, in whatever order
// they come, a newer correction of its own year replaces it or takes it back.
func TestAStatedAgeIsOfItsYear(t *testing.T) {
	t.Parallel()
	first := aSurvey{date: "2022-05-05", updated: "2022-05-05", age: "55"}
	last := aSurvey{date: "2024-05-05", updated: "2024-05-05", age: "55"}
	better, born := first, first
	better.updated, better.age = "2022-06-06", "54"
	born.updated, born.age, born.birth = "2022-06-06", "", "1970-05-05"
	for name, c := range map[string]struct {
		files []aSurvey
		want  [3]int
	}{
		"the first alone":      {[]aSurvey{first}, [3]int{660, 672, 684}},
		"both":                 {[]aSurvey{first, last}, [3]int{660, 672, 660}},
		"the last first":       {[]aSurvey{last, first}, [3]int{660, 672, 660}},
		"again":                {[]aSurvey{first, last, first, last}, [3]int{660, 672, 660}},
		"corrected":            {[]aSurvey{first, last, better}, [3]int{648, 660, 660}},
		"the correction first": {[]aSurvey{better, last, first}, [3]int{648, 660, 660}},
		"a birth date decides": {[]aSurvey{first, last, born}, [3]int{624, 636, 648}},
	} {
		if got := agesIn(t, bring(t, c.files...)); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// with is what a state becomes by an edit of the child on a device.
func with(t *testing.T, state *merge.State, at uint64, clear bool, set *ksv1.Member) *merge.State {
	t.Helper()
	h, err := merge.View(state)
	if err != nil {
		t.Fatal(err)
	}
	child, err := merge.ParseID(h.GetMembers()[2].GetMemberId())
	if err != nil {
		t.Fatal(err)
	}
	edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindMember, Member: child}, Set: set}}
	if clear {
		edits[0].Clear = append(edits[0].Clear, fieldStatedAge)
	}
	merge.KeepStatedAges(edits, state)
	c, _, err := merge.NewChange(state, merge.Stamp{TimeMS: at, Device: 9}, edits)
	if err != nil {
		t.Fatal(err)
	}
	delta, err := merge.FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	after := merge.Join(*state, delta)
	return &after
}

// An age entered here stays beside files that were written before, and one of another survey
// beside any.
func TestAnAgeEnteredHereStays(t *testing.T) {
	t.Parallel()
	const entered = 1_800_000_000_000 // 2027
	first := aSurvey{date: "2022-05-05", updated: "2022-05-05", age: "55"}
	newer, later, silent := first, first, first
	newer.updated, newer.age = "2030-01-01", "53"
	silent.updated, silent.age, silent.birth = "2030-01-01", "", "1970-05-05"
	later.date, later.updated, later.age = "2024-05-05", "2030-01-01", "40"
	stated := func(years uint32) *ksv1.Member {
		return &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 12 * years, AsOf: "2022-05-05"}}
	}
	for name, c := range map[string]struct {
		set   *ksv1.Member
		file  aSurvey
		stays uint32 // in stated_age
		want  [3]int
	}{
		"a file written before": {stated(50), first, 600, [3]int{600, 612, 624}},
		"a newer one":           {stated(50), newer, 636, [3]int{636, 648, 660}},
		"a silent one":          {stated(50), silent, 600, [3]int{624, 636, 648}},
		"one of another year":   {stated(50), later, 600, [3]int{600, 612, 480}},
		"taken back":            {nil, first, 0, [3]int{-1, -1, -1}},
	} {
		state := brought(t, nil, first.in(t), 1_700_000_000_000)
		if c.set == nil {
			state = with(t, state, entered, true, &ksv1.Member{})
		} else {
			state = with(t, state, entered, false, c.set)
		}
		h, err := merge.View(brought(t, state, c.file.in(t), 1_900_000_000_000))
		if err != nil {
			t.Fatal(err)
		}
		if got := h.GetMembers()[2].GetMember().GetStatedAge().GetMonths(); got != c.stays {
			t.Errorf("%s: stated_age is %d months, not %d", name, got, c.stays)
		}
		if got := agesIn(t, h); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// An age that was taken back here is not shown again because its file comes again, nor one of
// another survey in its place, which goes on to count for its own round.
func TestAnAgeTakenBackIsNotShownAgain(t *testing.T) {
	t.Parallel()
	first := aSurvey{date: "2022-05-05", updated: "2022-05-05", age: "55"}
	newer, later := first, first
	newer.updated, newer.age = "2030-01-01", "53"
	later.date, later.updated, later.age = "2024-05-05", "2030-01-01", "40"
	for name, c := range map[string]struct {
		file  aSurvey
		shown uint32
		want  [3]int
	}{
		"the same file":  {first, 0, [3]int{660, 672, 684}},
		"a newer one":    {newer, 636, [3]int{636, 648, 660}},
		"one of another": {later, 480, [3]int{660, 672, 480}},
	} {
		state := brought(t, nil, first.in(t), 1_700_000_000_000)
		state = with(t, state, 1_800_000_000_000, false, &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 720, AsOf: "2027-05-05"}})
		state = with(t, state, 1_800_000_000_001, true, &ksv1.Member{})
		h, err := merge.View(brought(t, state, c.file.in(t), 1_900_000_000_000))
		if err != nil {
			t.Fatal(err)
		}
		if got := h.GetMembers()[2].GetMember().GetStatedAge().GetMonths(); got != c.shown {
			t.Errorf("%s: stated_age is %d months, not %d", name, got, c.shown)
		}
		if got := agesIn(t, h); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// Ages that earlier versions kept among the years' words find their place with the next file.
func TestAgesKeptAmongTheYearsWordsAreRead(t *testing.T) {
	t.Parallel()
	first := aSurvey{date: "2022-05-05", updated: "2022-05-05", age: "55"}
	last := aSurvey{date: "2024-05-05", updated: "2024-05-05", age: "55"}
	state := brought(t, nil, last.in(t), 1_700_000_000_000)
	said, err := proto.Marshal(&ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 660, AsOf: "2022-05-05"}})
	if err != nil {
		t.Fatal(err)
	}
	round := [16]byte{1}
	state = with(t, state, 1_700_000_000_001, false, &ksv1.Member{SourceYears: &ksv1.SourceYears{Years: []*ksv1.SourceYear{{RoundId: round[:], Said: said}}}})
	h, err := merge.View(brought(t, state, last.in(t), 1_700_000_000_002))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := agesIn(t, h), agesIn(t, bring(t, first, last)); got != want {
		t.Errorf("%v, not %v", got, want)
	}
}
