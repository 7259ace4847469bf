package disclosure

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/smallcell"
)

// history is how a present decision came about from those before it, the last first.
// A settled day that was held against one of them need not be decided anew beside the
// present one where the day's cells stand to what has moved as they did (relation).
// It is bounded: who was held against one that is forgotten, is decided anew.
type history []step

// step is what a present decision, told by its prints, was where the one after it is
// another, by survey year (AnyYear: of any).
type step struct {
	before prints
	was    map[int]moves
	size   int // how many areas' cells it holds
}

// moves are areas whose cells or masks became others, with what they were.
type moves struct {
	areas []int
	cells Cells
	masks []Mask
}

// historyAreas bounds the areas' cells in a history, at 216 bytes each: a district in
// which ten villages change in each second, for half a minute.
const historyAreas = 400

// historySteps bounds the steps, each of which takes some room though it is of few areas.
const historySteps = 64

// after is the history of a decision with prints now that comes after one with prints
// before; the same where they are alike.
func (h history) after(before, now prints, was map[int]moves) history {
	if before == now {
		return h
	}
	size := 0
	for _, m := range was {
		size += len(m.areas)
	}
	out, room := history{{before, was, size}}, historyAreas-size
	if room < 0 {
		return nil
	}
	for _, s := range h {
		if room -= s.size; room < 0 || len(out) == historySteps {
			break
		}
		out = append(out, s)
	}
	return out
}

// bytes is about what it takes.
func (h history) bytes() (n int) {
	for i := range h {
		n += decisionBytes + h[i].size*(countsBytes+maskBytes)
	}
	return n
}

// to are the steps back to the decision with some prints, the last first; ok is false
// where it is forgotten.
func (h history) to(before *prints) (steps history, ok bool) {
	for i := range h {
		if h[i].before == *before {
			return h[:i+1], true
		}
	}
	return nil, false
}

// movesBetween are what a list of cells and their masks was where another is not the same.
func movesBetween(cellsBefore, cellsAfter Cells, masksBefore, masksAfter []Mask) (out moves) {
	for i := range cellsAfter {
		if cellsBefore[i] != cellsAfter[i] || masksBefore[i] != masksAfter[i] {
			out.areas, out.cells, out.masks = append(out.areas, i), append(out.cells, cellsBefore[i]), append(out.masks, masksBefore[i])
		}
	}
	return out
}

// alters are the indicators, of those that moved, for which a decision on a past day's
// cells of a year may be another beside the present ones, now and masks, than it was
// before some steps.
func (h history) alters(moved uint16, year int, then, now Cells, masks []Mask) (out uint16) {
	// Going back, what an area was before all steps is what the last one to name it says;
	// each step before it is compared too, which may but find more.
	for s := range h {
		m := h[s].was[year]
		for j, i := range m.areas {
			for n := 1; n <= iks.Indicators; n++ {
				if (moved&^out)>>n&1 == 1 && relation(&then[i], &now[i], &masks[i], n) != relation(&then[i], &m.cells[j], &m.masks[j], n) {
					out |= 1 << n
				}
			}
		}
	}
	return out
}

// relation is all that a decision on an area's past cells of an indicator, on all
// variants, takes from what they are held against (smallcell.Answer): which of those are
// withheld, to which of these that are the past ones lie near, and which of those that
// are shown tell them.
func relation(then, now *counts, withheld *Mask, n int) (out uint32) {
	for l := range variants {
		held := withheld[l]>>n&1 == 1
		answer := smallcell.Cell{Denominator: int64(now[l].denominators[n-1])}
		out = out<<1 | bit(held)
		for k := range variants {
			cell := smallcell.Cell{Denominator: int64(then[k].denominators[n-1])}
			out = out<<1 | bit(cell.Weighs(answer, held))
		}
	}
	return out
}

func bit(set bool) uint32 {
	if set {
		return 1
	}
	return 0
}
