package api

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// areaDays are an area's figures on days that are over, as they were added up when
// the day had ended. Only areas above the kecamatan have them.
type areaDays struct {
	// first and last are read where a day was missing; 0: there are none.
	first, last int
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

// areaDays reads those of areas, by their dotted codes, on some days, ascending.
// Rows that are of other villages than the area has now are being added up anew.
func (s *Services) areaDays(ctx context.Context, snap store.Snapshot, codes []string, days []int) (map[string]*areaDays, error) {
	out, fingerprints := map[string]*areaDays{}, map[string]int64{}
	for _, code := range codes {
		out[code], fingerprints[code] = &areaDays{figures: map[int]tally.Figures{}}, s.Board.Fingerprint(code)
	}
	q := store.AreaDayQuery{Areas: codes, From: days[0], To: days[len(days)-1]}
	err := snap.AreaDays(ctx, q, func(r *store.AreaDay) error {
		if r.Villages == fingerprints[r.Area] {
			out[r.Area].figures[r.Day] = tally.Figures{Provisional: r.Provisional, Verified: r.Verified, Collection: r.Collection}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		d := out[code]
		if !slices.ContainsFunc(days, func(day int) bool { _, ok := d.figures[day]; return !ok }) {
			continue
		}
		span, err := s.areaSpan(ctx, snap, code)
		if err != nil {
			return nil, err
		}
		d.first, d.last = span.First, span.Last
	}
	return out, nil
}

// areaSpan is from when to when an area's days have been added up; zero: none has.
func (s *Services) areaSpan(ctx context.Context, snap store.Snapshot, code string) (store.AreaDaySpan, error) {
	span, err := snap.AreaDaySpan(ctx, code)
	if errors.Is(err, store.ErrNotFound) || err == nil && span.Villages != s.Board.Fingerprint(code) {
		return store.AreaDaySpan{}, nil
	}
	return span, err
}

// pastFigures are a subject's as of the end of each of some days, ascending, which are
// remembered where they are settled.
func (s *Services) pastFigures(ctx context.Context, snap store.Snapshot, x *subject, days []int) ([]tally.Figures, error) {
	directory := s.Board.Directory()
	out, err := s.readFigures(ctx, snap, x, days)
	if err == nil {
		s.keepFigures(directory, x, days, out)
	}
	return out, err
}

// readFigures reads them: from days that were added up, and for the rest from the
// villages.
func (s *Services) readFigures(ctx context.Context, snap store.Snapshot, x *subject, days []int) ([]tally.Figures, error) {
	out := make([]tally.Figures, len(days))
	missing := 0 // how many of the days, from the end
	if hasAreaDays(x) {
		code := x.code.Dotted()
		all, err := s.areaDays(ctx, snap, []string{code}, days)
		if err != nil {
			return nil, err
		}
		known := all[code]
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
var errTooManyDays = &errBadRequest{"from", "so many days of so many villages can't be answered at once; ask for a smaller area or fewer days", "Terlalu banyak hari untuk wilayah sebesar ini; pilih wilayah yang lebih kecil atau rentang yang lebih pendek."}
