package disclosure

import (
	"slices"

	"github.com/keluarga-sehat/sync/server/smallcell"
)

// Piece is what a decision rests on.
type Piece struct {
	Layout *Layout
	// Cells are those that are decided; Holds and Beside need none.
	Cells Cells
	// Held is what the piece above has decided of the root.
	Held Mask
	// Today is the decision on the present cells, which those of a past day are held
	// against; nil: these are the present ones.
	Today *Decision
	// Last is the last decision on the piece and the same day, from which all is taken that
	// is as it was; nil: none was made.
	Last *Decision
	// Settled: the day's cells do not move any more. The decision lets go of them; where it
	// is Last, its cells are taken to be these.
	Settled bool
}

// Decision is what is withheld of a piece. It does not change.
type Decision struct {
	*Layout
	held Mask
	// prints are its own; against those of the present decision against which one of a
	// past day was held.
	prints, against prints
	cells           Cells
	masks           []Mask
	// history is a present one's.
	history history
	// loud are the indicators of which some cell is small or withheld, here or in what
	// it was held against. Where there is none, a decision on a past day holds beside any
	// present one that has none.
	loud uint16
	// stays: its day's cells do not move any more.
	stays bool
}

// Decide decides a piece.
func Decide(p Piece) *Decision {
	if p.Last != nil && p.Last.stays {
		p.Last = p.Last.withCells(p.Cells)
	}
	d := decide(p)
	if p.Settled {
		d.stays, d.cells = true, nil
	}
	return d
}

// withCells is a decision on a settled day with its cells.
func (d *Decision) withCells(c Cells) *Decision {
	out := *d
	out.cells = c
	return &out
}

// MaskOf is what is withheld of an area: all of one that has come since.
func (d *Decision) MaskOf(id string) Mask {
	if i, ok := d.at[id]; ok {
		return d.masks[i]
	}
	return allWithheld
}

// Holds tells whether the same cells would be decided as they were, for nothing has moved
// in what they are held against.
func (d *Decision) Holds(p Piece) bool {
	return d.held == p.Held && (p.Today == nil || d.Layout == p.Today.Layout && d.against == p.Today.prints)
}

// Beside is a decision on a settled day as it holds beside other present figures, where
// of the indicators that moved in them nothing is to be withheld; nil: it must be
// decided, for which its cells are needed.
func (d *Decision) Beside(p Piece) *Decision {
	if !d.stays || d.Layout != p.Today.Layout {
		return nil
	}
	moved := p.Held.unlike(&d.held) | p.Today.prints.since(&d.against)
	if moved&(d.loud|p.Today.loud|p.Held.any()) != 0 {
		return nil
	}
	out := *d
	out.held, out.against = p.Held, p.Today.prints
	return &out
}

// Alike tells whether another withholds the same of the same areas.
func (d *Decision) Alike(other *Decision) bool {
	return slices.Equal(d.ids, other.ids) && slices.Equal(d.masks, other.masks)
}

// What is kept of a decision takes about so many bytes: itself, and each area's.
const (
	decisionBytes = 512
	maskBytes     = 8
	countsBytes   = 208
)

// Bytes is about what it takes, beside its layout.
func (d *Decision) Bytes() int {
	return decisionBytes + len(d.masks)*maskBytes + len(d.cells)*countsBytes + d.history.bytes()
}

// decide decides a piece after the last decision, which has its cells.
func decide(p Piece) *Decision {
	l, last := p.Layout, p.Last
	d := &Decision{Layout: l, cells: p.Cells, held: p.Held, masks: make([]Mask, len(l.ids))}
	var against []*Decision
	if p.Today != nil {
		d.against, against = p.Today.prints, append(against, p.Today)
	}
	open := uint16(everyIndicator)
	if last != nil && last.Layout == l {
		open = movedIn(last.cells, p.Cells) | p.Held.unlike(&last.held)
		if p.Today != nil {
			open |= p.Today.alters(&last.against, p.Cells)
		}
		if open == 0 {
			d.masks, d.prints, d.loud, d.history = last.masks, last.prints, last.loud, last.history
			return d
		}
		keepBits(d.masks, last.masks, ^open)
		d.loud = last.loud &^ open
	}
	also := make([]Mask, len(l.ids))
	also[0] = p.Held
	d.withhold(open, also, against, &room{})
	d.prints.add(d.cells, d.masks)
	if p.Today == nil && last != nil && last.Layout == l {
		d.history = last.history.after(last.prints, d.prints, map[int]moves{AnyYear: movesBetween(last.cells, p.Cells, last.masks, d.masks)})
	}
	return d
}

// alters are the indicators for which a decision on a past day's cells may be another
// beside this present one than it was beside the one with some prints.
func (d *Decision) alters(before *prints, then Cells) uint16 {
	moved := d.prints.since(before)
	steps, known := d.history.to(before)
	if moved == 0 || !known {
		return moved
	}
	return steps.alters(moved, AnyYear, then, d.cells, d.masks)
}

// movedIn are the indicators of which some cell is another: all, where some area has
// its first complete families, or few or none any more.
func movedIn(before, after Cells) (moved uint16) {
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
			if (a.complete == 0) != (b.complete == 0) || smallcell.Few(int64(a.complete)) != smallcell.Few(int64(b.complete)) {
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
