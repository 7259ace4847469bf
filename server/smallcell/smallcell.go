// Package smallcell decides which figures are withheld from those who may not
// see the families behind them: the one place for pages, lists, feeds and
// exports alike. A cell is one indicator in one area; its denominator is the
// complete families to which the indicator applies.
//
// Withheld are
//   - cells with a denominator from 1 to 4 (Least);
//   - where such a cell follows from what else is published, the sum of its
//     siblings or of several lists that share villages, the next smallest sibling
//     too, and so on until none follows;
//   - where what is withheld under one sum comes to fewer than Least families,
//     the next smallest too: two cells of one family each are told by their sum;
//   - the same cell on the other membership and basis and on the other day that
//     is answered, where the denominators differ by fewer than Least: the answers
//     are then nearly one.
//
// A denominator of 0 says that nobody is concerned and is shown, unless nothing
// else covers. What one answer
// shows, another must not withhold: callers hand over the areas that are
// published together (Tree), not the page that is asked for.
//
// Not covered: somebody who knows single families otherwise, and somebody who
// subtracts days. Each past day is held against today alone, and what is shown of
// today stays: so a small cell of a past day follows where nothing else has changed
// until today, and the cell that covers a small one on one past day may be shown on
// another on which it was the same. No present cell follows so, and none from one
// day's answers alone. In a district of five villages, nearly all of whose cells are
// small and little changes, of the cells that would follow if the small ones alone
// were withheld fewer than 1 in 100 follow so (TestNobodyRecomputesAWithheldCell holds the
// bound). To close it, days would have to be decided in their order, each against
// those before.
//
// Nor is somebody covered against who subtracts large cells: the provisional less the
// verified ones are those of the families that wait for a verdict, and a day's less the
// day before's those of the families that came between, be it one family. Both are tables
// of their own, and this package could decide the first as such (its sums are the tree's).
// That was tried and left: from those who see no families it withholds 15 to 43 in 100 of
// the verified cells of villages of 800 families, while 50 down to 0.05 in 100 wait, where
// the rules above withhold 3 to 12; of RT of 40 families up to 76. And it would keep
// little back, for who reads the provisional figures on two days, or twice on one, has
// the same families. Only figures that stand still until five families have moved would
// end that, and those on dashboards are of now.
//
// Survey years are held against the same day's figures of any year, and where they nearly
// add up to those, against each other (server/api/veil_years_decide.go).
package smallcell

import "slices"

// Least is the smallest denominator that is shown.
const Least = 5

// Cell is one indicator in one area.
type Cell struct {
	// Denominator is how many families it is of. It is at most Complete, how many
	// families of the area have an index at all, which is never withheld.
	Denominator, Complete int64
}

// Table is the cells of one indicator by area, as counted on one membership and
// basis on one day.
type Table []Cell

// Sum says that the cell of one area is the sum of those of others, by position.
type Sum struct {
	Whole int
	Parts []int
}

// Tree is areas that are published together; positions are the caller's.
type Tree struct {
	Areas int
	Sums  []Sum
	// Root is the area whose cells are decided elsewhere; -1: none.
	Root int
	// Seen are areas whose families the caller may see: never withheld, and no
	// cover for others. Nil: none.
	Seen []bool

	// prepared is what Prepare found.
	prepared *prepared
}

// prepared is what decisions need of a tree, found once.
type prepared struct {
	// sumsOf are the sums that an area takes part in, ascending.
	sumsOf [][]int
	// network is nil where the sums are to be solved.
	network *network
}

// Prepare looks at the sums once, for a tree on which much is decided; they must
// not change afterwards.
func (t *Tree) Prepare() { t.prepared = t.prepare() }

func (t *Tree) prepare() *prepared {
	p := &prepared{sumsOf: make([][]int, t.Areas), network: networkOf(t)}
	for s := range t.Sums {
		for _, area := range append([]int{t.Sums[s].Whole}, t.Sums[s].Parts...) {
			if list := p.sumsOf[area]; len(list) == 0 || list[len(list)-1] != s {
				p.sumsOf[area] = append(list, s)
			}
		}
	}
	return p
}

// Small tells whether a cell is withheld whatever stands beside it.
func (c Cell) Small() bool { return c.Denominator > 0 && c.Denominator < Least }

func (c Cell) near(other Cell) bool {
	difference := c.Denominator - other.Denominator
	return difference < Least && difference > -Least && (c.Denominator == 0) == (other.Denominator == 0)
}

