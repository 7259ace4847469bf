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

// veiledAreas is how many areas' decisions are kept, at some 10 bytes each and 220
// more for the present: all of the nation's 93,000 areas, and months of what is
// asked for.
const veiledAreas = 1_500_000

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
		c.mu.Lock()
		c.generation++
		d.generation = c.generation
		c.mu.Unlock()
	}
	c.pieces.keep(k, d, taking{len(d.ids), veiledAreas})
}

// own is a village's piece as somebody sees it who sees some of its families.
type own struct {
	layout  *layout
	present []cells
	years   yearCells
	past    map[int]yearCells
	pastIn  map[int]yearCells // by survey year
}

// pieceFor is a piece as the caller is to see it. A village's depends on the caller,
// for a surveyor sees some of its families.
func (v *veil) pieceFor(ctx context.Context, root area.Code, day int) (*decision, error) {
	s := v.services
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		d, err := s.piece(ctx, root, day)
		if err == nil {
			restsOn(ctx, pieceKey{root: root, day: day}, d.generation, false)
		}
		return d, err
	}
	restsOn(ctx, pieceKey{root: root, day: day}, 0, true)
	o, err := v.ownOf(ctx, root)
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

// ownOf reads a village's piece once a call.
func (v *veil) ownOf(ctx context.Context, root area.Code) (*own, error) {
	if o := v.villages[root]; o != nil {
		return o, nil
	}
	l, piece, err := v.services.villagePiece(ctx, v.caller, root)
	if err != nil {
		return nil, err
	}
	if v.villages == nil {
		v.villages = map[area.Code]*own{}
	}
	o := &own{layout: l, present: piece.present, years: piece.years}
	v.villages[root] = o
	return o, nil
}

// prepare reads what is needed of a subject's past days at one go.
func (v *veil) prepare(ctx context.Context, x *subject, days []int) error {
	if v.caller.SeesEveryFamily() || len(days) == 0 {
		return nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return err
	}
	if root.Level() == area.Village && v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		o, err := v.ownOf(ctx, root)
		if err != nil {
			return err
		}
		if o.past, err = v.services.cellsOn(ctx, o.layout, days, false); err != nil {
			return err
		}
		if x.year != 0 {
			if o.pastIn, err = v.services.cellsOn(ctx, o.layout, days, true); err != nil {
				return err
			}
		}
		root = aboveOf(root)
	}
	for {
		today, err := v.services.piece(ctx, root, 0)
		if err != nil {
			return err
		}
		if _, err := v.services.cellsOn(ctx, today.layout, days, false); err != nil {
			return err
		}
		if x.year != 0 {
			if _, err := v.services.cellsOn(ctx, today.layout, days, true); err != nil {
				return err
			}
		}
		if root.Level() == area.Nation {
			return nil
		}
		root = aboveOf(root)
	}
}

// prepareAll does so for answers of several days about one subject.
func (v *veil) prepareAll(ctx context.Context, list []figured) error {
	var days []int
	for i := range list {
		day, err := v.services.pastDay(list[i].day)
		if err != nil {
			return err
		}
		if day != 0 && (len(days) == 0 || day > days[len(days)-1]) {
			days = append(days, day)
		}
	}
	if len(days) < 2 {
		return nil
	}
	return v.prepare(ctx, &list[0].subject, days)
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
	held, err := s.heldOf(ctx, root, day)
	if err != nil {
		return nil, err
	}
	var today *decision
	if day != 0 {
		if today, err = s.piece(ctx, root, 0); err != nil {
			return nil, err
		}
	}
	version, directory := s.Board.VersionOf(root.Dotted()), s.Board.Directory()
	key := pieceKey{root: root, day: day}
	if last := s.veils.find(key); last != nil && last.version == version && last.directory == directory && last.held == held && last.today == today {
		return last, nil
	} else if last != nil && day != 0 && last.stays && last.loud|today.loud == 0 && last.layout == today.layout && held == (mask{}) {
		return last, nil // whatever moves today, nothing is withheld on either day
	}
	name := fmt.Sprintf("%s %d %d %d %v", root, day, version, directory, held)
	found, err, _ := s.veils.once.Do(name, func() (any, error) {
		last := s.veils.find(key)
		d, err := s.decideNow(context.WithoutCancel(ctx), key, held, today, last)
		if err != nil {
			return nil, err
		}
		s.veils.keep(key, d, last)
		return d, nil
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*decision)
	return d, nil
}

// decideNow decides it after the last decision on the piece (nil: there is none).
func (s *Services) decideNow(ctx context.Context, k pieceKey, held mask, today, last *decision) (d *decision, err error) {
	if k.day != 0 {
		stays := s.settled(k.day) // else the day's cells may yet be others
		then, err := s.cellsOn(ctx, today.layout, []int{k.day}, false)
		if err != nil {
			return nil, err
		}
		d = decide(today.layout, then[k.day][anyYear], held, today, last)
		d.stays = stays
		d.version = today.version
		return d, nil
	}
	if k.root.Level() == area.Village {
		version, directory := s.Board.VersionOf(k.root.Dotted()), s.Board.Directory()
		l, piece, err := s.villagePiece(ctx, nobody, k.root)
		if err != nil {
			return nil, err
		}
		l.directory = directory
		d = decide(l, piece.present, held, nil, nil)
		d.version = version
		return d, nil
	}
	var l *layout
	if last != nil {
		l = last.layout
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
	d = decide(l, present, held, nil, last)
	d.version = version
	return d, nil
}

// nobody sees no family.
var nobody = &access.Caller{}
