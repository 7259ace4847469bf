package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
)

// variants are the memberships on both bases, of which an area has one answer each.
const variants = 4

// seen is one answer's cells; nil where the area has none on that day.
type seen [][]*ksv1.AreaIndex

// ask reads every area on every membership and basis, now and on the day, and
// the lists, which must say the same.
func (w *veilWorld) ask(t *testing.T, caller *access.Caller) seen {
	t.Helper()
	ctx := context.WithValue(t.Context(), callerKey{}, caller)
	service := indexService{services: w.services}
	var out seen
	for _, day := range w.days {
		for _, m := range []ksv1.Membership{ksv1.Membership_MEMBERSHIP_INTI, ksv1.Membership_MEMBERSHIP_BESAR} {
			for _, b := range []ksv1.Basis{ksv1.Basis_BASIS_PROVISIONAL, ksv1.Basis_BASIS_VERIFIED} {
				table := make([]*ksv1.AreaIndex, len(w.areas))
				for i, id := range w.areas {
					r := &ksv1.GetAreaIndexRequest{Area: id, Membership: m, Basis: b, Day: day}
					if id[0] == 'P' {
						r.Area, r.PuskesmasCode = "", id
					}
					if day != "" && len(id) > len(veilVillages[0]) {
						continue
					}
					got, err := service.GetAreaIndex(ctx, r)
					if err != nil {
						t.Fatal(err)
					}
					table[i] = got.GetIndex()
				}
				out = append(out, table)
				if day == "" {
					w.askLists(t, ctx, table, m, b)
				}
			}
		}
	}
	return out
}

func (w *veilWorld) askLists(t *testing.T, ctx context.Context, table []*ksv1.AreaIndex, m ksv1.Membership, b ksv1.Basis) {
	t.Helper()
	for _, id := range append([]string{"32.04", "32.04.05", "P3204050101"}, veilVillages...) {
		r := &ksv1.ListAreaIndexesRequest{Area: id, Membership: m, Basis: b}
		if id[0] == 'P' {
			r.Area, r.PuskesmasCode = "", id
		}
		list, err := indexService{services: w.services}.ListAreaIndexes(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list.GetIndexes() {
			for n, c := range x.GetCoverage() {
				if alone := table[w.at[x.GetArea()]].GetCoverage()[n]; alone.GetWithheld() != c.GetWithheld() {
					t.Errorf("%s indicator %d is withheld alone %v, in the list of %s %v", x.GetArea(), n+1, alone.GetWithheld(), id, c.GetWithheld())
				}
			}
		}
	}
}

func small(r iks.Ratio) bool { return r.Whole > 0 && r.Whole < smallcell.Least }

// attack finds the small cells of an indicator that follow: by sums, and by
// taking a cell for unchanged between two answers with equal counts. The
// attacker is lucky: where that is wrong, it is not believed.
func (w *veilWorld) attack(answers seen, truth [][]iks.Ratio, hidden func(table, area int) bool) (found []string) {
	known := make([][]bool, len(answers))
	for k, table := range answers {
		known[k] = make([]bool, len(w.areas))
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
			found = append(found, fmt.Sprintf("%s in answer %d", w.areas[i], k))
		}
		return true
	}
	for again := true; again; {
		again = false
		for k := range answers {
			if answers[k] == nil {
				continue
			}
			for _, s := range w.sums {
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
				for i := range w.areas {
					if k != l && answers[l] != nil && known[k][i] && answers[l][i] != nil && truth[k][i] == truth[l][i] && sameCounts(answers[k][i], answers[l][i]) {
						again = learn(l, i) || again
					}
				}
			}
		}
	}
	return found
}

func sameCounts(a, b *ksv1.AreaIndex) bool {
	return a.GetComplete() == b.GetComplete() && a.GetSehat() == b.GetSehat() && a.GetPraSehat() == b.GetPraSehat() && a.GetSurveyed() == b.GetSurveyed()
}

func TestNobodyRecomputesAWithheldCell(t *testing.T) {
	t.Parallel()
	district := &access.Caller{Account: store.Account{Number: 1, Area: "32.04", Roles: []int32{int32(ksv1.Role_ROLE_DISTRICT)}}}
	supervisor := &access.Caller{Account: store.Account{Number: 2, Puskesmas: "P3204050101", Roles: []int32{int32(ksv1.Role_ROLE_SUPERVISOR)}}}
	withheld, followed, between := 0, 0, 0
	for seed := range uint64(12) {
		w := newVeilWorld(t, seed)
		answers := w.ask(t, district)
		truths := w.truths(t)
		for n, truth := range truths {
			hidden := func(k, i int) bool { return answers[k][i].GetCoverage()[n].GetWithheld() }
			for day := range w.days {
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
					case x.GetCoverage()[n].GetWithheld():
						withheld++
					case small(truth[k][i]):
						t.Errorf("seed %d: %s shows a denominator of %d", seed, w.areas[i], truth[k][i].Whole)
					}
				}
			}
		}
		if own := w.services.mustMask(t, supervisor, veilVillages[0]); own != (disclosure.Mask{}) {
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
	district := &access.Caller{Account: store.Account{Number: 1, Area: "32.04", Roles: []int32{int32(ksv1.Role_ROLE_DISTRICT)}}}
	marked := 0
	for seed := range uint64(6) {
		w := newVeilWorld(t, seed)
		answers := w.ask(t, district)
		for n := range w.truths(t) {
			for k, table := range answers {
				for i, x := range table {
					if x == nil || !smallcell.Few(int64(x.GetComplete())) {
						continue
					}
					if x.GetCoverage()[n].GetWithheld() {
						marked++
					} else if !w.nobodyAround(table, i, n) {
						t.Errorf("seed %d, answer %d: of %s with %d families indicator %d is shown", seed, k, w.areas[i], x.GetComplete(), n+1)
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
func (w *veilWorld) nobodyAround(table []*ksv1.AreaIndex, i, n int) bool {
	return slices.ContainsFunc(w.sums, func(s smallcell.Sum) bool {
		if !slices.Contains(s.Parts, i) || table[s.Whole] == nil {
			return false
		}
		whole := table[s.Whole].GetCoverage()[n]
		return !whole.GetWithheld() && whole.GetDenominator() == 0 || w.nobodyAround(table, s.Whole, n)
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

func (s *Services) mustMask(t *testing.T, c *access.Caller, id string) disclosure.Mask {
	t.Helper()
	code, err := area.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.veilOf(c).maskOf(t.Context(), &subject{code: code}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestASurveyorSeesSmallCellsOfAssignedAreasOnly(t *testing.T) {
	t.Parallel()
	w := newVeilWorld(t, 3)
	villages := []store.Village{{Number: 1, Code: veilVillages[0]}}
	surveyor := &access.Caller{Account: store.Account{
		Number: 3, Puskesmas: "P3204050101", Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR)}, Assigned: []string{veilVillages[0] + "/001/001"},
	}, Work: villages}
	if m := w.services.mustMask(t, surveyor, veilVillages[0]+"/001/001"); m != (disclosure.Mask{}) {
		t.Errorf("withheld of the assigned RT: %v", m)
	}
	elsewhere := []disclosure.Mask{w.services.mustMask(t, surveyor, veilVillages[0]+"/001/002"), w.services.mustMask(t, surveyor, veilVillages[0]+"/002/001")}
	if !slices.ContainsFunc(elsewhere, func(m disclosure.Mask) bool { return m != disclosure.Mask{} }) {
		t.Error("nothing is withheld of RT without an assignment")
	}
}
