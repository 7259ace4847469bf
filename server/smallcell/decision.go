package smallcell

import "slices"

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

// markNobody withholds the 0 of areas with few complete families that no sum which is shown
// tells.
func (d *decision) markNobody() (changed bool) {
	for k := range d.open {
		for i, c := range d.tables[k] {
			if c.Denominator == 0 && Few(c.Complete) && i != d.tree.Root && d.shown(k, i) && !d.zeroAbove(k, i) {
				d.withhold(k, i)
				changed = true
			}
		}
	}
	return changed
}

// zeroAbove tells whether a sum that an area is a part of, or is a part of a part of, is shown
// as 0.
func (d *decision) zeroAbove(k, i int) bool {
	return slices.ContainsFunc(d.sumsOf[i], func(s int) bool {
		whole := d.tree.Sums[s].Whole
		return whole != i && d.tables[k][whole].Denominator == 0 && (!d.withheld[k][whole] || d.zeroAbove(k, whole))
	})
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
		if withheld[i] && d.tables[k][i].Weighs(d.tables[l][i], true) {
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
		if !d.withheld[l][i] && d.tables[k][i].Weighs(d.tables[l][i], false) {
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
