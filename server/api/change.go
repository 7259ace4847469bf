package api

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// change is a subject's figures at two moments, with what lies between.
type change struct {
	before, after figured
	causes        store.CauseSums
}

// changeOf reads a change. Errors: errYearsNotKept, errYearsNotExplained,
// past.ErrTooManyDays.
func (s *Services) changeOf(ctx context.Context, x *subject, p period) (*change, error) {
	present, err := s.presentOf(ctx, x)
	if err != nil {
		return nil, err
	}
	read, err := s.Past.Change(ctx, x.plain(), p.span())
	if err != nil {
		return nil, err
	}
	out := &change{
		before: s.asOfDay(present, &read.Before, prokesga.DateOfNumber(read.Span.After)),
		after:  s.asOfDay(present, &read.After, prokesga.DateOfNumber(read.Span.UpTo)),
		causes: read.Causes,
	}
	return out, s.explained(out)
}

// errYearsNotExplained: the causes kept by survey year are not all of the change.
var errYearsNotExplained = errors.New("the change of a survey year does not follow from what was kept")

// explained refuses a change by survey year whose ends may not be told, or whose causes
// do not add up to it: what moved before survey years were kept has none.
func (s *Services) explained(c *change) error {
	if c.before.year == 0 {
		return nil
	}
	if !s.told(&c.before) || !s.told(&c.after) || c.before.uncounted > c.after.uncounted {
		return errYearsNotKept
	}
	provisional, verified := c.causes.Sum()
	difference := c.after.sum.Figures
	difference.Sub(&c.before.sum.Figures)
	if c.before.uncounted != c.after.uncounted || provisional != difference.Provisional || verified != difference.Verified {
		return errYearsNotExplained
	}
	return nil
}

// asOfDay puts a day's figures in place of the present ones; those of the day under
// way are as of now.
func (s *Services) asOfDay(present figured, figures *tally.DayFigures, day prokesga.Date) figured {
	f := present
	f.day, f.sum.Figures, f.uncounted = day.String(), figures.Figures, figures.Uncounted
	if day.Compare(s.dayNow()) < 0 {
		f.sum.AsOf = tally.EndOf(day)
	}
	return f
}

func (i indexService) ExplainChange(ctx context.Context, r *ksv1.ExplainChangeRequest) (*ksv1.ExplainChangeResponse, error) {
	s, caller, what := i.services, callerOf(ctx), counted{r.GetMembership(), r.GetBasis()}.named()
	x, err := s.subjectIn(caller, r.GetArea(), r.GetPuskesmasCode(), r.GetSurveyYear())
	if err != nil {
		return nil, err
	}
	if x.code.Level() > area.Village {
		return nil, errBelowVillage
	}
	p, err := s.parsePeriod(r.GetFrom(), r.GetTo(), defaultDays)
	if err != nil {
		return nil, err
	}
	if _, err := p.days(); err != nil {
		return nil, err
	}
	c, err := s.changeOf(ctx, x, p)
	if err != nil {
		return nil, err
	}
	indexes, err := s.indexMessages(ctx, caller, what, []figured{c.before, c.after})
	if err != nil {
		return nil, err
	}
	var byYear *past.Causes // nil: nothing is withheld by other years
	if x.year != 0 && !caller.SeesEveryFamily() {
		if byYear, err = s.Past.Causes(ctx, x.plain(), p.span()); err != nil {
			return nil, err
		}
	}
	out := &ksv1.ExplainChangeResponse{Before: indexes[0], After: indexes[1], Indicators: netChanges(indexes[0], indexes[1])}
	for n := range c.causes {
		cause, verified := ksv1.ChangeCause(n), what.basis == ksv1.Basis_BASIS_VERIFIED
		m := &c.causes[n].Provisional
		if verified {
			m = &c.causes[n].Verified
		}
		switch {
		case m.Movements == 0:
		case byYear != nil && withheldByYears(byYear, cause, verified, x.year, s.dayNow().Year()):
			out.Causes = append(out.Causes, &ksv1.CauseOfChange{Cause: cause})
		default:
			out.Causes = append(out.Causes, causeMessage(cause, m, what, caller.SeesEveryFamily()))
		}
	}
	return out, nil
}

// netChanges are after less before, where neither is withheld: they tell nothing
// that the two do not.
func netChanges(before, after *ksv1.AreaIndex) []*ksv1.IndicatorChange {
	var out []*ksv1.IndicatorChange
	for n, b := range before.GetCoverage() {
		a := after.GetCoverage()[n]
		c := &ksv1.IndicatorChange{Indicator: b.GetIndicator(), Withheld: a.GetWithheld() || b.GetWithheld()}
		if !c.Withheld {
			c.Numerator = int64(a.GetNumerator()) - int64(b.GetNumerator())
			c.Denominator = int64(a.GetDenominator()) - int64(b.GetDenominator())
		}
		out = append(out, c)
	}
	return out
}

// causeMessage tells what a cause did; where fewer families moved than a small
// cell has, or any indicator is withheld for so few, who may not see the families
// is told the cause alone.
func causeMessage(cause ksv1.ChangeCause, m *store.Moved, what counted, all bool) *ksv1.CauseOfChange {
	out := &ksv1.CauseOfChange{Cause: cause}
	if !all && m.Movements < smallcell.Least {
		return out
	}
	summary := m.Tally.Of(basisOf(what.membership))
	movements := uint64(m.Movements)
	surveyed, complete := summary.Surveyed(), summary.Complete()
	sehat, pra, tidak := summary.InCategory(iks.Sehat), summary.InCategory(iks.PraSehat), summary.InCategory(iks.TidakSehat)
	out.Movements, out.Surveyed, out.Complete, out.Sehat, out.PraSehat, out.TidakSehat = &movements, &surveyed, &complete, &sehat, &pra, &tidak
	if !all {
		return out // differences of coverage would tell what is withheld at either end
	}
	for n := 1; n <= iks.Indicators; n++ {
		c := summary.Coverage(n)
		out.Indicators = append(out.Indicators, &ksv1.IndicatorChange{Indicator: uint32(n), Numerator: c.Part, Denominator: c.Whole})
	}
	return out
}

// basisOf is whose values a membership counts.
func basisOf(m ksv1.Membership) iks.Basis {
	if m == ksv1.Membership_MEMBERSHIP_BESAR {
		return iks.Besar
	}
	return iks.Inti
}
