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
	"github.com/keluarga-sehat/sync/server/disclosure"
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

// Rounds dated in years that nobody may ask for add no choice.
func TestYearsOutsideOfTheProgrammeAreNotAskedFor(t *testing.T) {
	t.Parallel()
	s := &Services{Now: func() time.Time { return time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) }} // 23:00 WIB
	for year, want := range map[int]bool{0: true, 2015: false, 2016: true, 2027: true, 2028: false} {
		if err := s.checkYear(year); (err == nil) != want {
			t.Errorf("%d: %v", year, err)
		}
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
	before, err := w.services.yearCells(t.Context(), today.Layout)
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
	after, err := w.services.yearCells(t.Context(), today.Layout)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(before, after, slices.Equal[disclosure.Cells]) || len(after) == 0 {
		t.Errorf("cells of %d areas in %d years have moved", len(today.Areas()), len(after))
	}
	d, err := w.services.yearPiece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := d.MaskOf(root.RT(1).String(), veilYears[0]); m != allWithheld {
		t.Errorf("of the new RT is withheld %v", m)
	}
}
