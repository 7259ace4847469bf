package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/tally"
)

// dayNow is the day of figures under way.
func (s *Services) dayNow() prokesga.Date { return tally.Today(s.Now()) }

// parseDay reads a day of a request; "" is none.
func parseDay(field, text string) (day prokesga.Date, given bool, err error) {
	if text == "" {
		return day, false, nil
	}
	if day, err = prokesga.ParseDate(text); err != nil {
		return day, false, &errBadRequest{field, "is no date (YYYY-MM-DD)", "Tanggal ini tidak benar."}
	}
	return day, true, nil
}

// askedDay reads the day of which figures are asked; over is false for today and for
// none. Errors: of what is no day, and of one that has not come.
func (s *Services) askedDay(text string) (day prokesga.Date, over bool, err error) {
	day, given, err := parseDay("day", text)
	if err != nil || !given {
		return day, false, err
	}
	if day.After(s.dayNow()) {
		return day, false, &errBadRequest{"day", "lies ahead", "Tanggal ini belum tiba."}
	}
	return day, s.dayNow().After(day), nil
}

// sumAt is a subject's figures as of the end of a past day; of today the present
// ones. Errors: those of askedDay, errYearsUncounted, errYearsNotKept.
func (s *Services) sumAt(ctx context.Context, x *subject, dayText string) (figured, error) {
	day, over, err := s.askedDay(dayText)
	if err != nil {
		return figured{}, err
	}
	if !over {
		f, err := s.presentOf(ctx, x)
		if err == nil && !s.told(&f) {
			err = errYearsUncounted
		}
		f.day = dayText
		return f, err
	}
	list, err := s.series(ctx, x, []prokesga.Date{day})
	switch {
	case err != nil:
		return figured{}, err
	case len(list) == 0:
		return figured{}, errYearsNotKept
	}
	return list[0], nil
}

// errBelowVillage: no figures of past days are kept of RW and RT.
var errBelowVillage = &errBadRequest{"day", "past days are kept for villages and above", "Angka hari lalu disimpan sampai tingkat desa atau kelurahan."}

// series is a subject's figures as of the end of each of some days, ascending; those of
// a survey year without the days of which they may not be told, or of which those of
// villages are missing that are not now: what is left can be compared.
func (s *Services) series(ctx context.Context, x *subject, days []prokesga.Date) ([]figured, error) {
	if x.code.Level() > area.Village {
		return nil, errBelowVillage
	}
	present, err := s.presentOf(ctx, x)
	if err != nil {
		return nil, err
	}
	var over []int
	for _, d := range days {
		if d.Compare(s.dayNow()) < 0 {
			over = append(over, d.Number())
		}
	}
	ended, err := s.Past.Series(ctx, x.plain(), over)
	if err != nil {
		return nil, err
	}
	out := make([]figured, 0, len(days))
	for i, d := range days {
		f := present
		f.day = d.String()
		if i < len(ended) {
			f.sum.Figures, f.uncounted, f.sum.AsOf = ended[i].Figures, ended[i].Uncounted, tally.EndOf(d)
		}
		if (i >= len(ended) || ended[i].Comparable) && s.told(&f) {
			out = append(out, f)
		}
	}
	return out, nil
}

// partsAt are the areas right below a subject as of the end of a past day, of
// those that the caller may see, and of which figures of its survey year may be told.
func (s *Services) partsAt(ctx context.Context, caller *access.Caller, x *subject, dayText string) ([]figured, error) {
	parts, err := s.partsOf(ctx, caller, x)
	if err != nil {
		return nil, err
	}
	day, over, err := s.askedDay(dayText)
	if err != nil {
		return nil, err
	}
	if !over {
		err := s.fillYear(ctx, parts, x.year)
		for i := range parts {
			parts[i].day = dayText
		}
		return s.toldOf(parts), err
	}
	if x.puskesmas == nil && x.code.Level() >= area.Village {
		return nil, errBelowVillage
	}
	err = s.fillPast(ctx, parts, day, x.year)
	return s.toldOf(parts), err
}

// fillPast puts a past day's figures, of a survey year or (0) of any, in place of the
// present ones.
func (s *Services) fillPast(ctx context.Context, parts []figured, day prokesga.Date, year int) error {
	list := make([]past.Subject, len(parts))
	for i := range parts {
		parts[i].year = year
		list[i] = parts[i].plain()
	}
	figures, err := s.Past.On(ctx, list, day.Number())
	for i := range figures {
		f := &parts[i]
		f.sum.Figures, f.sum.AsOf, f.day, f.uncounted = figures[i].Figures, tally.EndOf(day), day.String(), figures[i].Uncounted
	}
	return err
}
