package disclosure

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Cells are those of a layout's areas at one moment, by position, of one survey year or
// of any.
type Cells []counts

// YearCells are cells by survey year; those of any year stand under AnyYear.
type YearCells map[int]Cells

// AnyYear is where YearCells has the cells of families surveyed in whichever year.
const AnyYear = 0

// counts are what an area's cells are made of.
type counts [variants]struct {
	complete     int32
	denominators [iks.Indicators]int32
}

// add counts the families of two tallies.
func (c *counts) add(f *tally.Figures) {
	for v := range c {
		t := &f.Provisional
		if v >= variants/2 {
			t = &f.Verified
		}
		summary := t.Of(membershipsOf[v%2])
		c[v].complete += int32(summary.Complete())
		for n := range c[v].denominators {
			c[v].denominators[n] += int32(summary.Coverage(n + 1).Whole)
		}
	}
}

// replace takes a part out as it was and puts it in as it is.
func (c *counts) replace(was, is *counts) {
	for v := range c {
		c[v].complete += is[v].complete - was[v].complete
		for n := range c[v].denominators {
			c[v].denominators[n] += is[v].denominators[n] - was[v].denominators[n]
		}
	}
}

// NewYearCells are a layout's without any families, of any year alone; others come with
// what is added.
func NewYearCells(l *Layout) YearCells { return YearCells{AnyYear: make(Cells, len(l.ids))} }

// in finds or makes those of a year; those of any year must be there.
func (c YearCells) in(year int) Cells { return c.at(year, len(c[AnyYear])) }

// at finds or makes those of a year.
func (c YearCells) at(year, size int) Cells {
	if c[year] == nil {
		c[year] = make(Cells, size)
	}
	return c[year]
}

// Add adds an area's figures, of any year and by survey year, to a position.
func (c YearCells) Add(position int, f *tally.Figures, years iks.YearTallies) {
	c[AnyYear][position].add(f)
	c.addYears(position, len(c[AnyYear]), years)
}

func (c YearCells) addYears(position, size int, years iks.YearTallies) {
	for i := range years {
		y := &years[i]
		c.at(y.Year, size)[position].add(&tally.Figures{Provisional: y.Provisional, Verified: y.Verified})
	}
}

// AddAll adds other cells of the same layout.
func (c YearCells) AddAll(other YearCells) {
	var none counts
	for year, list := range other {
		into := c.in(year)
		for i := range list {
			into[i].replace(&none, &list[i])
		}
	}
}

// SumParts adds all other positions to the root's, for layouts whose parts share nothing.
func (c YearCells) SumParts() {
	var none counts
	for _, list := range c {
		for i := range list[1:] {
			list[0].replace(&none, &list[i+1])
		}
	}
}

// Len is how many areas' cells they are, over all years.
func (c YearCells) Len() (n int) {
	for _, list := range c {
		n += len(list)
	}
	return n
}

func (c YearCells) clone() YearCells {
	out := make(YearCells, len(c))
	for year, list := range c {
		out[year] = slices.Clone(list)
	}
	return out
}

// told leaves out those of any year, and of the years that no figures are told of:
// whoever dates rounds in them adds no decisions.
func (c YearCells) told(now int) YearCells {
	out := make(YearCells, len(c))
	for year, list := range c {
		if iks.Told(year, now) {
			out[year] = list
		}
	}
	return out
}

// CellsOf are a layout's present cells of any year.
func (l *Layout) CellsOf(v tally.View) Cells {
	out := make(Cells, len(l.ids))
	whole, ok := v.Find(l.root.Dotted())
	if !ok {
		return out
	}
	out[0].add(whole.Figures)
	for _, part := range whole.Parts() {
		if i, ok := l.at[pathOf(part.Code)]; ok {
			out[i].add(part.Figures)
		}
		if l.root.Level() != area.District {
			continue
		}
		for _, village := range part.Parts() {
			if positions := l.villages[village.Number]; len(positions) > 2 {
				out[positions[2]].add(village.Figures)
			}
		}
	}
	if l.root.Level() == area.District {
		for _, health := range v.PuskesmasOf(l.root.Dotted()) {
			out[l.at[health.Code]].add(health.Figures)
		}
	}
	return out
}

// YearsOf are a layout's present cells by survey year, without those of any.
func (l *Layout) YearsOf(v tally.View) YearCells {
	out := YearCells{}
	whole, ok := v.Find(l.root.Dotted())
	if !ok {
		return out
	}
	out.addYears(0, len(l.ids), whole.Years())
	for _, part := range whole.Parts() {
		i, ok := l.at[pathOf(part.Code)]
		if l.root.Level() != area.District {
			if ok {
				out.addYears(i, len(l.ids), part.Years())
			}
			continue
		}
		// Each village once: for itself, its kecamatan and its Puskesmas.
		for _, village := range part.Parts() {
			years := village.Years()
			for _, position := range l.villages[village.Number] {
				if position != 0 {
					out.addYears(position, len(l.ids), years)
				}
			}
		}
	}
	return out
}

// Placed puts cells of another layout of the same village where this one has them: an
// RT may have come since, and moved those behind it.
func (l *Layout) Placed(other *Layout, years YearCells) YearCells {
	out := make(YearCells, len(years))
	for year, list := range years {
		out[year] = make(Cells, len(l.ids))
		for i, id := range other.ids {
			if at, ok := l.at[id]; ok {
				out[year][at] = list[i]
			}
		}
	}
	return out
}
