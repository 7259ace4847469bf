package store

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// familyYears draws what a family counts with by survey year.
func familyYears(t *rapid.T, name string) (out iks.FamilyYears) {
	values := rapid.SampledFrom([]iks.Packed{0, 1, 1 << 24, 1<<57 | 1, 1<<58 | 1<<24})
	for _, year := range rapid.SliceOfNDistinct(rapid.IntRange(2023, 2027), 0, 4, rapid.ID).Draw(t, name) {
		out = append(out, iks.YearValues{Year: year, Provisional: values.Draw(t, "provisional"), Verified: values.Draw(t, "verified")})
	}
	slices.SortFunc(out, func(a, b iks.YearValues) int { return a.Year - b.Year })
	return out
}

// What a family counts with before, less and more what moved, is what it counts with
// after, in every year.
func TestMovementsBySurveyYearLeadFromBeforeToAfter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := familyYears(t, "before"), familyYears(t, "after")
		var m Movement
		if len(before) > 0 && rapid.Bool().Draw(t, "counts before") {
			m.ProvisionalBefore, m.VerifiedBefore = before[len(before)-1].Provisional, before[len(before)-1].Verified
		}
		if len(after) > 0 && rapid.Bool().Draw(t, "counts after") {
			m.ProvisionalAfter, m.VerifiedAfter = after[len(after)-1].Provisional, after[len(after)-1].Verified
		}
		m.SetYears(before, after)
		was, is := map[int]iks.YearValues{}, map[int]iks.YearValues{}
		for _, v := range before {
			was[v.Year] = v
		}
		for _, v := range after {
			is[v.Year] = v
		}
		err := m.ByYear(func(year int, in *Movement) {
			w, i := was[year], is[year]
			if in.ProvisionalBefore != w.Provisional || in.VerifiedBefore != w.Verified || in.ProvisionalAfter != i.Provisional || in.VerifiedAfter != i.Verified {
				t.Fatalf("%q: %d moved as %+v, from %+v to %+v", m.Years, year, in, w, i)
			}
			was[year] = iks.YearValues{Year: year, Provisional: i.Provisional, Verified: i.Verified}
		})
		if err != nil {
			t.Fatal(err)
		}
		for year := 2023; year <= 2027; year++ {
			if was[year].Provisional != is[year].Provisional || was[year].Verified != is[year].Verified {
				t.Fatalf("%q does not tell of %d", m.Years, year)
			}
		}
	})
}

func TestAMovementInOneSurveyYearTakesFewBytes(t *testing.T) {
	t.Parallel()
	m := Movement{ProvisionalAfter: 1 << 57}
	m.SetYears(nil, iks.FamilyYears{{Year: 2026, Provisional: 1 << 57}})
	if m.Years != "2026;" {
		t.Errorf("%q", m.Years)
	}
}

func TestSurveyYearsOfAMovementThatAreSpoiledAreRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{";", "2026", "x;", "2026:1;", "2026:1:2:3:y;", "2026;2025:1:2:3:4:5;"} {
		m := Movement{Years: text}
		if m.ByYear(func(int, *Movement) {}) == nil {
			t.Errorf("%q was read", text)
		}
	}
	for _, numbers := range [][]int64{{2026}, {2026, 0}, {2026, 3, 1}, {2026, 1, 1}} {
		if _, err := YearCausesOf(numbers); err == nil {
			t.Errorf("%v was read", numbers)
		}
	}
}
