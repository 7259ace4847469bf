package exchange

import (
	"bytes"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

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
		edits[0].Clear = append(edits[0].Clear, merge.StatedAgeField)
	}
	edits = merge.KeepStatedAges(edits, state)
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

// Each survey's age is judged by itself: what was entered here, or came by a file, of another
// survey since neither keeps out a correction nor lets an older file in.
func TestEachSurveysAgeIsJudgedByItself(t *testing.T) {
	t.Parallel()
	first := aSurvey{date: "2022-05-05", updated: "2022-05-05", age: "55"}
	last := aSurvey{date: "2024-05-05", updated: "2024-05-05", age: "40"}
	better := first
	better.updated, better.age = "2026-01-01", "50" // before what is entered
	entered := func(years uint32, asOf string) *ksv1.Member {
		return &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 12 * years, AsOf: asOf}}
	}
	for name, c := range map[string]struct {
		entered []*ksv1.Member // in 2027
		files   []aSurvey      // then
		want    [3]int
	}{
		"another survey's entered":    {[]*ksv1.Member{entered(60, "2027-05-05")}, []aSurvey{better}, [3]int{600, 612, 624}},
		"and its year's file after":   {[]*ksv1.Member{entered(60, "2027-05-05")}, []aSurvey{last, better}, [3]int{600, 612, 480}},
		"before it":                   {[]*ksv1.Member{entered(60, "2027-05-05")}, []aSurvey{better, last}, [3]int{600, 612, 480}},
		"its own entered":             {[]*ksv1.Member{entered(52, "2022-05-05")}, []aSurvey{better}, [3]int{624, 636, 648}},
		"and another's":               {[]*ksv1.Member{entered(52, "2022-05-05"), entered(60, "2027-05-05")}, []aSurvey{better}, [3]int{624, 636, 648}},
		"and another year's file too": {[]*ksv1.Member{entered(52, "2022-05-05"), entered(60, "2027-05-05")}, []aSurvey{last, better}, [3]int{624, 636, 480}},
	} {
		state := brought(t, nil, first.in(t), 1_700_000_000_000)
		for n, set := range c.entered {
			state = with(t, state, 1_800_000_000_000+uint64(n), false, set)
		}
		for n, file := range slices.Concat(c.files, c.files) { // again says nothing new
			before := state
			state = brought(t, state, file.in(t), 1_900_000_000_000+uint64(n))
			if n >= len(c.files) && !bytes.Equal(before.Encode(nil), state.Encode(nil)) {
				t.Errorf("%s: file %d again alters something", name, n)
			}
		}
		h, err := merge.View(state)
		if err != nil {
			t.Fatal(err)
		}
		if got := agesIn(t, h); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// Files of two years, each with its correction, and what a device states of a third survey, in
// whatever order they come: each round counts by its own.
func TestAgesOfFilesAndDevicesInAnyOrder(t *testing.T) {
	t.Parallel()
	first := aSurvey{date: "2022-05-05", updated: "2022-05-05", age: "55"}
	last := aSurvey{date: "2024-05-05", updated: "2024-05-05", age: "40"}
	better, best := first, last
	better.updated, better.age = "2025-06-06", "54"
	best.updated, best.age = "2025-06-06", "41"
	files := []aSurvey{first, better, last, best}
	rapid.Check(t, func(rt *rapid.T) {
		var state *merge.State
		when := rapid.IntRange(1, len(files)).Draw(rt, "entered")
		for n, at := range rapid.Permutation([]int{0, 1, 2, 3}).Draw(rt, "order") {
			if n == when {
				state = with(t, state, 1_800_000_000_000, false, &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 720, AsOf: "2027-05-05"}})
			}
			state = brought(t, state, files[at].in(t), 1_700_000_000_000+uint64(n)+100_000_000_000*uint64(min(1, max(0, n-when+1))*2))
		}
		h, err := merge.View(state)
		if err != nil {
			rt.Fatal(err)
		}
		if got := agesIn(t, h); got != [3]int{648, 660, 492} {
			rt.Fatalf("%v", got)
		}
	})
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
