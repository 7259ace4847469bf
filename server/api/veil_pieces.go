package api

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Rooms in bytes: the present decisions on all of the nation's 93,000 areas take 20 MB,
// three survey years of them 60, and what is withheld of a settled day 1 MB for each.
const (
	veiledBytes      = 48 << 20
	veiledYearsBytes = 96 << 20
	decisionBytes    = 512
	maskBytes        = 8
	cellsBytes       = 208
)

// veils keeps decisions that hold for every caller, until their figures change.
type veils struct {
	once   singleflight.Group // who asks while a piece is decided waits for it
	pieces aging[pieceKey, *decision]
	past   aging[pastKey, yearCells]
	years  aging[pieceKey, *yearDecision]

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

// find is the last decision on a piece, whether it holds or not.
func (c *veils) find(k pieceKey) *decision {
	d, _ := c.pieces.find(k)
	return d
}

// keep keeps a decision, whose generation is that of the last one where they are
// alike.
func (c *veils) keep(k pieceKey, d, last *decision) {
	if last != nil && last.directory == d.directory && slices.Equal(last.ids, d.ids) && slices.Equal(last.masks, d.masks) {
		d.generation = last.generation
	} else {
		d.generation = c.next()
	}
	c.pieces.keep(k, d, taking{decisionBytes + len(d.masks)*maskBytes + len(d.cells)*cellsBytes + d.history.bytes(), veiledBytes})
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
	layout  *layout
	present []cells
	years   yearCells
	past    map[int]yearCells
	pastIn  map[int]yearCells // by survey year
}

// pieceFor is a piece as the caller is to see it. A village's depends on the caller,
// for a surveyor sees some of its families.
func (v *veil) pieceFor(ctx context.Context, x *subject, root area.Code, day int) (*decision, error) {
	s := v.services
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		s.wantFor(ctx, pieceKey{root: root, day: day})
		d, err := s.shown(ctx, x, root, day)
		if err == nil {
			restsOn(ctx, pieceKey{root: root, day: day}, d.generation, false)
		}
		return d, err
	}
	restsOn(ctx, pieceKey{root: root, day: day}, 0, true)
	o, err := v.ownOf(ctx, x, root)
	if err != nil {
		return nil, err
	}
	held, err := s.heldOf(ctx, root, day)
	if err != nil || day == 0 {
		return decide(o.layout, o.present, held, nil, nil), err
	}
	heldToday, err := s.heldOf(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	if o.past[day] == nil {
		if o.past, err = s.cellsOn(ctx, o.layout, []int{day}, false); err != nil {
			return nil, err
		}
	}
	return decide(o.layout, o.past[day][anyYear], held, decide(o.layout, o.present, heldToday, nil, nil), nil), nil
}

// shown is a piece that is the same for all who see no families of it, a village's of
// the rows that are shown.
func (s *Services) shown(ctx context.Context, x *subject, root area.Code, day int) (*decision, error) {
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
	l, piece, err := rows.pieceOf(v.caller)
	if err != nil {
		return nil, err
	}
	if v.villages == nil {
		v.villages = map[area.Code]*own{}
	}
	o := &own{rows: rows, layout: l, present: piece.present, years: piece.years}
	v.villages[root] = o
	return o, nil
}

// aboveOf is the root of the piece that decides a root's cells.
func aboveOf(root area.Code) area.Code {
	above := root.Parent()
	if root.Level() == area.Village {
		above = above.Parent()
	}
	return above
}

// heldOf is what the piece above has decided of a root.
func (s *Services) heldOf(ctx context.Context, root area.Code, day int) (mask, error) {
	if root.Level() == area.Nation {
		return mask{}, nil
	}
	upper, err := s.piece(ctx, aboveOf(root), day)
	if err != nil {
		return mask{}, err
	}
	return upper.maskOf(root.String()), nil
}

// piece decides a piece, or takes it from who asked before, where neither its
// figures nor what it was held against have changed.
func (s *Services) piece(ctx context.Context, root area.Code, day int) (*decision, error) {
	p, err := s.standing(ctx, root, day)
	if err != nil || p.stands {
		return p.decision, err
	}
	name := fmt.Sprintf("%s %d %d %d %v", root, day, p.version, p.directory, p.held)
	found, err, _ := s.veils.once.Do(name, func() (any, error) {
		return s.decideNow(context.WithoutCancel(ctx), pieceKey{root: root, day: day}, p)
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*decision)
	return d, nil
}

// standing is what is known of a piece without reading any cells.
type standing struct {
	// decision is the last one, nil: none was made; stands: it holds.
	*decision
	stands bool
	// What it is to hold beside.
	version, directory uint64
	held               mask
	today              *decision
}

// standing looks for the last decision on a piece, and whether it stands.
func (s *Services) standing(ctx context.Context, root area.Code, day int) (p standing, err error) {
	if p.held, err = s.heldOf(ctx, root, day); err != nil {
		return p, err
	}
	if day != 0 {
		if p.today, err = s.piece(ctx, root, 0); err != nil {
			return p, err
		}
	}
	p.version, p.directory = s.Board.VersionOf(root.Dotted()), s.Board.Directory()
	key := pieceKey{root: root, day: day}
	last := s.veils.find(key)
	p.decision = last
	switch {
	case last == nil:
	case last.version == p.version && last.directory == p.directory && last.held == p.held && (day == 0 || last.layout == p.today.layout && last.against == p.today.prints):
		p.stands = true
	case day != 0:
		if moved := last.beside(p.held, p.today); moved != nil {
			moved.version = p.version
			s.veils.keep(key, moved, last)
			p.decision, p.stands = moved, true
		}
	}
	return p, nil
}

// beside is a decision on a settled day as it holds beside other present figures, where
// of the indicators that moved in them nothing is to be withheld; nil: it must be
// decided, for which its cells are needed.
func (d *decision) beside(held mask, today *decision) *decision {
	if !d.stays || d.layout != today.layout {
		return nil
	}
	moved := held.unlike(&d.held) | today.prints.since(&d.against)
	if moved&(d.loud|today.loud|held.any()) != 0 {
		return nil
	}
	out := *d
	out.held, out.against = held, today.prints
	return &out
}

// decideNow decides a piece after the last decision on it.
func (s *Services) decideNow(ctx context.Context, k pieceKey, p standing) (d *decision, err error) {
	if k.day == 0 {
		d, err = s.decidePresent(ctx, k, p)
	} else {
		stays := s.settled(k.day) // else the day's cells may yet be others
		var then map[int]yearCells
		if then, err = s.cellsOn(ctx, p.today.layout, []int{k.day}, false); err == nil {
			last := p.decision
			if last != nil && last.stays {
				last = last.withCells(then[k.day][anyYear])
			}
			d = decide(p.today.layout, then[k.day][anyYear], p.held, p.today, last)
			d.version = p.version
		}
		if err == nil && stays {
			d.stays, d.cells = true, nil // they are read again where they are needed
		}
	}
	if err == nil {
		s.veils.keep(k, d, p.decision)
	}
	return d, err
}

// withCells is a decision on a settled day with its cells.
func (d *decision) withCells(c []cells) *decision {
	out := *d
	out.cells = c
	return &out
}

func (s *Services) decidePresent(ctx context.Context, k pieceKey, p standing) (d *decision, err error) {
	if k.root.Level() == area.Village {
		rows, err := s.presentRows(ctx, k.root)
		if err != nil {
			return nil, err
		}
		return decideRows(rows, p)
	}
	var l *layout
	if p.decision != nil {
		l = p.layout
	}
	var present []cells
	var version uint64
	s.Board.Look(func(v tally.View) {
		if l == nil || l.directory != v.Directory() {
			l = layoutOf(v, k.root)
		}
		present = l.cellsOf(v)
		if whole, ok := v.Find(k.root.Dotted()); ok {
			version = whole.Version
		}
	})
	d = decide(l, present, p.held, nil, p.decision)
	d.version = version
	return d, nil
}

// nobody sees no family.
var nobody = &access.Caller{}
