package disclosure

import (
	"maps"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// yearCellsOf lays out a village with two RW, alike on every membership and basis.
func yearCellsOf(t *testing.T) (l *Layout, fill func(a, b [2]int32) Cells) {
	t.Helper()
	root, err := area.Parse("32.04.05.2001")
	if err != nil {
		t.Fatal(err)
	}
	l = newLayout(root)
	l.sum(0, []int{l.add("32.04.05.2001/001"), l.add("32.04.05.2001/002")})
	l.finish()
	// Each RW: complete families, and to how many of them every indicator applies.
	return l, func(a, b [2]int32) Cells {
		out := make(Cells, len(l.ids))
		for v := range variants {
			for i, c := range [][2]int32{{a[0] + b[0], a[1] + b[1]}, a, b} {
				out[i][v].complete = c[0]
				for n := range out[i][v].denominators {
					out[i][v].denominators[n] = c[1]
				}
			}
		}
		return out
	}
}

// The families surveyed in both years are none to whom the indicator applies: its
// years add up to the present all the same, and 10 less 7 would be the withheld 3.
func TestAWithheldSurveyYearIsCoveredThoughFamiliesWereSurveyedTwice(t *testing.T) {
	t.Parallel()
	for twice := range int32(4) {
		l, fill := yearCellsOf(t)
		today := Decide(Piece{Layout: l, Cells: fill([2]int32{18 - twice, 10}, [2]int32{60 - twice, 40})})
		d := DecideYears(YearPiece{Now: 2026, Whole: today, Cells: YearCells{
			2025: fill([2]int32{8, 3}, [2]int32{30, 20}), 2026: fill([2]int32{10, 7}, [2]int32{30, 20}),
		}})
		const rw = 1
		if d.masks[2025][rw][0] == 0 || today.masks[rw][0] != 0 {
			t.Fatalf("%d surveyed twice: withheld of 2025 %v, of today %v", twice, d.masks[2025][rw], today.masks[rw])
		}
		if d.masks[2026][rw][0] == 0 {
			t.Errorf("%d surveyed twice: today's 10 less the 7 of 2026 are the withheld 3 of 2025", twice)
		}
	}
}

// The one family of the RW that was not surveyed again, or that is no longer there,
// is what the present and that year differ by, in all twelve indicators.
func TestPresentLessASurveyYearIsNotAFewFamilies(t *testing.T) {
	t.Parallel()
	const rw, other = 1, 2
	for _, off := range []int32{-5, -4, -1, 0, 1, 4, 5} {
		l, fill := yearCellsOf(t)
		a, b := [2]int32{22, 22}, [2]int32{30, 30}
		today := Decide(Piece{Layout: l, Cells: fill(a, b)})
		d := DecideYears(YearPiece{Now: 2026, Whole: today, Cells: YearCells{2026: fill([2]int32{22 - off, 22 - off}, b)}})
		few := off != 0 && off < smallcell.Least && -off < smallcell.Least
		for n := 1; n <= iks.Indicators; n++ {
			for v := range variants {
				if got := d.masks[2026][rw][v]>>n&1 == 1; got != few || today.masks[rw][v] != 0 {
					t.Errorf("%d more today: indicator %d of 2026 is withheld %v", off, n, got)
				}
				// Or the village less the other RW would tell.
				if got := d.masks[2026][other][v]>>n&1 == 1; got != few {
					t.Errorf("%d more today: indicator %d of the other RW is withheld %v", off, n, got)
				}
			}
		}
	}
}

func TestASurveyYearOfFamiliesThatTheCallerSeesIsShown(t *testing.T) {
	t.Parallel()
	l, fill := yearCellsOf(t)
	l.tree.Seen = []bool{false, true, false}
	l.tree.Root = -1
	today := Decide(Piece{Layout: l, Cells: fill([2]int32{22, 22}, [2]int32{30, 30})})
	d := DecideYears(YearPiece{Now: 2026, Whole: today, Cells: YearCells{2026: fill([2]int32{21, 21}, [2]int32{29, 29})}})
	if d.masks[2026][1] != (Mask{}) || d.masks[2026][2] == (Mask{}) {
		t.Errorf("withheld of the RW whose families the caller sees %v, of the other %v", d.masks[2026][1], d.masks[2026][2])
	}
}

// Rounds dated in years that nobody may ask for add no decision.
func TestYearsOutsideOfTheProgrammeAreNotDecided(t *testing.T) {
	t.Parallel()
	l, fill := yearCellsOf(t)
	years := YearCells{AnyYear: fill([2]int32{22, 22}, [2]int32{30, 30})}
	for year := iks.FirstYear; year <= iks.LastYear; year++ {
		years[year] = years[AnyYear]
	}
	today := Decide(Piece{Layout: l, Cells: years[AnyYear]})
	decided := slices.Sorted(maps.Keys(DecideYears(YearPiece{Cells: years, Now: 2026, Whole: today}).masks))
	if len(decided) != 12 || decided[0] != 2016 || decided[11] != 2027 {
		t.Errorf("decided are %v", decided)
	}
}
