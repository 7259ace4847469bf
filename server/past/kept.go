package past

import (
	"context"

	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Rooms for what days that are over added up to, which stays as it is as long as the
// directory does: 30 days of 1,400 areas, and the causes of some 1,300 periods.
const (
	keptFiguresBytes = 64 << 20
	keptFiguresSize  = 1600 // bytes, of one area on one day
	keptCausesBytes  = 16 << 20
	keptCausesSize   = 12600 // bytes, of one area and period
	keptOpenBytes    = 16 << 20
	keptOpenVillage  = 48 // bytes, of each village of a keptOpen
)

// kept remembers settled days, so that a trend of which but the last point moves
// asks the store for nothing. The zero value is empty.
type kept struct {
	figures aging.Map[keptDay, *tally.DayFigures]
	causes  aging.Map[keptSpan, *store.CauseSums]
	open    aging.Map[keptDay, *keptOpen]
	cells   aging.Map[keptCells, disclosure.YearCells]
	// yearCauses are of all years.
	yearCauses aging.Map[keptSpan, *Causes]
}

type keptDay struct {
	Subject
	directory uint64
	day       int
}

type keptSpan struct {
	Subject
	directory uint64
	Span
}

// figuresOn are a subject's as of the end of days that are over, ascending, from
// memory or the store.
func (p *Days) figuresOn(ctx context.Context, x Subject, days []int) (out []tally.DayFigures, err error) {
	if out, ok := p.keptFiguresOn(x, days); ok {
		return out, nil
	}
	err = p.Store.Read(p.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) (err error) {
		out, err = p.figuresIn(ctx, snap, x, days)
		return err
	})
	return out, err
}

// keptFiguresOn gives them where all are remembered.
func (p *Days) keptFiguresOn(x Subject, days []int) (out []tally.DayFigures, ok bool) {
	out = make([]tally.DayFigures, len(days))
	key := keptDay{x, p.Board.Directory(), 0}
	for i, day := range days {
		key.day = day
		found, ok := p.kept.figures.Find(key)
		if !ok {
			return nil, false
		}
		out[i] = *found
	}
	return out, true
}

// keepFigures remembers those of days that are settled.
func (p *Days) keepFigures(directory uint64, x Subject, days []int, figures []tally.DayFigures) {
	for i, day := range days {
		if p.Settled(day) {
			f := figures[i]
			p.kept.figures.Keep(keptDay{x, directory, day}, &f, aging.Taking{Size: keptFiguresSize, Room: keptFiguresBytes})
		}
	}
}
