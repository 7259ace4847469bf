package api

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/aging"
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

// keptPast remembers settled days, so that a trend of which but the last point moves
// asks the store for nothing. The zero value is empty.
type keptPast struct {
	figures aging.Map[keptDay, *tally.DayFigures]
	causes  aging.Map[keptPeriod, *store.CauseSums]
	open    aging.Map[keptDay, *keptOpen]
	// yearCauses are of all years.
	yearCauses aging.Map[keptPeriod, *yearsOfCauses]
}

type keptDay struct {
	id        string
	year      int // survey year; 0: any
	directory uint64
	day       int
}

// keptPeriod is the days after one up to another.
type keptPeriod struct {
	id          string
	year        int // survey year; 0: any
	directory   uint64
	after, upTo int
}

// figuresOn are a subject's as of the end of days that are over, ascending, from
// memory or the store.
func (s *Services) figuresOn(ctx context.Context, x *subject, days []int) (out []tally.DayFigures, err error) {
	if out, ok := s.keptFiguresOn(x, days); ok {
		return out, nil
	}
	err = s.Store.Read(s.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) (err error) {
		out, err = s.pastFigures(ctx, snap, x, days)
		return err
	})
	return out, err
}

// wholeOf lets a Puskesmas's past be read as a whole, as its present is, also where it
// serves a village of another district than the caller's: what is remembered must be
// the same for all who may see the subject.
func (s *Services) wholeOf(ctx context.Context, x *subject) context.Context {
	scope, operator := store.ScopeOf(ctx)
	if x.puskesmas == nil || operator {
		return ctx
	}
	scope.Figures = append(slices.Clone(scope.Figures), s.numbersOf(x)...)
	return store.WithScope(ctx, scope)
}

// keptFiguresOn gives them where all are remembered.
func (s *Services) keptFiguresOn(x *subject, days []int) (out []tally.DayFigures, ok bool) {
	out = make([]tally.DayFigures, len(days))
	key := keptDay{x.id(), x.year, s.Board.Directory(), 0}
	for i, day := range days {
		key.day = day
		found, ok := s.past.figures.Find(key)
		if !ok {
			return nil, false
		}
		out[i] = *found
	}
	return out, true
}

// keepFigures remembers those of days that are settled.
func (s *Services) keepFigures(directory uint64, x *subject, days []int, figures []tally.DayFigures) {
	for i, day := range days {
		if s.settled(day) {
			f := figures[i]
			s.past.figures.Keep(keptDay{x.id(), x.year, directory, day}, &f, aging.Taking{Size: keptFiguresSize, Room: keptFiguresBytes})
		}
	}
}
