package api

import (
	"math/rand/v2"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
)

// causesOf adds up the movements of some families.
func causesOf(t *testing.T, moved []store.Movement) *past.Causes {
	t.Helper()
	y := &past.Causes{Years: store.YearCauses{}}
	for i := range moved {
		y.Whole.Add(&moved[i])
		if err := y.Years.Add(&moved[i]); err != nil {
			t.Fatal(err)
		}
	}
	return y
}

// newIn are families that are new, each by one round of a year.
func newIn(random *rand.Rand, year, families int) (out []store.Movement) {
	for range families {
		m := store.Movement{Cause: store.CauseNew, ProvisionalAfter: pasttest.RandomFamily(random)}
		m.SetYears(nil, iks.FamilyYears{{Year: year, Provisional: m.ProvisionalAfter}})
		out = append(out, m)
	}
	return out
}

const (
	causeNew = ksv1.ChangeCause(store.CauseNew)
	yearNow  = 2026
)

func TestACauseOfAYearIsWithheldWhereTheOtherYearsWouldFollow(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for name, c := range map[string]struct {
		families map[int]int
		withheld []int
	}{
		"one year alone":               {map[int]int{2026: 8}, nil},
		"two that are large":           {map[int]int{2025: 6, 2026: 8}, nil},
		"the other is small":           {map[int]int{2025: 2, 2026: 8}, []int{2025, 2026}},
		"the smallest of those shown":  {map[int]int{2024: 2, 2025: 9, 2026: 8}, []int{2024, 2026}},
		"two small ones are enough":    {map[int]int{2024: 3, 2025: 2, 2026: 8}, []int{2024, 2025}},
		"a year that is not asked for": {map[int]int{2010: 2, 2026: 8}, []int{2026}},
		"altogether it is not told":    {map[int]int{2026: 4}, []int{2026}},
	} {
		var moved []store.Movement
		for year, families := range c.families {
			moved = append(moved, newIn(random, year, families)...)
		}
		y := causesOf(t, moved)
		want := map[int]bool{}
		for _, year := range c.withheld {
			want[year] = true
		}
		for year := range c.families {
			if iks.Told(year, yearNow) && withheldByYears(y, causeNew, false, year, yearNow) != want[year] {
				t.Errorf("%s: of %d withheld: %t", name, year, !want[year])
			}
		}
	}
}

// A year's families that had one of the year before: what is left of them altogether is
// of as many families.
func TestACauseOfResurveyedFamiliesIsTold(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	var moved []store.Movement
	for range 40 {
		m := store.Movement{Cause: store.CauseSurveyed, ProvisionalBefore: pasttest.RandomFamily(random), ProvisionalAfter: pasttest.RandomFamily(random)}
		was := iks.YearValues{Year: 2025, Provisional: m.ProvisionalBefore}
		m.SetYears(iks.FamilyYears{was}, iks.FamilyYears{was, {Year: 2026, Provisional: m.ProvisionalAfter}})
		moved = append(moved, m)
	}
	if withheldByYears(causesOf(t, moved), ksv1.ChangeCause(store.CauseSurveyed), false, 2026, yearNow) {
		t.Error("what 40 families did is withheld")
	}
}

// Whatever moves in whichever years: altogether, less what is shown, is nothing or of
// enough families.
func TestNoFewFamiliesFollowFromCausesByYear(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 2_000 {
		moved := make([]store.Movement, 1+random.IntN(40))
		for i := range moved {
			var years iks.FamilyYears
			for year := 2023; year <= yearNow; year++ {
				if random.IntN(1+2*(yearNow-year)) == 0 {
					years = append(years, iks.YearValues{Year: year, Provisional: pasttest.RandomFamily(random)})
				}
			}
			moved[i] = store.Movement{Cause: store.CauseNew}
			if len(years) > 0 && random.IntN(8) > 0 {
				moved[i].ProvisionalAfter = years[len(years)-1].Provisional
			}
			moved[i].SetYears(nil, years)
		}
		y := causesOf(t, moved)
		if y.Whole[store.CauseNew].Provisional.Movements < smallcell.Least {
			continue
		}
		shown := map[int]bool{}
		for year := range y.Years {
			shown[year] = !withheldByYears(y, causeNew, false, year, yearNow)
		}
		if few := left(t, moved, shown); few > 0 && few < smallcell.Least && len(shownOf(shown)) > 0 {
			t.Fatalf("of %d families %d follow from the years %v", len(moved), few, shownOf(shown))
		}
	}
}

func shownOf(years map[int]bool) (out []int) {
	for year, is := range years {
		if is {
			out = append(out, year)
		}
	}
	return out
}

// left counts the families whose movement altogether is not all in the years shown.
func left(t *testing.T, moved []store.Movement, shown map[int]bool) (families int) {
	t.Helper()
	for i := range moved {
		var rest iks.Tally
		movements := 0
		take := func(m *store.Movement, sign int) {
			if m.ProvisionalBefore == m.ProvisionalAfter {
				return
			}
			movements += sign
			if sign > 0 {
				rest.Add(m.ProvisionalAfter)
			} else {
				rest.Sub(m.ProvisionalAfter)
			}
		}
		take(&moved[i], 1)
		if err := moved[i].ByYear(func(year int, in *store.Movement) {
			if shown[year] {
				take(in, -1)
			}
		}); err != nil {
			t.Fatal(err)
		}
		if movements != 0 || !rest.IsZero() {
			families++
		}
	}
	return families
}
