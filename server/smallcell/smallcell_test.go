package smallcell

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func cells(denominators ...int64) Table {
	out := make(Table, len(denominators))
	for i, d := range denominators {
		out[i] = Cell{Denominator: d, Complete: d}
	}
	return out
}

// siblings decides for areas whose sum is published too; the simplest Tree.
func siblings(cells Table) []bool {
	whole := Cell{}
	t := Tree{Areas: len(cells) + 1, Sums: []Sum{{Whole: len(cells)}}, Root: len(cells)}
	for i, c := range cells {
		whole.Denominator += c.Denominator
		whole.Complete += c.Complete
		t.Sums[0].Parts = append(t.Sums[0].Parts, i)
	}
	table := append(append(Table{}, cells...), whole)
	return t.Withhold([]Table{table}, nil)[0][:len(cells)]
}

func TestSiblingsWithholdTheSmallAndItsCover(t *testing.T) {
	for name, c := range map[string]struct {
		in   Table
		want []bool
	}{
		"nothing small":             {cells(5, 9, 20), []bool{false, false, false}},
		"one small":                 {cells(20, 3, 9, 8), []bool{false, true, false, true}},
		"two small":                 {cells(3, 4, 9, 20), []bool{true, true, false, false}},
		"two of one family each":    {cells(1, 1, 9, 20), []bool{true, true, true, false}},
		"nobody concerned is shown": {cells(0, 0, 30), []bool{false, false, false}},
		"all of it small":           {cells(0, 3), []bool{false, true}},
		"bounds of small":           {cells(4, 5, 6), []bool{true, true, false}},
		"only child":                {cells(3), []bool{true}},
		"none":                      {nil, []bool{}},
	} {
		if got := siblings(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Where few families are complete, whom an indicator concerns is told neither by a mark nor
// by its lack, unless a sum of more says that it concerns nobody.
func TestNoMarkTellsWhomAnIndicatorConcerns(t *testing.T) {
	for name, c := range map[string]struct {
		in   Table
		want []bool
	}{
		"one family of whom nobody is":   {Table{{0, 1}, {7, 9}, {20, 30}}, []bool{true, true, false}},
		"beside one of whom somebody is": {Table{{0, 1}, {1, 1}, {20, 30}}, []bool{true, true, true}},
		"as many as are told of":         {Table{{0, 5}, {7, 9}, {20, 30}}, []bool{false, false, false}},
		"no family":                      {Table{{0, 0}, {7, 9}, {20, 30}}, []bool{false, false, false}},
		"nobody of the sum is":           {Table{{0, 1}, {0, 9}}, []bool{false, false}},
	} {
		if got := siblings(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	ofFew := Tree{Areas: 3, Root: -1, Sums: []Sum{{Whole: 2, Parts: []int{0, 1}}}}
	if got := ofFew.Withhold([]Table{{{0, 1}, {0, 2}, {0, 3}}}, nil)[0]; slices.Contains(got, false) {
		t.Errorf("of three families, none of whom is: %v, want all withheld", got)
	}
}

// Whatever is withheld for other reasons, besides other tables too, a 0 of few families is shown
// only where a shown sum above tells it.
func TestNoMarkTellsWhomAnIndicatorConcernsBesideOthers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tree, today := drawVillages(r)
		past := drawTable(r, &tree)
		withheld := tree.Withhold([]Table{today}, nil)[0]
		for name, c := range map[string]struct {
			table    Table
			withheld []bool
		}{
			"today": {today, withheld},
			"past":  {past, tree.Withhold([]Table{past}, nil, Answer{Table: today, Withheld: withheld})[0]},
		} {
			for i, cell := range c.table {
				if cell.Denominator == 0 && Few(cell.Complete) && !c.withheld[i] && !zeroShownAbove(&tree, c.table, c.withheld, i) {
					t.Fatalf("%s: of %v cell %d is shown beside %v", name, c.table, i, c.withheld)
				}
			}
		}
	})
}

func zeroShownAbove(tree *Tree, table Table, withheld []bool, i int) bool {
	return slices.ContainsFunc(tree.Sums, func(s Sum) bool {
		return slices.Contains(s.Parts, i) && (table[s.Whole].Denominator == 0 && !withheld[s.Whole] || zeroShownAbove(tree, table, withheld, s.Whole))
	})
}

// Village 0 is a kecamatan with 1, and a Puskesmas with 2.
func TestListsThatShareVillagesDoNotTellTogether(t *testing.T) {
	tree := Tree{Areas: 8, Root: -1, Sums: []Sum{
		{Whole: 4, Parts: []int{0, 1}}, {Whole: 5, Parts: []int{2, 3}}, // kecamatan
		{Whole: 6, Parts: []int{0, 2}}, {Whole: 7, Parts: []int{1, 3}}, // Puskesmas
	}}
	got := tree.Withhold([]Table{cells(3, 10, 30, 40, 13, 70, 33, 50)}, nil)[0]
	if want := []bool{true, true, true, true, false, false, false, false}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v: 0 follows from its Puskesmas unless 2 is withheld, and 2 from its kecamatan unless 3 is", got, want)
	}
}

func TestTheSameFamiliesOnAnotherBasisAreWithheldToo(t *testing.T) {
	tree := Tree{Areas: 4, Root: 3, Sums: []Sum{{Whole: 3, Parts: []int{0, 1, 2}}}}
	provisional, verified := cells(3, 8, 30, 41), cells(0, 7, 6, 13)
	got := tree.Withhold([]Table{provisional, verified}, nil)
	if want := []bool{true, true, false, false}; !slices.Equal(got[0], want) {
		t.Errorf("provisional %v, want %v", got[0], want)
	}
	// 1 is nearly what it is on the other basis, so it is withheld there; then it
	// needs a cover of its own.
	if want := []bool{false, true, true, false}; !slices.Equal(got[1], want) {
		t.Errorf("verified %v, want %v", got[1], want)
	}
}

func TestWhoSeesAFamilyIsNotCoveredByIt(t *testing.T) {
	tree := Tree{Areas: 5, Root: 4, Sums: []Sum{{Whole: 4, Parts: []int{0, 1, 2, 3}}}, Seen: []bool{true, false, false, false, false}}
	got := tree.Withhold([]Table{cells(2, 3, 7, 20, 32)}, nil)[0]
	if want := []bool{false, true, true, false, false}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAWithheldRootDoesNotFollowFromItsParts(t *testing.T) {
	tree := Tree{Areas: 4, Root: 3, Sums: []Sum{{Whole: 3, Parts: []int{0, 1, 2}}}}
	got := tree.Withhold([]Table{cells(6, 9, 10, 25)}, [][]bool{{false, false, false, true}})[0]
	if want := []bool{true, false, false, true}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The attacker knows all that is shown, and every sum.
func TestNoSmallCellFollowsFromWhatIsShown(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		tree, table := drawVillages(r)
		withheld := tree.Withhold([]Table{table}, nil)[0]
		for i, c := range table {
			if Few(c.Denominator) && !withheld[i] {
				t.Fatalf("small cell %d shown", i)
			}
		}
		shown := append([]bool(nil), withheld...)
		for again := true; again; {
			again = false
			for _, s := range tree.Sums {
				unknown, count := -1, 0
				for _, i := range append([]int{s.Whole}, s.Parts...) {
					if shown[i] {
						unknown, count = i, count+1
					}
				}
				if count == 1 {
					shown[unknown], again = false, true
				}
			}
		}
		if !slices.Equal(shown, withheld) {
			t.Fatalf("%v of %v follows: %v", shown, table, withheld)
		}
		d := begin(&tree, []Table{table}, nil)
		d.withheld[0] = withheld
		if i := d.follow(0); len(i) > 0 {
			t.Fatalf("cells %d of %v follow from several sums: %v", i, table, withheld)
		}
	})
}

func TestAPastDayIsNotCoveredByWhatTodayShows(t *testing.T) {
	tree := Tree{Areas: 4, Root: 3, Sums: []Sum{{Whole: 3, Parts: []int{0, 1, 2}}}}
	today := Answer{Table: cells(9, 12, 30, 51), Withheld: make([]bool, 4)}
	got := tree.Withhold([]Table{cells(3, 12, 20, 35)}, nil, today)[0]
	if want := []bool{true, false, true, false}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v: 1 has not changed since", got, want)
	}
}

