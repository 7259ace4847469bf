package api

import (
	"context"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
)

// askYear gives every area's index by the rounds of a year; 0: of any.
func (w *veilWorld) askYear(t *testing.T, caller *access.Caller, year int, b ksv1.Basis) []*ksv1.AreaIndex {
	t.Helper()
	ctx := context.WithValue(t.Context(), callerKey{}, caller)
	out := make([]*ksv1.AreaIndex, len(w.areas))
	for i, id := range w.areas {
		r := &ksv1.GetAreaIndexRequest{Area: id, Basis: b, SurveyYear: uint32(year)}
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

// run learns what follows by sums of areas, and by years that add up to the present:
// where but one year of a cell is not told, it follows. It gives how many small cells
// were learned.
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
			for y := range a.cells {
				if !a.known[y][i] {
					open = append(open, y)
				}
			}
			if len(open) == 1 {
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
	withheld, without := 0, 0
	for seed := range uint64(3) {
		w := newVeilWorld(t, seed)
		for _, b := range []ksv1.Basis{ksv1.Basis_BASIS_PROVISIONAL, ksv1.Basis_BASIS_VERIFIED} {
			var told [][]*ksv1.AreaIndex
			var truth [][]iks.Tally
			for _, year := range append([]int{0}, veilYears...) {
				told = append(told, w.askYear(t, district, year, b))
				truth = append(truth, w.talliesIn(t, year, b))
			}
			for n := range iks.Indicators {
				attack, smallAlone := yearAttack{sums: w.sums}, yearAttack{sums: w.sums}
				for y, table := range told {
					cells, known, large := make([]iks.Ratio, len(table)), make([]bool, len(table)), make([]bool, len(table))
					for i, x := range table {
						cells[i] = truth[y][i].Of(iks.Inti).Coverage(n + 1)
						known[i], large[i] = !x.GetCoverage()[n].GetWithheld(), !small(cells[i])
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
					t.Errorf("seed %d, basis %s: %d cells of indicator %d follow", seed, b, found, n+1)
				}
				without += smallAlone.run()
			}
		}
	}
	if withheld == 0 || without == 0 {
		t.Errorf("%d cells withheld, %d follow where only small ones are: the test tests nothing", withheld, without)
	}
	t.Logf("%d cells of survey years withheld; with small ones alone %d would follow", withheld, without)
}

// talliesIn are a year's of every area, as they are.
func (w *veilWorld) talliesIn(t *testing.T, year int, b ksv1.Basis) []iks.Tally {
	t.Helper()
	out := make([]iks.Tally, len(w.areas))
	for i, id := range w.areas {
		sum := w.sumIn(t, id, moment{year: year})
		out[i] = sum.Provisional
		if b == ksv1.Basis_BASIS_VERIFIED {
			out[i] = sum.Verified
		}
	}
	return out
}
