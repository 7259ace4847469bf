package veil

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/past"
)

// Prepare decides what is needed for answers of several past days about one subject at one
// go, from the nation down: the days, ascending, whose masks are asked for next.
func (v *Veil) Prepare(ctx context.Context, x Subject, days []int) error {
	if v.caller.SeesEveryFamily() {
		return nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return err
	}
	if root.Level() == area.Village && v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES) {
		o, err := v.ownOf(ctx, x, root)
		if err != nil {
			return err
		}
		if o.past, err = v.keeper.Past.Cells(ctx, past.CellQuery{Layout: o.layout, Days: days}); err != nil {
			return err
		}
		if x.Year != 0 {
			if o.pastIn, err = v.keeper.Past.Cells(ctx, past.CellQuery{Layout: o.layout, Days: days, Years: true}); err != nil {
				return err
			}
		}
		root = disclosure.Above(root)
	}
	return v.keeper.decideDown(ctx, root, days, x.Year != 0)
}

// decideDown decides a piece's past days, from the nation down; years: its survey years,
// too.
func (k *Keeper) decideDown(ctx context.Context, root area.Code, days []int, years bool) error {
	roots := []area.Code{root}
	for root.Level() != area.Nation {
		root = disclosure.Above(root)
		roots = append(roots, root)
	}
	for _, root := range slices.Backward(roots) {
		for some := range slices.Chunk(days, daysAtOnce) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := k.decideDays(ctx, root, some, years); err != nil {
				return err
			}
			if !years {
				continue
			}
			if err := k.decideYearDays(ctx, root, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// daysAtOnce bounds the days whose cells are read together: a month, of which those of
// the largest district in three survey years fill a fourth of pastAreas.
const daysAtOnce = 31

// decideDays decides a piece on past days, whose cells are read together; years: with
// those by survey year, which are asked for next.
func (k *Keeper) decideDays(ctx context.Context, root area.Code, days []int, years bool) error {
	today, err := k.piece(ctx, root, 0)
	if err != nil {
		return err
	}
	return k.decideEach(ctx, days, undecided{
		layout: today.Layout,
		years:  years,
		stands: func(day int) (bool, error) {
			p, err := k.standing(ctx, root, day)
			return p.stands, err
		},
		decide: func(day int) error {
			_, err := k.piece(ctx, root, day)
			return err
		},
	})
}

// decideYearDays decides its survey years on past days.
func (k *Keeper) decideYearDays(ctx context.Context, root area.Code, days []int) error {
	today, err := k.yearPiece(ctx, root, 0)
	if err != nil {
		return err
	}
	return k.decideEach(ctx, days, undecided{
		layout: today.Layout,
		years:  true,
		stands: func(day int) (bool, error) {
			p, err := k.yearsStanding(ctx, root, day)
			return p.stands, err
		},
		decide: func(day int) error {
			_, err := k.yearPiece(ctx, root, day)
			return err
		},
	})
}

// undecided is a piece, or its survey years, to be decided on past days.
type undecided struct {
	layout *disclosure.Layout // its cells, today
	years  bool               // with those by survey year

	stands func(day int) (bool, error) // whether the last decision on the day still holds
	decide func(day int) error
}

// decideEach decides on the days of which no decision holds, whose cells are read together.
func (k *Keeper) decideEach(ctx context.Context, days []int, u undecided) error {
	var open []int
	for _, day := range days {
		if err := ctx.Err(); err != nil {
			return err // what is looked for may have to be decided above
		}
		stands, err := u.stands(day)
		if err != nil {
			return err
		}
		if !stands {
			open = append(open, day)
		}
	}
	if _, err := k.Past.Cells(ctx, past.CellQuery{Layout: u.layout, Days: open, Years: u.years}); err != nil {
		return err
	}
	for _, day := range open {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := u.decide(day); err != nil {
			return err
		}
	}
	return nil
}
