package disclosure

import (
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// Survey years are decided by the piece, too, all years of it together: each is held
// against the answer of any year on the same day, as a past day is against today's, and
// withheld altogether where but a few families tell the two apart. On a past day it is
// held against the same year's present answer, too. Where the years of a cell add up to
// the present one, but for fewer than smallcell.Least families, a withheld year is covered
// by another of the same area. How many were surveyed twice says nothing of that: the indicator may apply
// to none of them. Where more were, subtracting years tells no more than subtracting
// days does, which package smallcell tells of.

// decideYears decides the years that are told of after the last decision, which has its
// cells.
func decideYears(p YearPiece) *YearDecision {
	years, whole, last, present := p.Cells, p.Whole, p.Last, p.Today
	d := &YearDecision{Layout: whole.Layout, whole: whole.prints, held: p.Held, now: p.Now, cells: years, masks: make(map[int][]Mask, len(years))}
	if present != nil {
		d.present = present.prints
	}
	list := make([]openYear, 0, len(years))
	for _, year := range slices.Sorted(maps.Keys(years)) {
		o := openYear{
			year: year, also: nearlyToday(years[year], whole), against: []*Decision{whole},
			Decision: &Decision{Layout: whole.Layout, cells: years[year], masks: make([]Mask, len(whole.ids))},
		}
		d.near = nearPrint(d.near, o.also)
		o.also[0] = p.Held[year]
		if present != nil {
			o.against = append(o.against, present.in(year))
		}
		list, d.masks[year] = append(list, o), o.masks
	}
	open := d.openAfter(last, present)
	if open == 0 {
		d.masks, d.prints, d.loud, d.history = last.masks, last.prints, last.loud, last.history
		return d
	}
	if open != everyIndicator {
		d.loud = last.loud &^ open
	}
	for i := range list {
		o := &list[i]
		o.open = open
		if open != everyIndicator {
			keepBits(o.masks, last.masks[o.year], ^open)
		}
	}
	var memory room
	for open != 0 {
		for i := range list {
			o := &list[i]
			o.withhold(o.open, o.also, o.against, &memory)
			o.open = 0
		}
		open = coverYears(list, whole, open)
	}
	for i := range list {
		d.loud |= list[i].loud
	}
	if present == nil {
		d.prints = printsOfYears(d.cells, d.masks)
		d.history = d.historyAfter(last)
	}
	return d
}

// historyAfter is a present decision's after the last.
func (d *YearDecision) historyAfter(last *YearDecision) history {
	if last == nil || last.Layout != d.Layout {
		return nil
	}
	was := map[int]moves{}
	for _, list := range []YearCells{last.cells, d.cells} {
		for year := range list {
			before, after := last.in(year), d.in(year)
			was[year] = movesBetween(before.cells, after.cells, before.masks, after.masks)
		}
	}
	return last.history.after(last.prints, d.prints, was)
}

// alters are the indicators for which a decision on a past day's cells may be another
// beside these present ones than it was beside those with some prints.
func (d *YearDecision) alters(before *prints, then YearCells) (out uint16) {
	moved := d.prints.since(before)
	steps, known := d.history.to(before)
	if moved == 0 || !known {
		return moved
	}
	for year, list := range then {
		now := d.in(year)
		out |= steps.alters(moved, year, list, now.cells, now.masks)
	}
	return out
}

// openAfter are the indicators that are to be decided anew after a decision on the same
// piece, on a past day beside the present one (nil: this is it).
func (d *YearDecision) openAfter(last, present *YearDecision) uint16 {
	if last == nil || last.Layout != d.Layout || last.near != d.near || len(last.cells) != len(d.cells) || len(last.masks) != len(d.cells) {
		return everyIndicator
	}
	open := d.whole.since(&last.whole)
	if present != nil {
		open |= present.alters(&last.present, d.cells)
	}
	for year, list := range d.cells {
		if last.cells[year] == nil || last.masks[year] == nil {
			return everyIndicator
		}
		held, before := d.held[year], last.held[year]
		open |= movedIn(last.cells[year], list) | held.unlike(&before)
	}
	return open
}

// openYear is a survey year that is being decided.
type openYear struct {
	*Decision
	year int
	// open are the indicators that are to be decided.
	open uint16
	// also is what is withheld though it is not small, and is to be covered with what is.
	also []Mask
	// against are the answers that it is held against.
	against []*Decision
}

// nearlyToday marks all cells of areas whose complete families are, but for fewer than
// smallcell.Least, as many as the present ones: the difference of two tables would be
// the answers of those few, who were not surveyed that year or are no longer there.
// Nobody but the root's own piece decides the root, and smallcell leaves out what the
// caller sees the families of.
func nearlyToday(year Cells, today *Decision) []Mask {
	out := make([]Mask, len(year))
	for i := range year {
		for v := range variants {
			then := year[i][v].complete
			off := today.cells[i][v].complete - then
			if i != 0 && then > 0 && off != 0 && off < smallcell.Least && -off < smallcell.Least {
				out[i][v] = everyIndicator
			}
		}
	}
	return out
}

// coverYears withholds another year of a cell of which too little is withheld, where
// the years nearly add up to the present cell. It looks at the indicators that were
// decided, and tells which are open again.
func coverYears(list []openYear, whole *Decision, decided uint16) (again uint16) {
	for i := range whole.ids {
		if i == 0 {
			continue // the root is decided elsewhere
		}
		for v := range variants {
			var some uint16
			for k := range list {
				some |= list[k].masks[i][v]
			}
			for n := 1; n <= iks.Indicators; n++ {
				if (some&decided)>>n&1 == 0 {
					continue
				}
				if o := coverFor(list, whole, cellAt{i, v, n}); o != nil && o.also[i][v]>>n&1 == 0 {
					o.also[i][v] |= 1 << n
					o.open |= 1 << n
					again |= 1 << n
				}
			}
		}
	}
	return again
}

// cellAt is where a cell stands.
type cellAt struct{ area, variant, indicator int }

// coverFor is the year that is to cover those withheld of a cell; nil: none need, or
// can.
func coverFor(list []openYear, whole *Decision, p cellAt) (cover *openYear) {
	var sum, withheld int32
	count, least := 0, int32(0)
	for k := range list {
		o := &list[k]
		n := o.cells[p.area][p.variant].denominators[p.indicator-1]
		sum += n
		switch {
		case o.masks[p.area][p.variant]>>p.indicator&1 == 1:
			count++
			withheld += n
		case n > 0 && (cover == nil || n < least):
			cover, least = o, n
		}
	}
	off := sum - whole.cells[p.area][p.variant].denominators[p.indicator-1]
	if off >= smallcell.Least || -off >= smallcell.Least || count > 1 && withheld >= smallcell.Least {
		return nil
	}
	return cover
}