// Siblings decides for areas whose sum is published too; the simplest Tree.
func Siblings(cells Table) []bool {
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

// Answer is a table that was decided before and can't be changed, such as
// today's to somebody who asks for a past day.
type Answer struct {
	Table    Table
	Withheld []bool
}

// Withhold decides for every table and area. The tables and the answers given
// are all that they could be compared with; held is what is withheld for other
// reasons, such as the root by its own siblings (nil: nothing).
func (t *Tree) Withhold(tables []Table, held [][]bool, given ...Answer) [][]bool {
	d := begin(t, tables, given)
	for k, table := range tables {
		for i, c := range table {
			if !t.seen(i) && (c.Small() || held != nil && held[k][i]) {
				d.withhold(k, i)
			}
		}
	}
	for _, a := range given {
		for i, withheld := range a.Withheld {
			if withheld {
				d.unlike.add(i)
			}
		}
	}
	// Each turn withholds at least one cell more, so it ends.
	for again := len(d.unlike.list) > 0; again; {
		again = d.likeOtherTables()
		for k := range tables {
			again = d.coverSums(k) || again
		}
		again = d.coverDetermined() || again
	}
	return d.withheld[:d.open]
}

func (t *Tree) all() []int {
	out := make([]int, t.Areas)
	for i := range out {
		out[i] = i
	}
	return out
}

func (t *Tree) seen(i int) bool { return t.Seen != nil && t.Seen[i] }

// decision is one under way; withheld only grows, in the first open tables.
type decision struct {
	tree *Tree
	*prepared
	tables   []Table
	withheld [][]bool
	open     int
	clean    []bool // tables in which nothing follows, as they are withheld
	// unlike are the areas of which a cell has been withheld since the tables were
	// last compared there, thin the sums of each table of which a part has been since
	// they were last looked at.
	unlike pile
	thin   []pile
	search search // memory used again
}

// begin starts a decision with nothing withheld.
func begin(t *Tree, tables []Table, given []Answer) *decision {
	d := &decision{tree: t, prepared: t.prepared, tables: slices.Clone(tables), open: len(tables), clean: make([]bool, len(tables))}
	if d.prepared == nil {
		d.prepared = t.prepare()
	}
	d.unlike, d.thin = pileOf(t.Areas), make([]pile, len(tables))
	all := make([]bool, len(tables)*t.Areas)
	for k := range tables {
		d.withheld, d.thin[k] = append(d.withheld, all[k*t.Areas:(k+1)*t.Areas:(k+1)*t.Areas]), pileOf(len(t.Sums))
	}
	for _, a := range given {
		d.tables, d.withheld = append(d.tables, a.Table), append(d.withheld, a.Withheld)
	}
	return d
}

// pile is what is to be looked at, each once, the last first.
type pile struct {
	list []int
	has  []bool
}

func pileOf(size int) pile { return pile{has: make([]bool, size)} }

func (p *pile) add(i int) {
	if !p.has[i] {
		p.has[i], p.list = true, append(p.list, i)
	}
}

func (p *pile) take() (i int, ok bool) {
	if len(p.list) == 0 {
		return 0, false
	}
	i = p.list[len(p.list)-1]
	p.list, p.has[i] = p.list[:len(p.list)-1], false
	return i, true
}

// withhold withholds one cell more.
func (d *decision) withhold(k, i int) {
	d.withheld[k][i], d.clean[k] = true, false
	d.unlike.add(i)
	for _, s := range d.sumsOf[i] {
		d.thin[k].add(s)
	}
}

// likeOtherTables withholds what another table tells nearly as well.
func (d *decision) likeOtherTables() (changed bool) {
	for i, ok := d.unlike.take(); ok; i, ok = d.unlike.take() {
		for k := range d.open {
			if d.usable(k, i) && d.toldBesides(k, i) {
				d.withhold(k, i)
				changed = true
			}
		}
	}
	return changed
}

// toldBesides tells whether a cell is nearly one that another table withholds.
func (d *decision) toldBesides(k, i int) bool {
	for l, withheld := range d.withheld {
		if withheld[i] && d.tables[k][i].near(d.tables[l][i]) {
			return true
		}
	}
	return false
}

// usable tells whether a cell is shown and would not be known all the same: from
// the families, from an answer given, or because there is no complete family.
func (d *decision) usable(k, i int) bool {
	if !d.shown(k, i) {
		return false
	}
	for l := d.open; l < len(d.tables); l++ {
		if !d.withheld[l][i] && d.tables[l][i].Denominator == d.tables[k][i].Denominator {
			return false
		}
	}
	return true
}

// shown tells whether a cell is shown and may be withheld.
func (d *decision) shown(k, i int) bool {
	return k < d.open && !d.withheld[k][i] && !d.tree.seen(i) && d.tables[k][i].Complete != 0
}

// coverSums withholds more where all that is withheld under a published sum
// comes to fewer than Least families.
func (d *decision) coverSums(k int) (changed bool) {
	for i, ok := d.thin[k].take(); ok; i, ok = d.thin[k].take() {
		s := &d.tree.Sums[i]
		if d.withheld[k][s.Whole] {
			continue
		}
		some, total := false, int64(0)
		for _, p := range s.Parts {
			if d.withheld[k][p] {
				some, total = true, total+d.tables[k][p].Denominator
			}
		}
		if some && total < Least {
			changed = d.cover(k, s.Parts, someone) >= 0 || changed
		}
	}
	return changed
}

// coverDetermined withholds more until no withheld cell follows from the sums and all
// that is shown; in a table in which nothing is left to withhold, some may.
func (d *decision) coverDetermined() (changed bool) {
	for k := range d.open {
		for !d.clean[k] {
			cells := d.follow(k)
			if len(cells) == 0 {
				d.clean[k] = true
				break
			}
			if !d.coverSome(cells) {
				break
			}
			changed = true
		}
	}
	return changed
}

// coverSome withholds more for cells that follow: of a sibling or part of one of the
// cells; where there is none, because it is the only one under its sum, of that sum,
// which is as large as it; else of a sibling in which nobody is concerned; else
// the smallest of its table, for the cells follow from sums of sums; and last, of
// those that an answer given tells: who reads this answer alone does not have it.
func (d *decision) coverSome(cells []cell) bool {
	for _, step := range []struct {
		who   concerned
		areas func(s *Sum, area int) []int
	}{
		{someone, partsWith}, {someone, wholeOf}, {anybody, partsWith}, {anybody, func(*Sum, int) []int { return d.tree.all() }},
		{told, partsWith}, {told, wholeOf},
	} {
		if d.coverBy(cells, step.areas, step.who) {
			return true
		}
	}
	return false
}

// coverBy takes one step for all cells of one table; those of which a sum has been
// covered for another may not follow any more.
func (d *decision) coverBy(cells []cell, areas func(s *Sum, area int) []int, who concerned) (changed bool) {
	var covered []int
	for _, c := range cells {
		sums := d.sumsOf[c.area]
		if slices.ContainsFunc(sums, func(s int) bool { return slices.Contains(covered, s) }) {
			continue
		}
		for _, i := range sums {
			if by := d.cover(c.table, areas(&d.tree.Sums[i], c.area), who); by >= 0 {
				covered, changed = append(append(covered, sums...), d.sumsOf[by]...), true
				break
			}
		}
	}
	return changed
}

// partsWith are the parts of a sum that an area takes part in.
func partsWith(s *Sum, area int) []int {
	if s.Whole == area || slices.Contains(s.Parts, area) {
		return s.Parts
	}
	return nil
}

// wholeOf is the sum that an area is a part of.
func wholeOf(s *Sum, area int) []int {
	if slices.Contains(s.Parts, area) {
		return []int{s.Whole}
	}
	return nil
}

// concerned tells which cells may cover.
type concerned int

const (
	// someone: those with a denominator.
	someone concerned = iota
	// anybody: also those without.
	anybody
	// told: also those that an answer given tells.
	told
)

// cover withholds the smallest of the areas that may be, and tells which; -1: none.
func (d *decision) cover(k int, areas []int, who concerned) (best int) {
	best = -1
	for _, i := range areas {
		denominator := d.tables[k][i].Denominator
		if i == d.tree.Root || !d.shown(k, i) || who != told && !d.usable(k, i) || denominator == 0 && who == someone {
			continue
		}
		if best < 0 || before(denominator, d.tables[k][best].Denominator) {
			best = i
		}
	}
	if best >= 0 {
		d.withhold(k, best)
	}
	return best
}

func before(a, b int64) bool {
	if (a == 0) != (b == 0) {
		return b == 0
	}
	return a < b
}
