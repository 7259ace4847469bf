package api

import (
	"runtime"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// decision is what is withheld of a piece. It does not change.
type decision struct {
	*layout
	// version is the root's on the board when it was decided.
	version uint64
	held    mask
	// rows is the print of a village's rows that it was decided of.
	rows uint64
	// prints are its own; against those of the present decision against which one of a
	// past day was held.
	prints, against prints
	// generation is another for each set of masks that a piece has had.
	generation uint64
	cells      []cells
	masks      []mask
	// history is a present one's.
	history history
	// loud are the indicators of which some cell is small or withheld, here or in what
	// it was held against. Where there is none, a decision on a past day holds beside any
	// present one that has none.
	loud uint16
	// stays: its day's cells do not move any more.
	stays bool
}

// allWithheld is what is withheld of an area on which nothing was decided.
var allWithheld = mask{everyIndicator, everyIndicator, everyIndicator, everyIndicator}

// maskOf is what is withheld of an area: all of one that has come since.
func (d *decision) maskOf(id string) mask {
	if i, ok := d.at[id]; ok {
		return d.masks[i]
	}
	return allWithheld
}

// decide decides a piece; held is the root's mask by the piece above, today nil
// where the cells are the present ones. Indicators for which all is as it was are
// taken from the last decision (nil: none was made).
func decide(l *layout, c []cells, held mask, today, last *decision) *decision {
	d := &decision{layout: l, cells: c, held: held, masks: make([]mask, len(l.ids))}
	var against []*decision
	if today != nil {
		d.against, against = today.prints, append(against, today)
	}
	open := uint16(everyIndicator)
	if last != nil && last.layout == l {
		open = movedIn(last.cells, c) | held.unlike(&last.held)
		if today != nil {
			open |= today.alters(&last.against, c)
		}
		if open == 0 {
			d.masks, d.prints, d.loud, d.history = last.masks, last.prints, last.loud, last.history
			return d
		}
		keepBits(d.masks, last.masks, ^open)
		d.loud = last.loud &^ open
	}
	also := make([]mask, len(l.ids))
	also[0] = held
	d.withhold(open, also, against, &room{})
	d.prints.add(d.cells, d.masks)
	if today == nil && last != nil && last.layout == l {
		d.history = last.history.after(last.prints, d.prints, map[int]moves{anyYear: movesBetween(last.cells, c, last.masks, d.masks)})
	}
	return d
}

// alters are the indicators for which a decision on a past day's cells may be another
// beside this present one than it was beside the one with some prints.
func (d *decision) alters(before *prints, then []cells) uint16 {
	moved := d.prints.since(before)
	steps, known := d.history.to(before)
	if moved == 0 || !known {
		return moved
	}
	return steps.alters(moved, anyYear, then, d.cells, d.masks)
}

// movedIn are the indicators of which some cell is another: all, where some area has
// its first complete family, or none any more.
func movedIn(before, after []cells) (moved uint16) {
	if len(before) != len(after) {
		return everyIndicator
	}
	if len(before) == 0 || &before[0] == &after[0] {
		return 0
	}
	for i := range after {
		if before[i] == after[i] {
			continue
		}
		for v := range variants {
			a, b := &before[i][v], &after[i][v]
			if (a.complete == 0) != (b.complete == 0) {
				return everyIndicator
			}
			for n := range a.denominators {
				if a.denominators[n] != b.denominators[n] {
					moved |= 1 << (n + 1)
				}
			}
		}
	}
	return moved
}

// keepBits puts what is withheld of some indicators from one list of masks into another.
func keepBits(into, from []mask, indicators uint16) {
	for i := range into {
		for v := range variants {
			into[i][v] |= from[i][v] & indicators
		}
	}
}

// room is memory that is used again for each indicator and year of a decision.
type room struct {
	tables [variants]smallcell.Table
	roots  [variants][]bool
	given  []smallcell.Answer
}

// withhold decides some of the indicators; what was withheld of them before stays.
func (d *decision) withhold(indicators uint16, held []mask, against []*decision, r *room) {
	tables, roots := r.tables[:], r.roots[:]
	r.given = slices.Grow(r.given[:0], variants*len(against))[:variants*len(against)]
	given := r.given
	for n := 1; n <= iks.Indicators; n++ {
		if indicators>>n&1 == 0 || !d.concerns(n, held, against) {
			continue
		}
		d.loud |= 1 << n
		// Whoever asks for what is decided already waits for one indicator, not for the
		// rest of a time slice of 10 ms.
		runtime.Gosched()
		for v := range variants {
			tables[v] = tableOf(tables[v], d.cells, v, n)
			roots[v] = bitsOf(roots[v], n, v, held, d.masks)
			for k, a := range against {
				answer := &given[v*len(against)+k]
				answer.Table, answer.Withheld = tableOf(answer.Table, a.cells, v, n), bitsOf(answer.Withheld, n, v, a.masks)
			}
		}
		for v, withheld := range d.tree.Withhold(tables, roots, given...) {
			for i, w := range withheld {
				if w {
					d.masks[i][v] |= 1 << n
				}
			}
		}
	}
}

// concerns tells whether anything of an indicator may have to be withheld.
func (d *decision) concerns(n int, held []mask, against []*decision) bool {
	for v := range variants {
		for i := range d.cells {
			if held[i][v]>>n&1 == 1 {
				return true
			}
			if c := d.cells[i][v].denominators[n-1]; c > 0 && c < smallcell.Least {
				return true
			}
			for _, a := range against {
				if a.masks[i][v]>>n&1 == 1 {
					return true
				}
			}
		}
	}
	return false
}

// tableOf are the cells of an indicator, in the room of another table.
func tableOf(room smallcell.Table, list []cells, variant, indicator int) smallcell.Table {
	out := slices.Grow(room[:0], len(list))[:len(list)]
	for i := range list {
		c := &list[i][variant]
		out[i] = smallcell.Cell{Denominator: int64(c.denominators[indicator-1]), Complete: int64(c.complete)}
	}
	return out
}

// bitsOf are those of an indicator that any of the lists has, in the room of others.
func bitsOf(room []bool, indicator, variant int, lists ...[]mask) []bool {
	out := slices.Grow(room[:0], len(lists[0]))[:len(lists[0])]
	clear(out)
	for _, list := range lists {
		for i := range list {
			out[i] = out[i] || list[i][variant]>>indicator&1 == 1
		}
	}
	return out
}
