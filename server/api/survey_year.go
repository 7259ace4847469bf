package api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// errYearsUncounted: some villages are from before survey years were kept.
var errYearsUncounted = errors.New("survey years are still being counted")

// errYearsNotKept: on a past day, survey years of some villages were not kept.
var errYearsNotKept = errors.New("survey years of that day were not kept")

// subjectIn is subjectOf by the rounds of a survey year; 0: of any.
func (s *Services) subjectIn(caller *access.Caller, areaText, puskesmasCode string, year uint32) (*subject, error) {
	x, err := s.subjectOf(caller, areaText, puskesmasCode)
	if err != nil {
		return nil, err
	}
	x.year = int(year)
	return x, s.checkYear(x.year)
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

// presentOf is a subject's present figures, of its survey year where it has one.
func (s *Services) presentOf(ctx context.Context, x *subject) (figured, error) {
	sum, err := s.sumOf(ctx, x)
	if err != nil {
		return figured{}, err
	}
	list := []figured{{subject: *x, sum: sum}}
	err = s.fillYear(ctx, list, x.year)
	return list[0], err
}

// maxUncounted is how many villages a survey year's figures may be without, where one
// that can't be counted would hold up all areas above it: one, or one of a hundred.
func maxUncounted(villages int) int { return max(1, villages/100) }

// told tells whether figures may be: those of a survey year not where too many villages
// are missing, or all.
func (s *Services) told(f *figured) bool {
	if f.year == 0 || f.uncounted == 0 {
		return true
	}
	villages := s.villagesIn(&f.subject)
	return f.uncounted < villages && f.uncounted <= maxUncounted(villages)
}

// toldOf leaves out those that may not be.
func (s *Services) toldOf(list []figured) []figured {
	return slices.DeleteFunc(list, func(f figured) bool { return !s.told(&f) })
}

// villagesIn is how many there are in a subject; of a village or less, one.
func (s *Services) villagesIn(x *subject) int {
	switch {
	case x.puskesmas != nil:
		return len(s.Board.PuskesmasNumbers(x.puskesmas.Code))
	case x.code.Level() < area.Village:
		return s.Board.Villages(x.code.Dotted())
	}
	return 1
}

// fillYear puts a survey year's figures in place of the present ones; 0: it leaves
// them.
func (s *Services) fillYear(ctx context.Context, list []figured, year int) error {
	if year == 0 {
		return nil
	}
	for i := range list {
		f := &list[i]
		f.year = year
		if f.puskesmas == nil && f.code.Level() > area.Village {
			if err := s.fillYearBelow(ctx, f, year); err != nil {
				return err
			}
			continue
		}
		found := s.yearOf(&f.subject, year)
		f.sum.Provisional, f.sum.Verified, f.uncounted = found.Provisional, found.Verified, found.Uncounted
	}
	return nil
}

// fillYearBelow does so for an RW or RT, from the rows of its other figures.
func (s *Services) fillYearBelow(ctx context.Context, f *figured, year int) error {
	rows, err := s.rowsOf(ctx, &f.subject)
	if err != nil {
		return err
	}
	if rows.YearsMissing {
		return errYearsUncounted
	}
	f.sum.Provisional, f.sum.Verified = iks.Tally{}, iks.Tally{}
	for k := range rows.Places {
		if f.code.Contains(rows.Code.RT(rows.Places[k].Place)) {
			if err := addYear(f, &rows.Places[k], year); err != nil {
				return err
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
