package api

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// areaDays are an area's figures on days that are over, as they were added up when
// the day had ended. Only areas above the kecamatan have them.
type areaDays struct {
	first, last int // 0: there are none
	figures     map[int]tally.Figures
}

// at gives the figures of a day; ok is false where they have not been added up.
func (d *areaDays) at(day int) (f tally.Figures, ok bool) {
	if f, ok = d.figures[day]; ok {
		return f, true
	}
	return f, d.first != 0 && day < d.first // before the first change nothing was there
}

// hasAreaDays tells whether a subject's days are added up.
func hasAreaDays(x *subject) bool { return x.puskesmas == nil && x.code.Level() <= area.District }

// areaDays reads those of an area, by its dotted code, in a period.
func (s *Services) areaDays(ctx context.Context, snap store.Snapshot, code string, from, to int) (*areaDays, error) {
	d := &areaDays{figures: map[int]tally.Figures{}}
	span, err := snap.AreaDaySpan(ctx, code)
	if errors.Is(err, store.ErrNotFound) || err == nil && span.Villages != s.Board.Fingerprint(code) {
		return d, nil // they are being added up
	}
	if err != nil {
		return nil, err
	}
	d.first, d.last = span.First, span.Last
	err = snap.AreaDays(ctx, store.AreaDayQuery{Areas: []string{code}, From: from, To: to}, func(r *store.AreaDay) error {
		d.figures[r.Day] = tally.Figures{Provisional: r.Provisional, Verified: r.Verified, Collection: r.Collection}
		return nil
	})
	return d, err
}

// pastFigures are a subject's as of the end of each of some days that are over,
// ascending.
func (s *Services) pastFigures(ctx context.Context, snap store.Snapshot, x *subject, days []int) ([]tally.Figures, error) {
	out := make([]tally.Figures, len(days))
	missing := 0 // how many of the days, from the end
	if hasAreaDays(x) {
		known, err := s.areaDays(ctx, snap, x.code.Dotted(), days[0], days[len(days)-1])
		if err != nil {
			return nil, err
		}
		for i, day := range days {
			var ok bool
			if out[i], ok = known.at(day); !ok {
				missing = len(days) - i
				break
			}
		}
	} else {
		missing = len(days)
	}
	if missing == 0 {
		return out, nil
	}
	numbers := s.numbersOf(x)
	if len(numbers)*missing > maxDailyTallies {
		return nil, errTooManyDays
	}
	rest, err := seriesOf(ctx, snap, numbers, days[len(days)-missing:])
	return append(out[:len(days)-missing], rest...), err
}

// errTooManyDays: the days of so many villages have not been added up yet.
var errTooManyDays = &errBadRequest{"from", "so many days of so many villages can't be answered at once; ask for a smaller area or fewer days"}
