package api

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Rooms in bytes: the present decisions on all of the nation's 93,000 areas take 20 MB,
// three survey years of them 60, and what is withheld of a settled day 1 MB for each.
const (
	veiledBytes      = 48 << 20
	veiledYearsBytes = 96 << 20
)

// veils keeps decisions that hold for every caller, until their figures change.
type veils struct {
	once   singleflight.Group // who asks while a piece is decided waits for it
	pieces aging.Map[pieceKey, *decided]
	years  aging.Map[pieceKey, *decidedYears]

	mu         sync.Mutex
	generation uint64 // guarded by mu
}

type pieceKey struct {
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

// last is the decision for another to be made after; nil: none was made.
func (d *decided) last() *disclosure.Decision {
	if d == nil {
		return nil
	}
	return d.Decision
}

// find is the last decision on a piece, whether it holds or not.
func (c *veils) find(k pieceKey) *decided {
	d, _ := c.pieces.Find(k)
	return d
}

// keep keeps a decision, whose generation is that of the last one where they are
// alike.
func (c *veils) keep(k pieceKey, d, last *decided) {
	if last != nil && last.directory == d.directory && last.Alike(d.Decision) {
		d.generation = last.generation
	} else {
		d.generation = c.next()
	}
	c.pieces.Keep(k, d, aging.Taking{Size: d.Bytes(), Room: veiledBytes})
}

// next is a generation that no piece has had.
func (c *veils) next() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	return c.generation
}

// own is a village's piece as somebody sees it who sees some of its families.
type own struct {
	rows    *villageRows
	layout  *disclosure.Layout
	present disclosure.YearCells
	past    map[int]disclosure.YearCells
	pastIn  map[int]disclosure.YearCells // by survey year
}

// decide decides some of its cells of any year; held and today are as a piece's.
func (o *own) decide(cells disclosure.YearCells, held disclosure.Mask, today *disclosure.Decision) *disclosure.Decision {
	return disclosure.Decide(disclosure.Piece{Layout: o.layout, Cells: cells[disclosure.AnyYear], Held: held, Today: today})
}

// pieceFor is a piece as the caller is to see it. A village's depends on the caller,
// for a surveyor sees some of its families.
func (v *veil) pieceFor(ctx context.Context, x *subject, root area.Code, day int) (*disclosure.Decision, error) {
	s := v.services
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		s.wantFor(ctx, pieceKey{root: root, day: day})
		d, err := s.shown(ctx, x, root, day)
		if err != nil {
			return nil, err
		}
		restsOn(ctx, pieceKey{root: root, day: day}, d.generation, false)
		return d.Decision, nil
	}
	restsOn(ctx, pieceKey{root: root, day: day}, 0, true)
	o, err := v.ownOf(ctx, x, root)
	if err != nil {
		return nil, err
	}
	held, err := s.heldOf(ctx, root, day)
	if err != nil {
		return nil, err
	}
	if day == 0 {
		return o.decide(o.present, held, nil), nil
	}
	heldToday, err := s.heldOf(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	if o.past[day] == nil {
		if o.past, err = s.Past.Cells(ctx, past.CellQuery{Layout: o.layout, Days: []int{day}}); err != nil {
			return nil, err
		}
	}
	return o.decide(o.past[day], held, o.decide(o.present, heldToday, nil)), nil
}

// shown is a piece that is the same for all who see no families of it, a village's of
// the rows that are shown.
func (s *Services) shown(ctx context.Context, x *subject, root area.Code, day int) (*decided, error) {
	if root.Level() == area.Village && day == 0 {
		return s.pieceAt(ctx, root, x.rows)
	}
	return s.piece(ctx, root, day)
}

// ownOf is a village's piece, once a call, of the rows that are shown.
func (v *veil) ownOf(ctx context.Context, x *subject, root area.Code) (*own, error) {
	if o := v.villages[root]; o != nil && (x.rows == nil || x.rows == o.rows) {
		return o, nil
	}
	rows := x.rows
	if rows == nil {
		var err error
		if rows, err = v.services.presentRows(ctx, root); err != nil {
			return nil, err
		}
	}
	l, present, err := rows.pieceOf(v.caller)
	if err != nil {
		return nil, err
	}
	if v.villages == nil {
		v.villages = map[area.Code]*own{}
	}
	o := &own{rows: rows, layout: l, present: present}
	v.villages[root] = o
	return o, nil
}

