package veil

import (
	"sync"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/disclosure"
)

// Rooms in bytes: the present decisions on all of the nation's 93,000 areas take 20 MB,
// three survey years of them 60, and what is withheld of a settled day 1 MB for each.
const (
	veiledBytes      = 48 << 20
	veiledYearsBytes = 96 << 20
)

// kept are the last decisions on pieces. The zero value is empty.
type kept struct {
	pieces aging.Map[Key, *decided]
	years  aging.Map[Key, *decidedYears]

	mu         sync.Mutex
	generation uint64 // guarded by mu
}

// Key names what was decided: a piece of the tree, by its root, on a day. It is comparable.
type Key struct {
	root area.Code
	// day is yyyymmdd; 0: now.
	day int
	// years: its survey years; else of any year.
	years bool
}

// decided is what is withheld of a piece, with what tells whether it still is. It does
// not change.
type decided struct {
	*disclosure.Decision
	// version is the root's on the board when it was decided, directory the board's when it
	// was laid out.
	version, directory uint64
	// rows is the print of a village's rows that it was decided of.
	rows uint64
	// generation is another for each set of masks that a piece has had.
	generation uint64
}

// decidedYears is what is withheld of a piece's survey years; its fields are as
// decided's.
type decidedYears struct {
	*disclosure.YearDecision
	version, rows uint64
	generation    uint64
}

// last is the decision for another to be made after; nil: none was made.
func (d *decided) last() *disclosure.Decision {
	if d == nil {
		return nil
	}
	return d.Decision
}

// find is the last decision on a piece, whether it holds or not.
func (c *kept) find(key Key) *decided {
	d, _ := c.pieces.Find(key)
	return d
}

// keep keeps a decision, whose generation is that of the last one where they are
// alike.
func (c *kept) keep(key Key, d, last *decided) {
	if last != nil && last.directory == d.directory && last.Alike(d.Decision) {
		d.generation = last.generation
	} else {
		d.generation = c.next()
	}
	c.pieces.Keep(key, d, aging.Taking{Size: d.Bytes(), Room: veiledBytes})
}

// keepYears keeps a decision, whose generation is that of the last where they are
// alike.
func (c *kept) keepYears(key Key, d *decidedYears) {
	last, ok := c.years.Find(key)
	if ok && last.Alike(d.YearDecision) {
		d.generation = last.generation
	} else {
		d.generation = c.next()
	}
	c.years.Keep(key, d, aging.Taking{Size: d.Bytes(), Room: veiledYearsBytes})
}

// next is a generation that no piece has had.
func (c *kept) next() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	return c.generation
}
