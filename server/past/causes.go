package past

import (
	"context"

	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
)

// Causes is what moved a subject in a span, altogether and in each survey year. It does
// not change.
type Causes struct {
	Whole store.CauseSums
	Years store.YearCauses
}

// Causes reads what moved a subject, whatever its survey year, in as much of a span as
// Change tells of; that of settled days is remembered, for all years together. Errors:
// ErrTooManyDays.
func (p *Days) Causes(ctx context.Context, x Subject, in Span) (out *Causes, err error) {
	in = p.explainable(x, in)
	x.Year = disclosure.AnyYear
	settled := p.settledIn(in)
	key := keptSpan{x, p.Board.Directory(), Span{in.After, settled}}
	known, ok := p.kept.yearCauses.Find(key)
	if ok && settled == in.UpTo {
		return known, nil
	}
	err = p.Store.Read(p.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) error {
		if !ok {
			known = &Causes{Years: store.YearCauses{}}
			if err := p.addYearCauses(ctx, snap, x, key.Span, known); err != nil {
				return err
			}
		}
		out = &Causes{Whole: known.Whole, Years: store.YearCauses{}}
		out.Years.AddCauses(known.Years)
		return p.addYearCauses(ctx, snap, x, Span{settled, in.UpTo}, out)
	})
	if err == nil && !ok {
		p.kept.yearCauses.Keep(key, known, aging.Taking{Size: keptCausesSize * (1 + len(known.Years)), Room: keptCausesBytes})
	}
	return out, err
}

// addYearCauses adds what moved a subject in a span.
func (p *Days) addYearCauses(ctx context.Context, snap store.Snapshot, x Subject, in Span, into *Causes) error {
	if in.empty() {
		return nil
	}
	return p.eachCause(ctx, snap, x, in, causeVisitor{
		day: func(d *store.AreaDay) {
			into.Whole.AddSums(d.CausesIn(0))
			into.Years.AddCauses(d.YearCauses)
		},
		movement: func(m *store.Movement) error {
			into.Whole.Add(m)
			return into.Years.Add(m)
		},
	})
}