// heldOf is what the piece above has decided of a root.
func (s *Services) heldOf(ctx context.Context, root area.Code, day int) (disclosure.Mask, error) {
	if root.Level() == area.Nation {
		return disclosure.Mask{}, nil
	}
	upper, err := s.piece(ctx, disclosure.Above(root), day)
	if err != nil {
		return disclosure.Mask{}, err
	}
	return upper.MaskOf(root.String()), nil
}

// piece decides a piece, or takes it from who asked before, where neither its
// figures nor what it was held against have changed.
func (s *Services) piece(ctx context.Context, root area.Code, day int) (*decided, error) {
	p, err := s.standing(ctx, root, day)
	if err != nil || p.stands {
		return p.decided, err
	}
	name := fmt.Sprintf("%s %d %d %d %v", root, day, p.version, p.directory, p.beside.Held)
	found, err, _ := s.veils.once.Do(name, func() (any, error) {
		return s.decideNow(context.WithoutCancel(ctx), pieceKey{root: root, day: day}, p)
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*decided)
	return d, nil
}

// standing is what is known of a piece without reading any cells.
type standing struct {
	// decided is the last one, nil: none was made; stands: it holds.
	*decided
	stands bool
	// What it is to hold beside.
	version, directory uint64
	beside             disclosure.Piece
	today              *decided // nil: it is the present one
}

// standing looks for the last decision on a piece, and whether it stands.
func (s *Services) standing(ctx context.Context, root area.Code, day int) (p standing, err error) {
	if p.beside.Held, err = s.heldOf(ctx, root, day); err != nil {
		return p, err
	}
	if day != 0 {
		if p.today, err = s.piece(ctx, root, 0); err != nil {
			return p, err
		}
		p.beside.Layout, p.beside.Today = p.today.Layout, p.today.Decision
	}
	p.version, p.directory = s.Board.VersionOf(root.Dotted()), s.Board.Directory()
	key := pieceKey{root: root, day: day}
	last := s.veils.find(key)
	p.decided, p.beside.Last = last, last.last()
	switch {
	case last == nil:
	case last.version == p.version && last.directory == p.directory && last.Holds(p.beside):
		p.stands = true
	case day != 0:
		if moved := last.Beside(p.beside); moved != nil {
			p.decided, p.stands = &decided{Decision: moved, version: p.version, directory: last.directory}, true
			s.veils.keep(key, p.decided, last)
		}
	}
	return p, nil
}

// decideNow decides a piece after the last decision on it.
func (s *Services) decideNow(ctx context.Context, k pieceKey, p standing) (d *decided, err error) {
	if k.day == 0 {
		d, err = s.decidePresent(ctx, k, p)
	} else {
		d, err = s.decidePast(ctx, k.day, p)
	}
	if err == nil {
		s.veils.keep(k, d, p.decided)
	}
	return d, err
}

func (s *Services) decidePast(ctx context.Context, day int, p standing) (*decided, error) {
	piece := p.beside
	piece.Settled = s.Past.Settled(day) // before they are read: else the day's cells may yet be others
	then, err := s.Past.Cells(ctx, past.CellQuery{Layout: piece.Layout, Days: []int{day}})
	if err != nil {
		return nil, err
	}
	piece.Cells = then[day][disclosure.AnyYear]
	return &decided{Decision: disclosure.Decide(piece), version: p.version, directory: p.today.directory}, nil
}

func (s *Services) decidePresent(ctx context.Context, k pieceKey, p standing) (*decided, error) {
	if k.root.Level() == area.Village {
		rows, err := s.presentRows(ctx, k.root)
		if err != nil {
			return nil, err
		}
		return decideRows(rows, p)
	}
	d, piece := &decided{}, p.beside
	if p.decided != nil {
		d.directory, piece.Layout = p.decided.directory, p.Layout
	}
	s.Board.Look(func(v tally.View) {
		if piece.Layout == nil || d.directory != v.Directory() {
			d.directory, piece.Layout = v.Directory(), disclosure.NewLayout(v, k.root)
		}
		piece.Cells = piece.Layout.CellsOf(v)
		if whole, ok := v.Find(k.root.Dotted()); ok {
			d.version = whole.Version
		}
	})
	d.Decision = disclosure.Decide(piece)
	return d, nil
}

// nobody sees no family.
var nobody = &access.Caller{}
