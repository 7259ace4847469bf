package veil

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// maskInYear is what is withheld of a subject's figures of its survey year on a past
// day (0: now).
func (v *Veil) maskInYear(ctx context.Context, x Subject, root area.Code, day int) (Mask, error) {
	key := Key{root, day, true}
	if root.Level() != area.Village || !v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		v.keeper.wantFor(ctx, key)
		d, err := v.keeper.shownYears(ctx, x, root, day)
		if err != nil {
			return Mask{}, err
		}
		restsOn(ctx, key, d.generation)
		return d.MaskOf(x.id(), x.Year), nil
	}
	restsOnOwn(ctx)
	d, err := v.ownYears(ctx, x, root, day)
	if err != nil {
		return Mask{}, err
	}
	return d.MaskOf(x.id(), x.Year), nil
}

// ownYears decides a village's survey years as somebody sees them who sees some of its
// families.
func (v *Veil) ownYears(ctx context.Context, x Subject, root area.Code, day int) (*disclosure.YearDecision, error) {
	k := v.keeper
	o, err := v.ownOf(ctx, x, root)
	if err != nil {
		return nil, err
	}
	heldToday, err := k.heldOf(ctx, root, 0)
	if err != nil {
		return nil, err
	}
	present := disclosure.YearPiece{Cells: o.present, Now: k.today().Year(), Whole: o.decide(o.present, heldToday, nil)}
	if present.Held, err = k.heldYears(ctx, root, 0); err != nil {
		return nil, err
	}
	if day == 0 {
		return disclosure.DecideYears(present), nil
	}
	then := disclosure.YearPiece{Now: present.Now, Today: disclosure.DecideYears(present)}
	if then.Whole, err = v.pieceFor(ctx, x, root, day); err != nil {
		return nil, err
	}
	if then.Held, err = k.heldYears(ctx, root, day); err != nil {
		return nil, err
	}
	if o.pastIn[day] == nil {
		if o.pastIn, err = k.Past.Cells(ctx, past.CellQuery{Layout: o.layout, Days: []int{day}, Years: true}); err != nil {
			return nil, err
		}
	}
	then.Cells = o.pastIn[day]
	return disclosure.DecideYears(then), nil
}

// heldYears is what the piece above has decided of a root, by survey year.
func (k *Keeper) heldYears(ctx context.Context, root area.Code, day int) (map[int]disclosure.Mask, error) {
	if root.Level() == area.Nation {
		return nil, nil
	}
	upper, err := k.yearPiece(ctx, disclosure.Above(root), day)
	if err != nil {
		return nil, err
	}
	return upper.MasksOf(root.String()), nil
}

// yearPiece decides a piece's survey years on a past day (0: now), or takes them from
// who asked before, where nothing that they rest on has changed.
func (k *Keeper) yearPiece(ctx context.Context, root area.Code, day int) (*decidedYears, error) {
	p, err := k.yearsStanding(ctx, root, day)
	if err != nil || p.stands {
		return p.decidedYears, err
	}
	b := &p.beside
	name := fmt.Sprintf("years %s %d %d %d %p %p %v", root, day, p.version, b.Now, b.Whole, b.Today, b.Held)
	found, err, _ := k.once.Do(name, func() (any, error) {
		return k.decideYearsNow(context.WithoutCancel(ctx), Key{root, day, true}, p)
	})
	if err != nil {
		return nil, err
	}
	d, _ := found.(*decidedYears)
	return d, nil
}

// yearsStanding is what is known of a piece's survey years without reading any cells.
type yearsStanding struct {
	// decidedYears is the last one, nil: none was made; stands: it holds.
	*decidedYears
	stands bool
	// What it is to hold beside.
	version uint64
	beside  disclosure.YearPiece
}

// yearsStanding looks for the last decision on a piece's survey years, and whether it
// stands.
func (k *Keeper) yearsStanding(ctx context.Context, root area.Code, day int) (p yearsStanding, err error) {
	if p.beside, err = k.besideYears(ctx, root, day); err != nil {
		return p, err
	}
	p.version, p.beside.Now = k.Board.VersionOf(root.Dotted()), k.today().Year()
	key := Key{root, day, true}
	last, ok := k.kept.years.Find(key)
	if !ok {
		return p, nil
	}
	p.decidedYears, p.beside.Last = last, last.YearDecision
	switch {
	case last.Holds(p.beside) && (last.Settled() || last.version == p.version):
		p.stands = true
	case day != 0:
		if moved := last.Beside(p.beside); moved != nil {
			p.decidedYears, p.stands = &decidedYears{YearDecision: moved, version: p.version}, true
			k.kept.keepYears(key, p.decidedYears)
		}
	}
	return p, nil
}

// besideYears is what a piece's survey years are held against.
func (k *Keeper) besideYears(ctx context.Context, root area.Code, day int) (p disclosure.YearPiece, err error) {
	if p.Held, err = k.heldYears(ctx, root, day); err != nil {
		return p, err
	}
	if day != 0 {
		today, err := k.yearPiece(ctx, root, 0)
		if err != nil {
			return p, err
		}
		p.Today = today.YearDecision
	}
	whole, err := k.piece(ctx, root, day)
	if err != nil {
		return p, err
	}
	p.Whole = whole.Decision
	if p.Today != nil && p.Today.Layout != p.Whole.Layout {
		return p, fmt.Errorf("decide survey years: %w", store.ErrUnavailable) // areas have changed meanwhile
	}
	return p, nil
}

// decideYearsNow decides them beside what is given.
func (k *Keeper) decideYearsNow(ctx context.Context, key Key, p yearsStanding) (*decidedYears, error) {
	piece := p.beside
	if key.day == 0 {
		years, err := k.yearCells(ctx, piece.Whole.Layout)
		if err != nil {
			return nil, err
		}
		piece.Cells = years
	} else {
		piece.Settled = k.Past.Settled(key.day) // before they are read: else the day's cells may yet be others
		then, err := k.Past.Cells(ctx, past.CellQuery{Layout: piece.Whole.Layout, Days: []int{key.day}, Years: true})
		if err != nil {
			return nil, err
		}
		piece.Cells = then[key.day]
	}
	d := &decidedYears{YearDecision: disclosure.DecideYears(piece), version: p.version}
	k.kept.keepYears(key, d)
	return d, nil
}

// yearCells are a layout's cells by survey year.
func (k *Keeper) yearCells(ctx context.Context, l *disclosure.Layout) (out disclosure.YearCells, err error) {
	if l.Root().Level() == area.Village {
		rows, err := k.presentRows(ctx, l.Root())
		if err != nil {
			return nil, err
		}
		now, cells, err := rows.pieceOf(nobody)
		if err != nil {
			return nil, err
		}
		return l.Placed(now, cells), nil
	}
	k.Board.Look(func(v tally.View) { out = l.YearsOf(v) })
	return out, nil
}
