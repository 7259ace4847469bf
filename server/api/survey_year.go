package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// errYearsUncounted: some villages are from before survey years were kept.
var errYearsUncounted = errors.New("survey years are still being counted")

// moment says which figures are asked for: those of the end of a past day, or those
// by the rounds of one survey year; zero: the present ones.
type moment struct {
	day  string
	year int
}

// momentOf reads a request's.
func (s *Services) momentOf(r interface {
	GetDay() string
	GetSurveyYear() uint32
}) (moment, error) {
	m := moment{r.GetDay(), int(r.GetSurveyYear())}
	if m.year != 0 && m.day != "" {
		return m, &errBadRequest{"survey_year", "goes without a day: of past days, survey years are not kept", "Tahun survei tidak dapat digabungkan dengan tanggal."}
	}
	return m, s.checkYear(m.year)
}

// checkYear refuses survey years that no figures are told of; 0 is none.
func (s *Services) checkYear(year int) error {
	now := s.dayNow().Year()
	if year == 0 || iks.Told(year, now) {
		return nil
	}
	last := iks.LastTold(now)
	return &errBadRequest{"survey_year", fmt.Sprintf("is not from %d to %d", iks.ProgrammeYear, last), fmt.Sprintf("Tahun survei harus antara %d dan %d.", iks.ProgrammeYear, last)}
}

// sumIn is a subject's figures at a moment.
func (s *Services) sumIn(ctx context.Context, x *subject, m moment) (figured, error) {
	if m.year == 0 {
		return s.sumAt(ctx, x, m.day)
	}
	sum, err := s.sumOf(ctx, x)
	if err != nil {
		return figured{}, err
	}
	list := []figured{{subject: *x, sum: sum}}
	return list[0], s.fillYear(ctx, list, m.year)
}

// partsIn are the areas right below a subject at a moment, of those that the caller
// may see.
func (s *Services) partsIn(ctx context.Context, caller *access.Caller, x *subject, m moment) ([]figured, error) {
	if m.year == 0 {
		return s.partsAt(ctx, caller, x, m.day)
	}
	parts, err := s.partsOf(ctx, caller, x)
	if err != nil {
		return nil, err
	}
	return parts, s.fillYear(ctx, parts, m.year)
}

// fillYear puts a survey year's figures in place of the present ones.
func (s *Services) fillYear(ctx context.Context, list []figured, year int) error {
	var below []area.Code // RW and RT, whose rows are read
	for i := range list {
		f := &list[i]
		f.year = year
		if f.puskesmas == nil && f.code.Level() > area.Village {
			below = append(below, f.code)
			continue
		}
		found := s.yearOf(&f.subject, year)
		if !found.Counted {
			return errYearsUncounted
		}
		f.sum.Provisional, f.sum.Verified = found.Provisional, found.Verified
	}
	if len(below) == 0 {
		return nil
	}
	rows, err := s.placeRows(ctx, villageOf(below[0]))
	if err != nil {
		return err
	}
	for i := range list {
		f := &list[i]
		if f.puskesmas != nil || f.code.Level() <= area.Village {
			continue
		}
		f.sum.Provisional, f.sum.Verified = iks.Tally{}, iks.Tally{}
		for k := range rows {
			if f.code.Contains(villageOf(f.code).RT(rows[k].Place)) {
				if err := addYear(f, &rows[k], year); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// addYear adds an RT's.
func addYear(f *figured, p *store.Place, year int) error {
	years, err := p.Years.Unpack(&p.Provisional, &p.Verified)
	if err != nil {
		return err
	}
	if found := years.Of(year); found != nil {
		f.sum.Provisional.AddTally(&found.Provisional)
		f.sum.Verified.AddTally(&found.Verified)
	}
	return nil
}

// placeRows are the RT of a village whose survey years have been counted.
func (s *Services) placeRows(ctx context.Context, village area.Code) (rows []store.Place, err error) {
	numbers := s.Board.Numbers(village.Dotted())
	if len(numbers) != 1 {
		return nil, errNotFound
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, numbers[0])
		if err != nil {
			return err
		}
		if row.YearsMissing {
			return errYearsUncounted
		}
		rows, err = snap.PlacesOf(ctx, numbers[0])
		return err
	})
	return rows, err
}

// yearOf is what the board has of a village or above, or of a Puskesmas.
func (s *Services) yearOf(x *subject, year int) tally.YearSum {
	if x.puskesmas != nil {
		return s.Board.PuskesmasInYear(x.puskesmas.Code, year)
	}
	return s.Board.InYear(x.code.Dotted(), year)
}

// yearsOf are the survey years in which families of a subject count and that figures
// are told of, ascending; of an RW or RT those of its village.
func (s *Services) yearsOf(x *subject) []uint32 {
	years := s.Board.Years(villageOf(x.code).Dotted())
	if x.puskesmas != nil {
		years = s.Board.PuskesmasYears(x.puskesmas.Code)
	}
	now := s.dayNow().Year()
	out := make([]uint32, 0, len(years))
	for _, y := range years {
		if iks.Told(y, now) {
			out = append(out, uint32(y))
		}
	}
	return out
}
