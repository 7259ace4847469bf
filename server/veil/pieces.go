package veil

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/tally"
)

// own is a village's piece as somebody sees it who sees some of its families.
type own struct {
	rows    *VillageRows
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
func (v *Veil) pieceFor(ctx context.Context, x Subject, root area.Code, day int) (*disclosure.Decision, error) {
	k := v.keeper
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		k.wantFor(ctx, Key{root: root, day: day})
		d, err := k.shown(ctx, x, root, day)
		if err != nil {
			return nil, err
		}
		restsOn(ctx, Key{root: root, day: day}, d.generation)
		return d.Decision, nil
	}
	restsOnOwn(ctx)
	o, err := v.ownOf(ctx, x, root)
	if err != nil {
		return nil, err
	}
	held, err := k.heldOf(ctx, root, day)
	if err != nil {
		return nil, err
	}
	if day == 0 {
		return o.decide(o.present, held, nil), nil
	}
	heldToday, err := k.heldOf(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	if o.past[day] == nil {
		if o.past, err = k.Past.Cells(ctx, past.CellQuery{Layout: o.layout, Days: []int{day}}); err != nil {
			return nil, err
		}
	}
	return o.decide(o.past[day], held, o.decide(o.present, heldToday, nil)), nil
}

// shown is a piece that is the same for all who see no families of it, a village's of
// the rows that are shown.
func (k *Keeper) shown(ctx context.Context, x Subject, root area.Code, day int) (*decided, error) {
	if root.Level() == area.Village && day == 0 {
		return k.pieceAt(ctx, root, x.Rows)
	}
	return k.piece(ctx, root, day)
}

// ownOf is a village's piece, once a call, of the rows that are shown.
func (v *Veil) ownOf(ctx context.Context, x Subject, root area.Code) (*own, error) {
	if o := v.villages[root]; o != nil && (x.Rows == nil || x.Rows == o.rows) {
		return o, nil
	}
	rows := x.Rows
	if rows == nil {
		var err error
		if rows, err = v.keeper.presentRows(ctx, root); err != nil {
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
func (k *Keeper) heldOf(ctx context.Context, root area.Code, day int) (Mask, error) {
	if root.Level() == area.Nation {
		return Mask{}, nil
	}
	upper, err := k.piece(ctx, disclosure.Above(root), day)
	if err != nil {
		return Mask{}, err
	}
	return upper.MaskOf(root.String()), nil
}

// piece decides a piece, or takes it from who asked before, where neither its
// figures nor what it was held against have changed.
func (k *Keeper) piece(ctx context.Context, root area.Code, day int) (*decided, error) {
	p, err := k.standing(ctx, root, day)
	if err != nil || p.stands {
		return p.decided, err
	}
	name := fmt.Sprintf("%s %d %d %d %v", root, day, p.version, p.directory, p.beside.Held)
	found, err, _ := k.once.Do(name, func() (any, error) {
		return k.decideNow(context.WithoutCancel(ctx), Key{root: root, day: day}, p)
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
func (k *Keeper) standing(ctx context.Context, root area.Code, day int) (p standing, err error) {
	if p.beside.Held, err = k.heldOf(ctx, root, day); err != nil {
		return p, err
	}
	if day != 0 {
		if p.today, err = k.piece(ctx, root, 0); err != nil {
			return p, err
		}
		p.beside.Layout, p.beside.Today = p.today.Layout, p.today.Decision
	}
	p.version, p.directory = k.Board.VersionOf(root.Dotted()), k.Board.Directory()
	key := Key{root: root, day: day}
	last := k.kept.find(key)
	p.decided, p.beside.Last = last, last.last()
	switch {
	case last == nil:
	case last.version == p.version && last.directory == p.directory && last.Holds(p.beside):
		p.stands = true
	case day != 0:
		if moved := last.Beside(p.beside); moved != nil {
			p.decided, p.stands = &decided{Decision: moved, version: p.version, directory: last.directory}, true
			k.kept.keep(key, p.decided, last)
		}
	}
	return p, nil
}

// decideNow decides a piece after the last decision on it.
func (k *Keeper) decideNow(ctx context.Context, key Key, p standing) (d *decided, err error) {
	if key.day == 0 {
		d, err = k.decidePresent(ctx, key.root, p)
	} else {
		d, err = k.decidePast(ctx, key.day, p)
	}
	if err == nil {
		k.kept.keep(key, d, p.decided)
	}
	return d, err
}

func (k *Keeper) decidePast(ctx context.Context, day int, p standing) (*decided, error) {
	piece := p.beside
	piece.Settled = k.Past.Settled(day) // before they are read: else the day's cells may yet be others
	then, err := k.Past.Cells(ctx, past.CellQuery{Layout: piece.Layout, Days: []int{day}})
	if err != nil {
		return nil, err
	}
	piece.Cells = then[day][disclosure.AnyYear]
	return &decided{Decision: disclosure.Decide(piece), version: p.version, directory: p.today.directory}, nil
}

func (k *Keeper) decidePresent(ctx context.Context, root area.Code, p standing) (*decided, error) {
	if root.Level() == area.Village {
		rows, err := k.presentRows(ctx, root)
		if err != nil {
			return nil, err
		}
		return decideRows(rows, p)
	}
	d, piece := &decided{}, p.beside
	if p.decided != nil {
		d.directory, piece.Layout = p.decided.directory, p.Layout
	}
	k.Board.Look(func(v tally.View) {
		if piece.Layout == nil || d.directory != v.Directory() {
			d.directory, piece.Layout = v.Directory(), disclosure.NewLayout(v, root)
		}
		piece.Cells = piece.Layout.CellsOf(v)
		if whole, ok := v.Find(root.Dotted()); ok {
			d.version = whole.Version
		}
	})
	d.Decision = disclosure.Decide(piece)
	return d, nil
}

// nobody sees no family.
var nobody = &access.Caller{}
