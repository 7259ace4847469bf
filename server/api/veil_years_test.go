package api

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
)

// has tells whether an area has figures on a day ("" now).
func (w *veilWorld) has(area int, day string) bool {
	return day == "" || len(w.areas[area]) <= len(veilVillages[0])
}

// sumsOn are the sums of areas that have figures on a day.
func (w *veilWorld) sumsOn(day string) (out []smallcell.Sum) {
	for _, s := range w.sums {
		if w.has(s.Parts[0], day) {
			out = append(out, s)
		}
	}
	return out
}

// askYear gives every area's index on a day by the rounds of a year; 0: of any.
func (w *veilWorld) askYear(t *testing.T, caller *access.Caller, day string, year int, b ksv1.Basis) []*ksv1.AreaIndex {
	t.Helper()
	ctx := context.WithValue(t.Context(), callerKey{}, caller)
	out := make([]*ksv1.AreaIndex, len(w.areas))
	for i, id := range w.areas {
		if !w.has(i, day) {
			continue
		}
		r := &ksv1.GetAreaIndexRequest{Area: id, Basis: b, SurveyYear: uint32(year), Day: day}
		if id[0] == 'P' {
			r.Area, r.PuskesmasCode = "", id
		}
		got, err := indexService{services: w.services}.GetAreaIndex(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = got.GetIndex()
	}
	return out
}

// yearAttack are the cells of one indicator of years (0, any, first) by area, and
// what of them is told.
type yearAttack struct {
	cells [][]iks.Ratio
	known [][]bool
	sums  []smallcell.Sum
}

// run learns what follows by sums of areas, and by years that add up to the present,
// as they do for a lucky attacker wherever they truly do: where but one year of a cell
// is not told, it follows. It gives how many small cells were learned.
func (a *yearAttack) run() (found int) {
	learn := func(year, area int) {
		a.known[year][area] = true
		if small(a.cells[year][area]) {
			found++
		}
	}
	for again := true; again; {
		again = false
		for y := range a.cells {
			for _, s := range a.sums {
				open := slices.DeleteFunc(append([]int{s.Whole}, s.Parts...), func(i int) bool { return a.known[y][i] })
				if len(open) == 1 {
					learn(y, open[0])
					again = true
				}
			}
		}
		for i := range a.cells[0] {
			var open []int
			rest := a.cells[0][i].Whole
			for y := range a.cells {
				if y > 0 {
					rest -= a.cells[y][i].Whole
				}
				if !a.known[y][i] {
					open = append(open, y)
				}
			}
			if len(open) == 1 && rest == 0 {
				learn(open[0], i)
				again = true
			}
		}
	}
	return found
}

func TestNobodyRecomputesAWithheldCellOfASurveyYear(t *testing.T) {
	t.Parallel()
	district := &access.Caller{Account: store.Account{Number: 1, Area: "32.04", Roles: []int32{int32(ksv1.Role_ROLE_DISTRICT)}}}
	withheld, without, twice, nearly := 0, 0, 0, 0
	for seed := range uint64(3) {
		w := newVeilWorld(t, seed)
		for k := range 2 * len(w.days) {
			day, b := w.days[k/2], []ksv1.Basis{ksv1.Basis_BASIS_PROVISIONAL, ksv1.Basis_BASIS_VERIFIED}[k%2]
			var told [][]*ksv1.AreaIndex
			var truth [][]iks.Tally
			for _, year := range append([]int{0}, veilYears...) {
				told = append(told, w.askYear(t, district, day, year, b))
				truth = append(truth, w.talliesIn(t, day, year, b))
			}
			twice += surveyedTwice(truth)
			nearly += w.nearlyAlike(t, told, truth)
			for n := range iks.Indicators {
				attack, smallAlone := yearAttack{sums: w.sumsOn(day)}, yearAttack{sums: w.sumsOn(day)}
				for y, table := range told {
					cells, known, large := make([]iks.Ratio, len(table)), make([]bool, len(table)), make([]bool, len(table))
					for i, x := range table {
						cells[i] = truth[y][i].Of(iks.Inti).Coverage(n + 1)
						if known[i], large[i] = true, !small(cells[i]); x != nil {
							known[i] = !x.GetCoverage()[n].GetWithheld()
						}
						if known[i] && small(cells[i]) {
							t.Errorf("seed %d: %s shows a denominator of %d", seed, w.areas[i], cells[i].Whole)
						}
						if !known[i] && y > 0 {
							withheld++
						}
					}
					attack.cells, attack.known = append(attack.cells, cells), append(attack.known, known)
					smallAlone.cells, smallAlone.known = append(smallAlone.cells, cells), append(smallAlone.known, large)
				}
				if found := attack.run(); found > 0 {
					t.Errorf("seed %d, day %q, basis %s: %d cells of indicator %d follow", seed, day, b, found, n+1)
				}
				without += smallAlone.run()
			}
		}
	}
	if withheld == 0 || without == 0 || twice == 0 || nearly == 0 {
		t.Errorf("%d cells withheld, %d follow where only small ones are, families surveyed twice in %d areas, %d nearly as today: the test tests nothing", withheld, without, twice, nearly)
	}
	t.Logf("%d cells of survey years withheld; with small ones alone %d would follow; families surveyed twice in %d areas", withheld, without, twice)
}

// nearlyAlike counts the areas of which a year and the present, the first, differ by
// fewer families than a small cell's; nothing of that year may be told.
func (w *veilWorld) nearlyAlike(t *testing.T, told [][]*ksv1.AreaIndex, truth [][]iks.Tally) (areas int) {
	t.Helper()
	for y := 1; y < len(told); y++ {
		for i, x := range told[y] {
			then := int(truth[y][i].Of(iks.Inti).Complete())
			off := int(truth[0][i].Of(iks.Inti).Complete()) - then
			if then == 0 || off == 0 || off >= smallcell.Least || -off >= smallcell.Least {
				continue
			}
			areas++
			for n, c := range x.GetCoverage() {
				if !c.GetWithheld() {
					t.Errorf("%s: indicator %d of a year of %d families is shown, of %d today", w.areas[i], n+1, then, then+off)
				}
			}
		}
	}
	return areas
}

// surveyedTwice counts the areas in which some were: their years come to more than
// the present, the first.
func surveyedTwice(truth [][]iks.Tally) (areas int) {
	for i := range truth[0] {
		rest := int(truth[0][i].Of(iks.Inti).Complete())
		for _, year := range truth[1:] {
			rest -= int(year[i].Of(iks.Inti).Complete())
		}
		if rest < 0 {
			areas++
		}
	}
	return areas
}

// yearCellsOf lays out a village with two RW, alike on every membership and basis.
func yearCellsOf(t *testing.T) (l *layout, fill func(a, b [2]int32) []cells) {
	t.Helper()
	root, err := area.Parse("32.04.05.2001")
	if err != nil {
		t.Fatal(err)
	}
	l = newLayout(root)
	l.sum(0, []int{l.add("32.04.05.2001/001"), l.add("32.04.05.2001/002")})
	l.finish()
	// Each RW: complete families, and to how many of them every indicator applies.
	return l, func(a, b [2]int32) []cells {
		out := make([]cells, len(l.ids))
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
		today := decide(l, fill([2]int32{18 - twice, 10}, [2]int32{60 - twice, 40}), mask{}, nil, nil)
		d := decideYears(map[int][]cells{
			2025: fill([2]int32{8, 3}, [2]int32{30, 20}), 2026: fill([2]int32{10, 7}, [2]int32{30, 20}),
		}, nil, today, nil, nil)
		const rw = 1
		if d.masks[2025][rw][0] == 0 || today.masks[rw][0] != 0 {
			t.Fatalf("%d surveyed twice: withheld of 2025 %v, of today %v", twice, d.masks[2025][rw], today.masks[rw])
		}
		if d.masks[2026][rw][0] == 0 {
			t.Errorf("%d surveyed twice: today's 10 less the 7 of 2026 are the withheld 3 of 2025", twice)
		}
	}
}

// talliesIn are a year's of every area on a day, as they are.
func (w *veilWorld) talliesIn(t *testing.T, day string, year int, b ksv1.Basis) []iks.Tally {
	t.Helper()
	out := make([]iks.Tally, len(w.areas))
	for i, id := range w.areas {
		if !w.has(i, day) {
			continue
		}
		sum := w.sumIn(t, id, day, year)
		out[i] = sum.Provisional
		if b == ksv1.Basis_BASIS_VERIFIED {
			out[i] = sum.Verified
		}
	}
	return out
}

// The one family of the RW that was not surveyed again, or that is no longer there,
// is what the present and that year differ by, in all twelve indicators.
func TestPresentLessASurveyYearIsNotAFewFamilies(t *testing.T) {
	t.Parallel()
	const rw, other = 1, 2
	for _, off := range []int32{-5, -4, -1, 0, 1, 4, 5} {
		l, fill := yearCellsOf(t)
		a, b := [2]int32{22, 22}, [2]int32{30, 30}
		today := decide(l, fill(a, b), mask{}, nil, nil)
		d := decideYears(map[int][]cells{2026: fill([2]int32{22 - off, 22 - off}, b)}, nil, today, nil, nil)
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
	today := decide(l, fill([2]int32{22, 22}, [2]int32{30, 30}), mask{}, nil, nil)
	d := decideYears(map[int][]cells{2026: fill([2]int32{21, 21}, [2]int32{29, 29})}, nil, today, nil, nil)
	if d.masks[2026][1] != (mask{}) || d.masks[2026][2] == (mask{}) {
		t.Errorf("withheld of the RW whose families the caller sees %v, of the other %v", d.masks[2026][1], d.masks[2026][2])
	}
}

// Rounds dated in years that nobody may ask for add no decision and no choice.
func TestYearsOutsideOfTheProgrammeAreNeitherDecidedNorAskedFor(t *testing.T) {
	t.Parallel()
	s := &Services{Now: func() time.Time { return time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) }} // 23:00 WIB
	for year, want := range map[int]bool{0: true, 2015: false, 2016: true, 2027: true, 2028: false} {
		if err := s.checkYear(year); (err == nil) != want {
			t.Errorf("%d: %v", year, err)
		}
	}
	years := yearCells{}
	for year := iks.FirstYear; year <= iks.LastYear; year++ {
		years[year] = nil
	}
	told := slices.Sorted(maps.Keys(toldIn(2026, years)))
	if len(told) != 12 || told[0] != 2016 || told[11] != 2027 {
		t.Errorf("decided are %v", told)
	}
}

// An RT that came after the present was decided, and before the board has heard of it,
// is in no decision yet; those of the others stay their own.
func TestARTThatTheBoardHasNotHeardOfMovesNoSurveyYear(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 1)
	root, err := area.Parse(veilVillages[0])
	if err != nil {
		t.Fatal(err)
	}
	today, err := w.services.piece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	before, err := w.services.yearCells(t.Context(), today.layout)
	if err != nil {
		t.Fatal(err)
	}
	err = w.services.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, 1, func(v store.VillageTx) error {
			c := store.Commit{Village: v.Village(), Day: veilDays[len(veilDays)-1]}
			c.Places = append(c.Places, store.Place{Place: 1})
			return v.Apply(ctx, &c)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := w.services.yearCells(t.Context(), today.layout)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(before, after, slices.Equal[[]cells]) || len(after) == 0 {
		t.Errorf("cells of %d areas in %d years have moved", len(today.ids), len(after))
	}
	d, err := w.services.yearPiece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := d.maskOf(root.RT(1).String(), veilYears[0]); m[0] != everyIndicator {
		t.Errorf("of the new RT is withheld %v", m)
	}
}
