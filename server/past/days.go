package past

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// areaDays are an area's rows of days that are over, as they were added up when the
// day had ended. Only areas above the kecamatan have them.
type areaDays struct {
	// first and last are read where a day was missing; 0: there are none.
	first, last int
	rows        map[int]*store.AreaDay
	villages    int
}

// at gives the row of a day; ok is false where it has not been added up, and the row nil
// before the first change, when nothing was there.
func (d *areaDays) at(day int) (r *store.AreaDay, ok bool) {
	if r = d.rows[day]; r != nil {
		return r, true
	}
	return nil, d.first != 0 && day < d.first
}

// figuresAt are the figures of a day, of a survey year or (0) of any.
func (d *areaDays) figuresAt(day, year int) (f tally.DayFigures, ok bool) {
	r, ok := d.at(day)
	if r != nil {
		f = tally.OfAreaDay(r, year, d.villages)
	}
	return f, ok
}

// hasAreaDays tells whether a subject's days are added up.
func (x Subject) hasAreaDays() bool { return x.Puskesmas == "" && x.Area.Level() <= area.District }

// areaDays reads those of areas, by their dotted codes, on some days, ascending.
// Rows that are of other villages than the area has now are being added up anew.
func (p *Days) areaDays(ctx context.Context, snap store.Snapshot, codes []string, days []int) (map[string]*areaDays, error) {
	out, fingerprints := map[string]*areaDays{}, map[string]int64{}
	for _, code := range codes {
		out[code], fingerprints[code] = &areaDays{rows: map[int]*store.AreaDay{}, villages: p.Board.Villages(code)}, p.Board.Fingerprint(code)
	}
	q := store.AreaDayQuery{Areas: codes, From: days[0], To: days[len(days)-1]}
	err := snap.AreaDays(ctx, q, func(r *store.AreaDay) error {
		if r.Villages == fingerprints[r.Area] {
			row := *r
			out[r.Area].rows[r.Day] = &row
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		d := out[code]
		if !slices.ContainsFunc(days, func(day int) bool { return d.rows[day] == nil }) {
			continue
		}
		span, err := p.areaSpan(ctx, snap, code)
		if err != nil {
			return nil, err
		}
		d.first, d.last = span.First, span.Last
	}
	return out, nil
}

// areaSpan is from when to when an area's days have been added up; zero: none has.
func (p *Days) areaSpan(ctx context.Context, snap store.Snapshot, code string) (store.AreaDaySpan, error) {
	span, err := snap.AreaDaySpan(ctx, code)
	if errors.Is(err, store.ErrNotFound) || err == nil && span.Villages != p.Board.Fingerprint(code) {
		return store.AreaDaySpan{}, nil
	}
	return span, err
}

// figuresIn are a subject's as of the end of each of some days, ascending, which are
// remembered where they are settled.
func (p *Days) figuresIn(ctx context.Context, snap store.Snapshot, x Subject, days []int) ([]tally.DayFigures, error) {
	directory := p.Board.Directory()
	out, err := p.readFigures(ctx, snap, x, days)
	if err == nil {
		p.keepFigures(directory, x, days, out)
	}
	return out, err
}

// readFigures reads them: from days that were added up, and for the rest from the
// villages.
func (p *Days) readFigures(ctx context.Context, snap store.Snapshot, x Subject, days []int) ([]tally.DayFigures, error) {
	out := make([]tally.DayFigures, len(days))
	missing := 0 // how many of the days, from the end
	if x.hasAreaDays() {
		code := x.Area.Dotted()
		all, err := p.areaDays(ctx, snap, []string{code}, days)
		if err != nil {
			return nil, err
		}
		known := all[code]
		for i, day := range days {
			var ok bool
			if out[i], ok = known.figuresAt(day, x.Year); !ok {
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
	numbers := x.Villages(p.Board)
	if len(numbers)*missing > MaxDailyTallies {
		none, err := nothingBy(ctx, snap, numbers, days[len(days)-1])
		if err == nil && !none {
			err = ErrTooManyDays
		}
		return out, err
	}
	rest, err := seriesOf(ctx, snap, numbers, days[len(days)-missing:], x.Year)
	return append(out[:len(days)-missing], rest...), err
}

// AddedUp tells whether the settled days of an area above the kecamatan, and of those that
// it lies in, have been added up, in a few rows: before, those of all their villages would
// have to be read.
func (p *Days) AddedUp(ctx context.Context, code area.Code) (ok bool, err error) {
	last := tally.SettledDay(p.Now())
	err = p.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for at := code; ; at = disclosure.Above(at) {
			span, err := p.areaSpan(ctx, snap, at.Dotted())
			if ok = err == nil && span.Last >= last; !ok || at.Level() == area.Nation {
				return err
			}
		}
	})
	return ok, err
}
