package veil

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/unraced"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// variants are the memberships on both bases, of which an area has one answer each.
const variants = 4

// seen is one answer's cells; nil where the area has none on that day.
type seen [][]*told

// ask reads every area on every membership and basis, now and on past days, and what the
// cells are by indicator.
func (w *veilWorld) ask(caller *access.Caller) (out seen, truths [iks.Indicators][][]iks.Ratio) {
	w.Helper()
	for _, day := range w.Days {
		masks, figures := make([]Mask, len(w.Areas)), make([]tally.Figures, len(w.Areas))
		for i, id := range w.Areas {
			if w.has(i, day) {
				x := w.subject(id, 0)
				masks[i], figures[i] = w.mustMask(caller, x, day), w.figuresOf(x, day)
			}
		}
		for _, m := range memberships {
			for _, b := range bases {
				table := make([]*told, len(w.Areas))
				var cells [iks.Indicators][]iks.Ratio
				for i := range w.Areas {
					counts := summaryOn(&figures[i], m, b)
					if w.has(i, day) {
						table[i] = &told{counts, m, b, masks[i]}
					}
					for n := range cells {
						cells[n] = append(cells[n], counts.Coverage(n+1))
					}
				}
				out = append(out, table)
				for n := range cells {
					truths[n] = append(truths[n], cells[n])
				}
			}
		}
	}
	return out, truths
}

func small(r iks.Ratio) bool { return r.Whole > 0 && r.Whole < smallcell.Least }

// attack finds the small cells of an indicator that follow: by sums, and by
// taking a cell for unchanged between two answers with equal counts. The
// attacker is lucky: where that is wrong, it is not believed.
func (w *veilWorld) attack(answers seen, truth [][]iks.Ratio, hidden func(table, area int) bool) (found []string) {
	known := make([][]bool, len(answers))
	for k, table := range answers {
		known[k] = make([]bool, len(w.Areas))
		for i, x := range table {
			known[k][i] = x != nil && !hidden(k, i)
		}
	}
	learn := func(k, i int) bool {
		if answers[k] == nil || answers[k][i] == nil || known[k][i] {
			return false
		}
		known[k][i] = true
		if small(truth[k][i]) {
			found = append(found, fmt.Sprintf("%s in answer %d", w.Areas[i], k))
		}
		return true
	}
	for again := true; again; {
		again = false
		for k := range answers {
			if answers[k] == nil {
				continue
			}
			for _, s := range w.Sums {
				var open []int
				for _, i := range append([]int{s.Whole}, s.Parts...) {
					if !known[k][i] {
						open = append(open, i)
					}
				}
				if len(open) == 1 {
					again = learn(k, open[0]) || again
				}
			}
			for l := range answers {
				for i := range w.Areas {
					if k != l && answers[l] != nil && known[k][i] && answers[l][i] != nil && truth[k][i] == truth[l][i] && sameCounts(answers[k][i], answers[l][i]) {
						again = learn(l, i) || again
					}
				}
			}
		}
	}
	return found
}

func sameCounts(a, b *told) bool {
	return a.counts.Complete() == b.counts.Complete() && a.counts.InCategory(iks.Sehat) == b.counts.InCategory(iks.Sehat) &&
		a.counts.InCategory(iks.PraSehat) == b.counts.InCategory(iks.PraSehat) && a.counts.Surveyed() == b.counts.Surveyed()
}

func TestNobodyRecomputesAWithheldCell(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	supervisor := &access.Caller{Account: store.Account{Number: 2, Puskesmas: "P3204050101", Roles: []int32{int32(ksv1.Role_ROLE_SUPERVISOR)}}}
	withheld, followed, between := 0, 0, 0
	for seed := range uint64(12) {
		w := newVeilWorld(t, seed)
		answers, truths := w.ask(district)
		for n, truth := range truths {
			hidden := func(k, i int) bool { return answers[k][i].withheld(n + 1) }
			for day := range w.Days {
				for _, leak := range w.attack(answers.of(day), truth, hidden) {
					t.Errorf("seed %d: indicator %d of %s follows", seed, n+1, leak)
				}
			}
			between += w.attackBetween(t, answers, truth, hidden)
			// The measure of the attack: with the small cells alone withheld it works.
			followed += len(w.attack(answers, truth, func(k, i int) bool { return small(truth[k][i]) }))
			for k := range answers {
				for i, x := range answers[k] {
					switch {
					case x == nil:
					case x.withheld(n + 1):
						withheld++
					case small(truth[k][i]):
						t.Errorf("seed %d: %s shows a denominator of %d", seed, w.Areas[i], truth[k][i].Whole)
					}
				}
			}
		}
		if own := w.mustMask(supervisor, w.subject(veiltest.Villages[0], 0), 0); own != (Mask{}) {
			t.Errorf("withheld from who may see the families: %v", own)
		}
	}
	if withheld == 0 || followed == 0 {
		t.Errorf("%d cells withheld, %d follow where only small ones are: the test tests nothing", withheld, followed)
	}
	t.Logf("%d cells withheld; with small ones alone %d would follow, %d do by comparing days", withheld, followed, between)
	if between*betweenDays > followed {
		t.Errorf("%d small cells follow by comparing days, more than one in %d of %d", between, betweenDays, followed)
	}
}

