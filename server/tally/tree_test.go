package tally

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

func smallDirectory() *store.WholeDirectory {
	d := &store.WholeDirectory{
		Areas:     []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: "32.04.06"}},
		Puskesmas: []store.Puskesmas{{Code: "P1", District: "32.04"}, {Code: "P2", District: "32.04"}},
	}
	for i := range 6 {
		code := fmt.Sprintf("32.04.0%d.200%d", 5+i/3, 1+i%3)
		d.Areas = append(d.Areas, store.Area{Code: code})
		d.Villages = append(d.Villages, store.VillageName{Number: uint32(i + 1), Code: code, Puskesmas: fmt.Sprintf("P%d", 1+i%2)})
	}
	return d
}

func TestEverySumFollowsItsVillagesByDifference(t *testing.T) {
	t.Parallel()
	moved := newTree(smallDirectory())
	random := rand.New(rand.NewPCG(1, 2))
	now := map[uint32]Figures{}
	for range 200 {
		number := uint32(random.IntN(6) + 1)
		var f Figures
		for range random.IntN(5) {
			values := iks.Values{iks.Y, iks.T, iks.Value(random.IntN(3))}
			f.Provisional.Add(iks.Pack(values, values))
			f.Collection.Add(collection.Counts{collection.Families: 1})
		}
		now[number] = f
		moved.put(number, state{figures: f}, 1)
	}
	again := newTree(smallDirectory())
	again.takeOver(moved)
	for name, built := range map[string]*tree{"moved": moved, "taken over": again} {
		var nation Figures
		puskesmas := map[string]*Figures{"P1": {}, "P2": {}}
		for number, f := range now {
			nation.Add(&f)
			puskesmas[fmt.Sprintf("P%d", 1+(number-1)%2)].Add(&f)
		}
		if built.areas[""].figures != nation || built.areas["32.04"].figures != nation {
			t.Errorf("%s: the nation is not the sum of its villages", name)
		}
		for code, want := range puskesmas {
			if built.puskesmas[code].figures != *want {
				t.Errorf("%s: %s is not the sum of its villages", name, code)
			}
		}
	}
}

func TestSurveyYearsOfEveryAreaFollowTheirVillages(t *testing.T) {
	t.Parallel()
	moved := newTree(smallDirectory())
	random := rand.New(rand.NewPCG(3, 4))
	now := map[uint32]iks.YearTallies{}
	for range 200 {
		number := uint32(random.IntN(6) + 1)
		s := state{revision: uint64(random.IntN(2))}
		var years iks.YearTallies
		for range random.IntN(5) {
			packed := iks.Pack(iks.Values{iks.Y, iks.Value(random.IntN(3))}, iks.Values{iks.T})
			s.figures.Provisional.Add(packed)
			years.Add(iks.FamilyYears{{Year: 2025 + random.IntN(3), Provisional: packed, Verified: packed * iks.Packed(random.IntN(2))}})
		}
		s.years = years.Pack(&s.figures.Provisional, &s.figures.Verified)
		if s.uncounted = random.IntN(10) == 0; s.uncounted {
			s.years, years = "", nil
		}
		now[number] = years
		moved.put(number, s, 1)
		if s.uncounted != (moved.areas[""].uncounted > 0) {
			t.Fatalf("village %d is still to be counted: %t, the nation has %d", number, s.uncounted, moved.areas[""].uncounted)
		}
		if s.uncounted { // counted at once, so that it is the only one
			s.uncounted = false
			moved.put(number, s, 1)
		}
	}
	again := newTree(smallDirectory())
	again.takeOver(moved)
	for name, built := range map[string]*tree{"moved": moved, "taken over": again} {
		for code, villages := range map[string][]uint32{"": {1, 2, 3, 4, 5, 6}, "32.04": {1, 2, 3, 4, 5, 6}, "32.04.05": {1, 2, 3}, "32.04.06.2002": {5}} {
			checkYears(t, name+" "+code, built.areas[code], now, villages)
		}
		checkYears(t, name+" P1", built.puskesmas["P1"], now, []uint32{1, 3, 5})
	}
}

func checkYears(t *testing.T, name string, n *node, now map[uint32]iks.YearTallies, villages []uint32) {
	t.Helper()
	var want iks.YearTallies
	for _, v := range villages {
		want.AddTallies(now[v])
	}
	for year := 2024; year <= 2028; year++ {
		sum := iks.YearTally{Year: year}
		if found := want.Of(year); found != nil {
			sum = *found
		}
		if got := n.inYear(year); got.Uncounted != 0 || got.YearTally != sum {
			t.Errorf("%s in %d is not the sum of its villages", name, year)
		}
	}
}

func TestATargetCountsInsteadOfThoseInsideIt(t *testing.T) {
	t.Parallel()
	d := smallDirectory()
	d.Targets = []store.Target{
		{Area: "32.04.05", Families: 100}, {Area: "32.04.05.2001", Families: 70}, {Area: "32.04.05.2001/001/001", Families: 5},
		{Area: "32.04.06.2001/001/001", Families: 7}, {Area: "32.04.06.2001/001/002", Families: 8},
	}
	tree := newTree(d)
	for code, want := range map[string]int64{"": 115, "32": 115, "32.04.05": 100, "32.04.05.2001": 70, "32.04.06": 15, "32.04.06.2001": 15} {
		if n := tree.areas[code]; n.targeted != want || !n.hasTarget {
			t.Errorf("%q: %d, want %d", code, n.targeted, want)
		}
	}
	if tree.areas["32.04.05.2002"].hasTarget {
		t.Error("a village without a target has one")
	}
}
