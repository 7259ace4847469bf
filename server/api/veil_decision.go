package api

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// decision is what is withheld of a piece. It does not change.
type decision struct {
	*layout
	// version is the root's on the board when it was decided.
	version uint64
	held    mask
	// today is the present decision against which one of a past day was held.
	today *decision
	// generation is another for each set of masks that a piece has had.
	generation uint64
	cells      []cells
	masks      []mask
	// quiet: no cell is small or withheld, so that a decision on a past day holds
	// beside any present one that is; of a day whose cells may move yet it is not set.
	quiet bool
}

func (d *decision) maskOf(id string) mask {
	if i, ok := d.at[id]; ok {
		return d.masks[i]
	}
	return mask{}
}

// decide decides a piece; held is the root's mask by the piece above, today nil
// where the cells are the present ones.
func decide(l *layout, c []cells, held mask, today *decision) *decision {
	also := make([]mask, len(l.ids))
	also[0] = held
	d := decideWith(l, c, also, today)
	d.held = held
	return d
}

// decideWith is decide with cells of any area decided elsewhere, held against more
// answers than today's.
func decideWith(l *layout, c []cells, held []mask, today *decision, more ...*decision) *decision {
	d := &decision{layout: l, cells: c, today: today, masks: make([]mask, len(l.ids)), quiet: true}
	against := more
	if today != nil {
		against = append([]*decision{today}, more...)
	}
	for n := 1; n <= iks.Indicators; n++ {
		if !d.concerns(n, held, against) {
			continue
		}
		d.quiet = false
		var tables []smallcell.Table
		var roots [][]bool
		var given []smallcell.Answer
		for v := range variants {
			tables = append(tables, tableOf(c, v, n))
			root := make([]bool, len(l.ids))
			for i := range root {
				root[i] = held[i][v]>>n&1 == 1
			}
			roots = append(roots, root)
			for _, a := range against {
				given = append(given, a.answer(v, n))
			}
		}
		for v, withheld := range l.tree.Withhold(tables, roots, given...) {
			for i, w := range withheld {
				if w {
					d.masks[i][v] |= 1 << n
				}
			}
		}
	}
	return d
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

// answer is what is published of an indicator.
func (d *decision) answer(variant, indicator int) smallcell.Answer {
	a := smallcell.Answer{Table: tableOf(d.cells, variant, indicator), Withheld: make([]bool, len(d.masks))}
	for i := range d.masks {
		a.Withheld[i] = d.masks[i][variant]>>indicator&1 == 1
	}
	return a
}

func tableOf(list []cells, variant, indicator int) smallcell.Table {
	out := make(smallcell.Table, len(list))
	for i := range list {
		c := &list[i][variant]
		out[i] = smallcell.Cell{Denominator: int64(c.denominators[indicator-1]), Complete: int64(c.complete)}
	}
	return out
}
