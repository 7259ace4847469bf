package disclosure

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Running is the cells of a layout while the figures of parts, told apart by numbers,
// change from day to day.
type Running struct {
	sum   YearCells
	parts map[uint32][]countsIn
}

// countsIn are those of a survey year, or of AnyYear.
type countsIn struct {
	year   int
	counts counts
}

// NewRunning begins with no figures.
func NewRunning(l *Layout) *Running {
	return &Running{NewYearCells(l), map[uint32][]countsIn{}}
}

// Put puts a part's figures, of any year and by survey year, in place of those that it
// had, at positions which are always the same for it.
func (r *Running) Put(part uint32, positions []int, f *tally.Figures, years iks.YearTallies) {
	was, is := r.parts[part], countsOf(f, years)
	for _, i := range positions {
		r.sum.move(was, is, i)
	}
	r.parts[part] = is
}

// Cells are those of what was put so far; they do not follow what is put later.
func (r *Running) Cells() YearCells { return r.sum.clone() }

// countsOf are those of figures of any year, and of those by survey year.
func countsOf(f *tally.Figures, years iks.YearTallies) []countsIn {
	out := make([]countsIn, 1+len(years))
	out[0].counts.add(f) // of AnyYear
	for i := range years {
		out[i+1].year = years[i].Year
		out[i+1].counts.add(&tally.Figures{Provisional: years[i].Provisional, Verified: years[i].Verified})
	}
	return out
}

// move takes a part out of a position as it was and puts it in as it is.
func (c YearCells) move(was, is []countsIn, position int) {
	var none counts
	for i := range was {
		c.in(was[i].year)[position].replace(&was[i].counts, &none)
	}
	for i := range is {
		c.in(is[i].year)[position].replace(&none, &is[i].counts)
	}
}
