package disclosure

import (
	"runtime"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// room is memory that is used again for each indicator and year of a decision.
type room struct {
	tables [variants]smallcell.Table
	roots  [variants][]bool
	given  []smallcell.Answer
}

// withhold decides some of the indicators; what was withheld of them before stays.
func (d *Decision) withhold(indicators uint16, held []Mask, against []*Decision, r *room) {
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
func (d *Decision) concerns(n int, held []Mask, against []*Decision) bool {
	for v := range variants {
		for i := range d.cells {
			if held[i][v]>>n&1 == 1 {
				return true
			}
			if c := &d.cells[i][v]; smallcell.Few(int64(c.denominators[n-1])) || smallcell.Few(int64(c.complete)) {
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
func tableOf(room smallcell.Table, list Cells, variant, indicator int) smallcell.Table {
	out := slices.Grow(room[:0], len(list))[:len(list)]
	for i := range list {
		c := &list[i][variant]
		out[i] = smallcell.Cell{Denominator: int64(c.denominators[indicator-1]), Complete: int64(c.complete)}
	}
	return out
}

// bitsOf are those of an indicator that any of the lists has, in the room of others.
func bitsOf(room []bool, indicator, variant int, lists ...[]Mask) []bool {
	out := slices.Grow(room[:0], len(lists[0]))[:len(lists[0])]
	clear(out)
	for _, list := range lists {
		for i := range list {
			out[i] = out[i] || list[i][variant]>>indicator&1 == 1
		}
	}
	return out
}
