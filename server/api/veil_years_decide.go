package api

import (
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// Survey years are decided by the piece, too, all years of it together: each is held
// against the answer of any year on the same day, as a past day is against today's, and
// withheld altogether where but a few families tell the two apart. On a past day it is
// held against the same year's present answer, too. Where the years of a cell add up to the present one, but
// for fewer than smallcell.Least families, a withheld year is covered by another of the
// same area. How many were surveyed twice says nothing of that: the indicator may apply
// to none of them. Where more were, subtracting years tells no more than subtracting
// days does, which package smallcell tells of.

// decideYears decides all survey years of a piece, now or on a past day, beside the
// figures of any year on the same day; those of a past day are held against the present
// ones, too (nil: they are the present ones). Indicators for which all is as it was are
// taken from the last decision (nil: none was made).
func decideYears(years yearCells, held map[int]mask, whole *decision, present, last *yearDecision) *yearDecision {
	d := &yearDecision{layout: whole.layout, whole: whole.prints, held: held, cells: years, masks: map[int][]mask{}}
	if present != nil {
		d.present = present.prints
	}
	var list []openYear
	for _, year := range slices.Sorted(maps.Keys(years)) {
		o := openYear{
			year: year, also: nearlyToday(years[year], whole), against: []*decision{whole},
			decision: &decision{layout: whole.layout, cells: years[year], masks: make([]mask, len(whole.ids))},
		}
		d.near = nearPrint(d.near, o.also)
		o.also[0] = held[year]
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
func (d *yearDecision) historyAfter(last *yearDecision) history {
	if last == nil || last.layout != d.layout {
		return nil
	}
	was := map[int]moves{}
	for _, list := range []yearCells{last.cells, d.cells} {
		for year := range list {
			before, after := last.in(year), d.in(year)
			was[year] = movesBetween(before.cells, after.cells, before.masks, after.masks)
		}
	}
	return last.history.after(last.prints, d.prints, was)
}

// alters are the indicators for which a decision on a past day's cells may be another
// beside these present ones than it was beside those with some prints.
func (d *yearDecision) alters(before *prints, then yearCells) (out uint16) {
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
func (d *yearDecision) openAfter(last, present *yearDecision) uint16 {
	if last == nil || last.layout != d.layout || last.near != d.near || len(last.cells) != len(d.cells) || len(last.masks) != len(d.cells) {
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
	*decision
	year int
	// open are the indicators that are to be decided.
	open uint16
	// also is what is withheld though it is not small, and is to be covered with what is.
	also []mask
	// against are the answers that it is held against.
	against []*decision
}

// nearlyToday marks all cells of areas whose complete families are, but for fewer than
// smallcell.Least, as many as the present ones: the difference of two tables would be
// the answers of those few, who were not surveyed that year or are no longer there.
// Nobody but the root's own piece decides the root, and smallcell leaves out what the
// caller sees the families of.
func nearlyToday(year []cells, today *decision) []mask {
	out := make([]mask, len(year))
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
func coverYears(list []openYear, whole *decision, decided uint16) (again uint16) {
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
func coverFor(list []openYear, whole *decision, p cellAt) (cover *openYear) {
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
