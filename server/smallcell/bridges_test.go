package smallcell

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A bridge is what solving finds, on the kind of tree that districts have.
func TestBridgesAreWhatFollowsFromTheSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		villages := rapid.IntRange(1, 9).Draw(t, "villages")
		groups := rapid.IntRange(1, 3).Draw(t, "groups")
		whole := villages + 2*groups
		tree := &Tree{Areas: whole + 1, Root: whole, Sums: make([]Sum, 2*groups+2)}
		for g := range 2 * groups {
			tree.Sums[g].Whole = villages + g
			list := &tree.Sums[2*groups+g/groups]
			list.Parts = append(list.Parts, villages+g)
		}
		tree.Sums[2*groups].Whole, tree.Sums[2*groups+1].Whole = whole, whole
		for v := range villages {
			for _, g := range []int{rapid.IntRange(0, groups-1).Draw(t, "kecamatan"), groups + rapid.IntRange(0, groups-1).Draw(t, "Puskesmas")} {
				tree.Sums[g].Parts = append(tree.Sums[g].Parts, v)
			}
		}
		withheld := rapid.SliceOfN(rapid.Bool(), tree.Areas, tree.Areas).Draw(t, "withheld")
		d := begin(tree, []Table{make(Table, tree.Areas)}, nil)
		d.withheld[0] = withheld
		var solved []int
		for _, c := range d.solve(0) {
			solved = append(solved, c.area)
		}
		g := networkOf(tree)
		if g == nil {
			t.Fatal("a district's tree is no network")
		}
		found := new(search).in(g, withheld)
		slices.Sort(found)
		slices.Sort(solved)
		if !slices.Equal(found, solved) {
			t.Fatalf("bridges %v, solved %v", found, solved)
		}
	})
}

func TestATreeThatIsNoNetworkIsSolved(t *testing.T) {
	t.Parallel()
	for name, tree := range map[string]*Tree{
		"an area in three sums": {Areas: 4, Sums: []Sum{{1, []int{0}}, {2, []int{0}}, {3, []int{0}}}},
		"signs that clash":      {Areas: 6, Sums: []Sum{{3, []int{0, 2}}, {4, []int{0, 1}}, {5, []int{1, 2}}}},
	} {
		if networkOf(tree) != nil {
			t.Errorf("%s: taken for a network", name)
		}
	}
}
