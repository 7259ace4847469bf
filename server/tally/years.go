package tally

import "github.com/keluarga-sehat/sync/internal/iks"

// Survey years stand beside the figures of each village as they are stored, packed;
// districts and what is above keep the sums, a kecamatan and a Puskesmas add up their
// few villages when asked. (Sums of all 18,000 of them, for each year, would take
// 25 MB a year.)

// YearSum is what an area's families count with in one survey year.
type YearSum struct {
	iks.YearTally
	// Uncounted is how many villages of it are still to be counted
	// (store.Village.YearsMissing): the tallies are without them.
	Uncounted int
}

// InYear gives an area's, by its dotted code.
func (b *Board) InYear(code string, year int) YearSum {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.areas[code].inYear(year)
}

// PuskesmasInYear gives a Puskesmas's.
func (b *Board) PuskesmasInYear(code string, year int) YearSum {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.puskesmas[code].inYear(year)
}

// Years are the survey years in which families of an area count, ascending, without
// those of villages that are still to be counted.
func (b *Board) Years(code string) []int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.areas[code].surveyYears()
}

// PuskesmasYears are those of a Puskesmas.
func (b *Board) PuskesmasYears(code string) []int {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.tree.puskesmas[code].surveyYears()
}

// Uncounted are the numbers of villages whose survey years are still to be counted.
func (b *Board) Uncounted() []uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.tree.areas[""].uncounted == 0 {
		return nil
	}
	var out []uint32
	for number, v := range b.tree.villages {
		if v.node.uncounted > 0 {
			out = append(out, number)
		}
	}
	return out
}

// Behind are the numbers of villages that are to be counted anew: their survey years are
// still to be counted, or their figures are of earlier rules than these.
func (b *Board) Behind(rules int) []uint32 {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out []uint32
	for number, v := range b.tree.villages {
		if v.node.uncounted > 0 || v.revision > 0 && v.rules < rules {
			out = append(out, number)
		}
	}
	return out
}

// Years are a place's tallies by survey year, to be read within Look.
func (p Place) Years() iks.YearTallies { return p.node.yearTallies() }

func (n *node) inYear(year int) YearSum {
	if n == nil {
		return YearSum{YearTally: iks.YearTally{Year: year}}
	}
	out := YearSum{YearTally: iks.YearTally{Year: year}, Uncounted: n.uncounted}
	if found := n.yearTallies().Of(year); found != nil {
		out.YearTally = *found
	}
	return out
}

func (n *node) surveyYears() []int {
	if n == nil {
		return nil
	}
	return n.yearTallies().Years()
}

// yearTallies are the node's; they are the tree's own, not to be changed.
func (n *node) yearTallies() iks.YearTallies {
	switch {
	case n.number != 0:
		years, err := n.packed.Unpack(&n.figures.Provisional, &n.figures.Verified)
		if err != nil {
			return nil // was looked at when it came in
		}
		return years
	case n.keepsYears():
		return n.years
	}
	var sum iks.YearTallies
	for _, p := range n.parts {
		sum.AddTallies(p.yearTallies())
	}
	return sum
}

// keepsYears tells whether the node has its sums at hand.
func (n *node) keepsYears() bool { return n.puskesmas == nil && len(n.code) <= districtLength }

// putYears moves the tree to a village's present survey years; its figures must not
// have been moved yet. What can't be read is still to be counted.
func (at *village) putYears(now *state) {
	was := at.node.yearTallies()
	is, err := now.years.Unpack(&now.figures.Provisional, &now.figures.Verified)
	uncounted := 0
	if err != nil || now.uncounted {
		is, now.years, uncounted = nil, "", 1
	}
	for _, up := range at.above {
		up.uncounted += uncounted - at.node.uncounted
		if up.keepsYears() {
			up.years.SubTallies(was)
			up.years.AddTallies(is)
		}
	}
	at.node.packed, at.node.uncounted = now.years, uncounted
}