// Of an area with few complete families everything is marked alike, but for what nobody is
// concerned by in all of an area that it is a part of: a mark tells of nobody's condition.
func TestNoMarkTellsOfASingleFamily(t *testing.T) {
	t.Parallel()
	marked := 0
	for seed := range uint64(6) {
		w := newVeilWorld(t, seed)
		answers, _ := w.ask(district)
		for n := range iks.Indicators {
			for k, table := range answers {
				for i, x := range table {
					switch {
					case x == nil || !smallcell.Few(int64(x.counts.Complete())):
					case x.withheld(n + 1):
						marked++
					case !w.nobodyAround(table, i, n+1):
						t.Errorf("seed %d, answer %d: of %s with %d families indicator %d is shown", seed, k, w.Areas[i], x.counts.Complete(), n+1)
					}
				}
			}
		}
	}
	if marked == 0 {
		t.Error("nothing is marked: the test tests nothing")
	}
}

// nobodyAround tells whether an indicator is shown to concern nobody in some area that
// another is a part of.
func (w *veilWorld) nobodyAround(table []*told, i, indicator int) bool {
	return slices.ContainsFunc(w.Sums, func(s smallcell.Sum) bool {
		if !slices.Contains(s.Parts, i) || table[s.Whole] == nil {
			return false
		}
		whole := table[s.Whole]
		return !whole.withheld(indicator) && whole.counts.Coverage(indicator).Whole == 0 || w.nobodyAround(table, s.Whole, indicator)
	})
}

// betweenDays: of the small cells that would follow if they alone were withheld, at
// most one in so many follows for who compares days with each other (package
// smallcell says why), in a world where nearly all cells are small and little changes
// from day to day.
const betweenDays = 100

// of are the answers of some days alone.
func (s seen) of(days ...int) seen {
	out := make(seen, len(s))
	for _, d := range days {
		copy(out[d*variants:(d+1)*variants], s[d*variants:(d+1)*variants])
	}
	return out
}

// attackBetween compares all days. What is told so is of past days: nothing of now.
func (w *veilWorld) attackBetween(t *testing.T, answers seen, truth [][]iks.Ratio, hidden func(table, area int) bool) int {
	t.Helper()
	leaks := w.attack(answers, truth, hidden)
	for _, leak := range leaks {
		var answer int
		if _, err := fmt.Sscanf(leak[strings.LastIndex(leak, " ")+1:], "%d", &answer); err != nil || answer < variants {
			t.Errorf("a present cell follows by comparing days: %s, %v", leak, err)
		}
	}
	return len(leaks)
}

func TestASurveyorSeesSmallCellsOfAssignedAreasOnly(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 3)
	villages := []store.Village{{Number: 1, Code: veiltest.Villages[0]}}
	surveyor := &access.Caller{Account: store.Account{
		Number: 3, Puskesmas: "P3204050101", Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR)}, Assigned: []string{veiltest.Villages[0] + "/001/001"},
	}, Work: villages}
	if m := w.mustMask(surveyor, w.subject(veiltest.Villages[0]+"/001/001", 0), 0); m != (Mask{}) {
		t.Errorf("withheld of the assigned RT: %v", m)
	}
	elsewhere := []Mask{w.mustMask(surveyor, w.subject(veiltest.Villages[0]+"/001/002", 0), 0), w.mustMask(surveyor, w.subject(veiltest.Villages[0]+"/002/001", 0), 0)}
	if !slices.ContainsFunc(elsewhere, func(m Mask) bool { return m != Mask{} }) {
		t.Error("nothing is withheld of RT without an assignment")
	}
}
