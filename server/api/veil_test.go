package api

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// veilWorld is a district with few families: two kecamatan and two Puskesmas
// that share their villages otherwise, RW and RT, and a day before today.
type veilWorld struct {
	services *Services
	areas    []string // paths and codes, the district first
	sums     []smallcell.Sum
	at       map[string]int
	days     []string // that are asked for: "" now, then past ones
}

// veilDays are those on which families come, the last one today.
var veilDays = []int{20260301, 20260304, 20260306, 20260309}

// veilYears are the survey years: of nearly all families the first, of those that come
// later the next ones. Some were surveyed in an earlier or a later one besides.
var veilYears = []int{2024, 2025, 2026}

var veilVillages = []string{"32.04.05.2001", "32.04.05.2002", "32.04.05.2003", "32.04.06.2001", "32.04.06.2002"}

func newVeilWorld(t *testing.T, seed uint64) *veilWorld {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &veilWorld{at: map[string]int{}, days: []string{""}}
	for _, day := range veilDays[:len(veilDays)-1] {
		w.days = append(w.days, dateOf(day).String())
	}
	random, rounds := rand.New(rand.NewPCG(seed, 5)), rand.New(rand.NewPCG(seed, 6))
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		areas := []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: "32.04.06"}}
		for _, code := range veilVillages {
			areas = append(areas, store.Area{Code: code})
		}
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		if err := tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{
			{Code: "P3204050101", District: "32.04", Villages: []string{veilVillages[0], veilVillages[1], veilVillages[3]}},
			{Code: "P3204050102", District: "32.04", Villages: []string{veilVillages[2], veilVillages[4]}},
		}); err != nil {
			return err
		}
		for i := range veilVillages {
			if err := tx.InVillage(ctx, uint32(i+1), func(v store.VillageTx) error { return fillVillage(ctx, v, random, rounds) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)
	w.services = &Services{Store: s, Board: tally.New(s, func() time.Time { return now }), Now: func() time.Time { return now }}
	if err := w.services.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.gather(t)
	return w
}

// fillVillage counts some families in two RW of up to three RT, most of them on
// the first day already; rounds tells in which years.
func fillVillage(ctx context.Context, v store.VillageTx, random, rounds *rand.Rand) error {
	for step, day := range veilDays {
		c := store.Commit{Village: v.Village(), Day: day}
		whole, err := c.Village.Years.Unpack(&c.Village.Provisional, &c.Village.Verified)
		if err != nil {
			return err
		}
		for _, place := range []area.Place{1001, 1002, 1003, 2001, 2002} {
			rows, err := v.Places(ctx, []area.Place{place})
			if err != nil {
				return err
			}
			p := store.Place{Place: place}
			if len(rows) == 1 {
				p = rows[0]
			}
			part, err := p.Years.Unpack(&p.Provisional, &p.Verified)
			if err != nil {
				return err
			}
			families := random.IntN(9)
			if step > 0 {
				families = max(0, random.IntN(5)-3)
			}
			for range families {
				packed := randomFamily(random)
				for _, t := range []*iks.Tally{&p.Provisional, &c.Village.Provisional} {
					t.Add(packed)
				}
				years := roundsOf(rounds, min(step, len(veilYears)-1), packed)
				if random.IntN(4) > 0 {
					p.Verified.Add(packed)
					c.Village.Verified.Add(packed)
					years = years.Approve()
				}
				whole.Add(years)
				part.Add(years)
			}
			p.Years = part.Pack(&p.Provisional, &p.Verified)
			c.Places = append(c.Places, p)
		}
		c.Village.Years = whole.Pack(&c.Village.Provisional, &c.Village.Verified)
		if err := v.Apply(ctx, &c); err != nil {
			return err
		}
	}
	return nil
}

// roundsOf are the survey years of a family that counts with packed now: one, or in
// one of every four families two.
func roundsOf(random *rand.Rand, at int, packed iks.Packed) iks.FamilyYears {
	first, last := at, at
	if random.IntN(4) == 0 {
		other := random.IntN(len(veilYears))
		first, last = min(at, other), max(at, other)
	}
	years := iks.FamilyYears{{Year: veilYears[last], Provisional: packed}}
	if first != last {
		years = slices.Insert(years, 0, iks.YearValues{Year: veilYears[first], Provisional: randomFamily(random)})
	}
	return years
}

func randomFamily(random *rand.Rand) iks.Packed {
	var inti iks.Values
	for i := range inti {
		inti[i] = []iks.Value{iks.Y, iks.T, iks.N}[random.IntN(3)]
	}
	besar := inti
	if i := random.IntN(iks.Indicators); besar[i] == iks.N {
		besar[i] = iks.Y
	}
	return iks.Pack(besar, inti)
}

// gather lists what is published, and its sums.
func (w *veilWorld) gather(t *testing.T) {
	t.Helper()
	add := func(id string) int {
		w.at[id] = len(w.areas)
		w.areas = append(w.areas, id)
		return w.at[id]
	}
	district := add("32.04")
	kecamatan := []int{add("32.04.05"), add("32.04.06")}
	health := []int{add("P3204050101"), add("P3204050102")}
	parts := map[int][]int{district: kecamatan}
	for i, code := range veilVillages {
		v := add(code)
		k, h := kecamatan[i/3], health[[]int{0, 0, 1, 0, 1}[i]]
		parts[k], parts[h] = append(parts[k], v), append(parts[h], v)
		for _, rw := range []string{"/001", "/002"} {
			r := add(code + rw)
			parts[v] = append(parts[v], r)
			for rt := 1; rt <= 3; rt++ {
				if rw == "/002" && rt == 3 {
					continue
				}
				parts[r] = append(parts[r], add(fmt.Sprintf("%s%s/%03d", code, rw, rt)))
			}
		}
	}
	for i := range w.areas {
		if len(parts[i]) > 0 {
			w.sums = append(w.sums, smallcell.Sum{Whole: i, Parts: parts[i]})
		}
	}
	w.sums = append(w.sums, smallcell.Sum{Whole: district, Parts: health})
}

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
		if own := w.services.mustMask(t, supervisor, veilVillages[0]); own != (mask{}) {
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

// truths are the cells by indicator, answer and area, as in ask.
func (w *veilWorld) truths(t *testing.T) [iks.Indicators][][]iks.Ratio {
	t.Helper()
	var out [iks.Indicators][][]iks.Ratio
	for _, day := range w.days {
		sums := make([]tally.Sum, len(w.areas))
		for i, id := range w.areas {
			if day == "" || len(id) <= len(veilVillages[0]) {
				sums[i] = w.sum(t, id, day)
			}
		}
		for _, membership := range []iks.Basis{iks.Inti, iks.Besar} {
			for _, of := range []func(*tally.Sum) *iks.Tally{
				func(s *tally.Sum) *iks.Tally { return &s.Provisional }, func(s *tally.Sum) *iks.Tally { return &s.Verified },
			} {
				for n := range out {
					row := make([]iks.Ratio, len(sums))
					for i := range sums {
						row[i] = of(&sums[i]).Of(membership).Coverage(n + 1)
					}
					out[n] = append(out[n], row)
				}
			}
		}
	}
	return out
}

func (w *veilWorld) sum(t *testing.T, id, day string) tally.Sum {
	t.Helper()
	return w.sumIn(t, id, day, 0)
}

func (w *veilWorld) sumIn(t *testing.T, id, day string, year int) tally.Sum {
	t.Helper()
	x := &subject{year: year}
	if id[0] == 'P' {
		x.puskesmas = &store.Puskesmas{Code: id, Villages: []string{veilVillages[0], veilVillages[1], veilVillages[3]}}
		if id == "P3204050102" {
			x.puskesmas.Villages = []string{veilVillages[2], veilVillages[4]}
		}
	} else {
		code, err := area.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		x.code = code
	}
	f, err := w.services.sumAt(t.Context(), x, day)
	if err != nil {
		t.Fatal(err)
	}
	return f.sum
}

func (s *Services) mustMask(t *testing.T, c *access.Caller, id string) mask {
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
	if m := w.services.mustMask(t, surveyor, veilVillages[0]+"/001/001"); m != (mask{}) {
		t.Errorf("withheld of the assigned RT: %v", m)
	}
	elsewhere := []mask{w.services.mustMask(t, surveyor, veilVillages[0]+"/001/002"), w.services.mustMask(t, surveyor, veilVillages[0]+"/002/001")}
	if !slices.ContainsFunc(elsewhere, func(m mask) bool { return m != mask{} }) {
		t.Error("nothing is withheld of RT without an assignment")
	}
}