// drawVillages makes a district: villages in kecamatan and, otherwise divided, in
// Puskesmas.
func drawVillages(r *rapid.T) (Tree, Table) {
	n := rapid.IntRange(2, 12).Draw(r, "villages")
	groups := rapid.IntRange(1, 4).Draw(r, "groups")
	tree := Tree{Areas: n + 2*groups + 1, Root: -1}
	sums := make([]Sum, 2*groups)
	for g := range sums {
		sums[g].Whole = n + g
	}
	for i := range n {
		for _, g := range []int{rapid.IntRange(0, groups-1).Draw(r, "kecamatan"), groups + rapid.IntRange(0, groups-1).Draw(r, "puskesmas")} {
			sums[g].Parts = append(sums[g].Parts, i)
		}
	}
	district := Sum{Whole: n + 2*groups}
	for g := range groups {
		district.Parts = append(district.Parts, n+g)
	}
	tree.Sums = append(slices.DeleteFunc(sums, func(s Sum) bool { return len(s.Parts) == 0 }), district)
	if rapid.Bool().Draw(r, "puskesmas of the district are listed") {
		health := Sum{Whole: district.Whole}
		for g := range groups {
			health.Parts = append(health.Parts, n+groups+g)
		}
		tree.Sums = append(tree.Sums, health)
	}
	return tree, drawTable(r, &tree)
}

// drawTable draws cells for its villages, and adds them up.
func drawTable(r *rapid.T, tree *Tree) Table {
	table, district := make(Table, tree.Areas), tree.Areas-1
	for _, s := range tree.Sums {
		if s.Whole == district {
			continue
		}
		for _, i := range s.Parts {
			complete := rapid.Int64Range(0, 12).Draw(r, "complete")
			table[i] = Cell{Denominator: rapid.Int64Range(0, complete).Draw(r, "denominator"), Complete: complete}
		}
	}
	added := map[int]bool{}
	for _, s := range tree.Sums { // the district's come last
		if added[s.Whole] {
			continue
		}
		added[s.Whole] = true
		for _, p := range s.Parts {
			table[s.Whole].Denominator += table[p].Denominator
			table[s.Whole].Complete += table[p].Complete
		}
	}
	return table
}
