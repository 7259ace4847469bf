package past

import (
	"context"

	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// maxOpenVillages bounds the villages whose movements are read of a day that is not
// over; of areas with more, days that are over are explained.
const maxOpenVillages = 2000

// Change is a subject's figures at the ends of two days, with what lies between.
type Change struct {
	// Span is as much of the one asked for as is told of: of areas of very many villages
	// up to the last settled day.
	Span          Span
	Before, After tally.DayFigures
	// Causes are those of the subject's survey year.
	Causes store.CauseSums
}

// Change reads a change in one snapshot, so that causes and figures agree. Of a survey
// year they need not add up: what moved before survey years were kept has no cause.
// Errors: ErrTooManyDays. It costs a row for each day, or each movement of the villages;
// of settled days once, and of the others what came since it was asked before.
func (p *Days) Change(ctx context.Context, x Subject, in Span) (*Change, error) {
	in = p.explainable(x, in)
	days := []int{in.After, in.UpTo}
	settled := p.settledIn(in)
	if figures, ok := p.keptFiguresOn(x, days); ok {
		if causes, ok := p.kept.causes.Find(keptSpan{x, p.Board.Directory(), in}); ok {
			return &Change{in, figures[0], figures[1], *causes}, nil
		}
	}
	out := &Change{}
	err := p.Store.Read(p.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) error {
		figures, err := p.figuresIn(ctx, snap, x, []int{in.After, settled, in.UpTo})
		if err != nil {
			return err
		}
		*out = Change{Span: in, Before: figures[0], After: figures[2]}
		if err := p.settledCauses(ctx, snap, x, Span{in.After, settled}, &out.Causes); err != nil {
			return err
		}
		open := figures[2].Figures
		open.Sub(&figures[1].Figures)
		return p.openCauses(ctx, snap, x, openDays{Span{settled, in.UpTo}, &open}, &out.Causes)
	})
	return out, err
}

// explainable is as much of a span as a subject's changes are told of.
func (p *Days) explainable(x Subject, in Span) Span {
	if x.Puskesmas == "" && p.Board.Villages(x.Area.Dotted()) > maxOpenVillages && in.UpTo >= tally.Today(p.Now()).Number() {
		in.UpTo = tally.SettledDay(p.Now())
		in.After = min(in.After, in.UpTo)
	}
	return in
}

// settledIn is the last settled day of a span, its beginning where none is.
func (p *Days) settledIn(in Span) int {
	return min(max(in.After, tally.SettledDay(p.Now())), in.UpTo)
}

// settledCauses adds up what moved a subject on days that are settled, and remembers it.
func (p *Days) settledCauses(ctx context.Context, snap store.Snapshot, x Subject, in Span, into *store.CauseSums) error {
	if in.empty() {
		return nil
	}
	key := keptSpan{x, p.Board.Directory(), in}
	sums, ok := p.kept.causes.Find(key)
	if !ok {
		sums = &store.CauseSums{}
		if err := p.addCauses(ctx, snap, x, in, sums); err != nil {
			return err
		}
		p.kept.causes.Keep(key, sums, aging.Taking{Size: keptCausesSize, Room: keptCausesBytes})
	}
	into.AddSums(sums)
	return nil
}

// addCauses adds a span's causes, of the subject's survey year.
func (p *Days) addCauses(ctx context.Context, snap store.Snapshot, x Subject, in Span, into *store.CauseSums) error {
	return p.eachCause(ctx, snap, x, in, causeVisitor{
		day:      func(d *store.AreaDay) { into.AddSums(d.CausesIn(x.Year)) },
		movement: func(m *store.Movement) error { return into.AddIn(x.Year, m) },
	})
}

// causeVisitor takes what moved a subject: days that were added up, and movements.
type causeVisitor struct {
	day      func(*store.AreaDay)
	movement func(*store.Movement) error
}

// eachCause visits what moved a subject in a span: days that were added up, and of the
// rest the movements.
func (p *Days) eachCause(ctx context.Context, snap store.Snapshot, x Subject, in Span, visit causeVisitor) error {
	if x.hasAreaDays() {
		code := x.Area.Dotted()
		span, err := p.areaSpan(ctx, snap, code)
		if err != nil {
			return err
		}
		if span.Last > in.After {
			last := min(span.Last, in.UpTo)
			q := store.AreaDayQuery{Areas: []string{code}, From: in.After + 1, To: last, Causes: true}
			if err := snap.AreaDays(ctx, q, func(d *store.AreaDay) error { visit.day(d); return nil }); err != nil {
				return err
			}
			in.After = last
		}
	}
	return p.eachMovement(ctx, snap, x, in, visit.movement)
}

// eachMovement visits the movements of a subject's villages in a span.
func (p *Days) eachMovement(ctx context.Context, snap store.Snapshot, x Subject, in Span, visit func(*store.Movement) error) error {
	if in.empty() {
		return nil
	}
	numbers := x.Villages(p.Board)
	if len(numbers) > maxOpenVillages {
		return ErrTooManyDays
	}
	return snap.MovementsBetween(ctx, numbers, in.After, in.UpTo, func(m store.Movement) error { return visit(&m) })
}
