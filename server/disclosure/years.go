package disclosure

import (
	"maps"
	"slices"
)

// YearPiece is what a decision on a piece's survey years rests on.
type YearPiece struct {
	// Cells are those that are decided, by survey year; beside a Whole of a settled day, and
	// of any year. Holds and Beside need none.
	Cells YearCells
	// Now is the year under way, which ends the years that are told of (iks.Told).
	Now int
	// Held is what the piece above has decided of the root.
	Held map[int]Mask
	// Whole is the decision on the same day's cells of any year; its layout is the years'.
	Whole *Decision
	// Today is the decision on the present years, against which those of a past day are
	// held, on the same layout; nil: these are the present ones.
	Today *YearDecision
	// Last is the last decision on the same day, from which all is taken that is as it was;
	// nil: none was made.
	Last *YearDecision
	// Settled is as a Piece's, where Whole was settled, too.
	Settled bool
}

// YearDecision is what is withheld of a piece's survey years now or on a past day. It
// does not change.
type YearDecision struct {
	*Layout
	// whole is of the decision on the same day's figures of any year, present of the one
	// on the years now, against which they were held (zero: this is it), near of what is
	// withheld because a year is nearly any; prints are of the years now; held is what the
	// piece above has decided of the root.
	prints, whole, present prints
	near                   uint64
	held                   map[int]Mask
	now                    int // the year in which it was decided, which ends the years told of
	cells                  YearCells
	masks                  map[int][]Mask
	// history is a present one's.
	history history
	// loud and stays are as a decision's, of all years.
	loud  uint16
	stays bool
}

// DecideYears decides all survey years of a piece that are told of.
func DecideYears(p YearPiece) *YearDecision {
	settled := p.Whole.stays
	if settled {
		p.Whole = p.Whole.withCells(p.Cells[AnyYear])
	}
	p.Cells = p.Cells.told(p.Now)
	switch last := p.Last; {
	case last == nil:
	case last.now != p.Now:
		p.Last = nil // it told of other years
	case settled && last.stays:
		with := *last
		with.cells = p.Cells
		p.Last = &with
	}
	d := decideYears(p)
	if p.Settled && settled {
		d.stays, d.cells = true, nil
	}
	return d
}

// MaskOf is what is withheld of an area in a year: all of one that has come since.
func (d *YearDecision) MaskOf(id string, year int) Mask {
	i, ok := d.at[id]
	switch {
	case !ok:
		return allWithheld
	case d.masks[year] == nil:
		return Mask{}
	}
	return d.masks[year][i]
}

// MasksOf are what is withheld of an area, in the years in which anything is.
func (d *YearDecision) MasksOf(id string) map[int]Mask {
	out := map[int]Mask{}
	for year := range d.masks {
		if m := d.MaskOf(id, year); m != (Mask{}) {
			out[year] = m
		}
	}
	return out
}

// Settled tells whether its day's cells move no more.
func (d *YearDecision) Settled() bool { return d.stays }

// Holds tells whether the same cells would be decided as they were, for nothing has moved
// in what they are held against, and it is the same year.
func (d *YearDecision) Holds(p YearPiece) bool {
	return d.of(&p) && d.whole == p.Whole.prints && d.present == p.todayPrints() && maps.Equal(d.held, p.Held)
}

// of tells whether it is of the areas and years of a piece.
func (d *YearDecision) of(p *YearPiece) bool { return d.Layout == p.Whole.Layout && d.now == p.Now }

// todayPrints are those of the years now; zero: they are these.
func (p *YearPiece) todayPrints() prints {
	if p.Today == nil {
		return prints{}
	}
	return p.Today.prints
}

// Beside is a decision on a settled day as it holds beside others, where of the
// indicators that moved in them nothing is to be withheld; nil: it must be decided,
// for which its cells are needed.
func (d *YearDecision) Beside(p YearPiece) *YearDecision {
	if !d.of(&p) || !d.stays || !p.Whole.stays {
		return nil
	}
	moved, loud := p.Whole.prints.since(&d.whole)|p.Today.prints.since(&d.present), d.loud|p.Whole.loud|p.Today.loud
	for year := range d.masks {
		held, before := p.Held[year], d.held[year]
		moved, loud = moved|held.unlike(&before), loud|held.any()
	}
	if moved&loud != 0 {
		return nil
	}
	out := *d
	out.held, out.whole, out.present = p.Held, p.Whole.prints, p.Today.prints
	return &out
}

// Alike tells whether another withholds the same of the same layout.
func (d *YearDecision) Alike(other *YearDecision) bool {
	return d.Layout == other.Layout && maps.EqualFunc(d.masks, other.masks, slices.Equal[[]Mask])
}

// Bytes is about what it takes, beside its layout.
func (d *YearDecision) Bytes() int {
	return decisionBytes + len(d.ids)*(len(d.masks)*maskBytes+len(d.cells)*countsBytes) + d.history.bytes()
}

// in is the decision on one of the years, for another to be held against.
func (d *YearDecision) in(year int) *Decision {
	if d.cells[year] == nil {
		return &Decision{Layout: d.Layout, cells: make(Cells, len(d.ids)), masks: make([]Mask, len(d.ids))}
	}
	return &Decision{Layout: d.Layout, cells: d.cells[year], masks: d.masks[year]}
}
