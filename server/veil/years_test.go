package veil

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// askYear is what is told of every area on a day and basis by the rounds of a year (0: of
// any), for families' core members, and what its figures are.
func (w *veilWorld) askYear(caller *access.Caller, day, year int, b ksv1.Basis) ([]*told, []iks.Tally) {
	w.Helper()
	out, truth := make([]*told, len(w.Areas)), make([]iks.Tally, len(w.Areas))
	for i, id := range w.Areas {
		if !w.has(i, day) {
			continue
		}
		x := w.subject(id, year)
		figures := w.figuresOf(x, day)
		truth[i] = *tallyOn(&figures, b)
		out[i] = &told{truth[i].Of(iks.Inti), ksv1.Membership_MEMBERSHIP_INTI, b, w.mustMask(caller, x, day)}
	}
	return out, truth
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
	withheld, without, twice, nearly := 0, 0, 0, 0
	for seed := range uint64(3) {
		w := newVeilWorld(t, seed)
		for k := range 2 * len(w.Days) {
			day, b := w.Days[k/2], bases[k%2]
			var shown [][]*told
			var truth [][]iks.Tally
			for _, year := range append([]int{0}, veiltest.Years...) {
				table, cells := w.askYear(district, day, year, b)
				shown, truth = append(shown, table), append(truth, cells)
			}
			twice += surveyedTwice(truth)
			nearly += w.nearlyAlike(t, shown, truth)
			for n := range iks.Indicators {
				attack, smallAlone := yearAttack{sums: w.sumsOn(day)}, yearAttack{sums: w.sumsOn(day)}
				for y, table := range shown {
					cells, known, large := make([]iks.Ratio, len(table)), make([]bool, len(table)), make([]bool, len(table))
					for i, x := range table {
						cells[i] = truth[y][i].Of(iks.Inti).Coverage(n + 1)
						if known[i], large[i] = true, !small(cells[i]); x != nil {
							known[i] = !x.withheld(n + 1)
						}
						if known[i] && small(cells[i]) {
							t.Errorf("seed %d: %s shows a denominator of %d", seed, w.Areas[i], cells[i].Whole)
						}
						if !known[i] && y > 0 {
							withheld++
						}
					}
					attack.cells, attack.known = append(attack.cells, cells), append(attack.known, known)
					smallAlone.cells, smallAlone.known = append(smallAlone.cells, cells), append(smallAlone.known, large)
				}
				if found := attack.run(); found > 0 {
					t.Errorf("seed %d, day %d, basis %s: %d cells of indicator %d follow", seed, day, b, found, n+1)
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
func (w *veilWorld) nearlyAlike(t *testing.T, shown [][]*told, truth [][]iks.Tally) (areas int) {
	t.Helper()
	for y := 1; y < len(shown); y++ {
		for i, x := range shown[y] {
			then := int(truth[y][i].Of(iks.Inti).Complete())
			off := int(truth[0][i].Of(iks.Inti).Complete()) - then
			if then == 0 || off == 0 || off >= smallcell.Least || -off >= smallcell.Least {
				continue
			}
			areas++
			for n := 1; n <= iks.Indicators; n++ {
				if !x.withheld(n) {
					t.Errorf("%s: indicator %d of a year of %d families is shown, of %d today", w.Areas[i], n, then, then+off)
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

// An RT that came after the present was decided, and before the board has heard of it,
// is in no decision yet; those of the others stay their own.
func TestARTThatTheBoardHasNotHeardOfMovesNoSurveyYear(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 1)
	root := w.Area(veiltest.Villages[0])
	today, err := w.keeper.piece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	before, err := w.keeper.yearCells(t.Context(), today.Layout)
	if err != nil {
		t.Fatal(err)
	}
	err = w.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, 1, func(v store.VillageTx) error {
			c := store.Commit{Village: v.Village(), Day: tally.Today(veiltest.Now()).Number()}
			c.Places = append(c.Places, store.Place{Place: 1})
			return v.Apply(ctx, &c)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := w.keeper.yearCells(t.Context(), today.Layout)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(before, after, slices.Equal[disclosure.Cells]) || len(after) == 0 {
		t.Errorf("cells of %d areas in %d years have moved", len(today.Areas()), len(after))
	}
	d, err := w.keeper.yearPiece(t.Context(), root, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m := d.MaskOf(root.RT(1).String(), veiltest.Years[0]); m != allWithheld {
		t.Errorf("of the new RT is withheld %v", m)
	}
}
