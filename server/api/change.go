package api

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// maxOpenVillages bounds the villages whose movements are read of a day that is not
// over; of areas with more, days that are over are explained.
const maxOpenVillages = 2000

// change is a subject's figures at two moments, with what lies between.
type change struct {
	before, after figured
	causes        store.CauseSums
}

// changeOf reads a change in one snapshot, so that causes and figures agree.
func (s *Services) changeOf(ctx context.Context, x *subject, p period) (*change, error) {
	present, err := s.presentOf(ctx, x)
	if err != nil {
		return nil, err
	}
	p = s.explainable(x, p)
	out := &change{}
	days := []int{numberOf(p.from), numberOf(p.to)}
	settled := min(max(days[0], tally.SettledDay(s.Now())), days[1])
	if figures, ok := s.keptFiguresOn(x, days); ok {
		if causes, ok := s.past.causes.Find(keptPeriod{x.id(), x.year, s.Board.Directory(), days[0], days[1]}); ok {
			out.before, out.after = s.asOfDay(present, &figures[0], p.from), s.asOfDay(present, &figures[1], p.to)
			out.causes = *causes
			return out, s.explained(out)
		}
	}
	err = s.Store.Read(s.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) error {
		*out = change{}
		figures, err := s.pastFigures(ctx, snap, x, []int{days[0], settled, days[1]})
		if err != nil {
			return err
		}
		out.before, out.after = s.asOfDay(present, &figures[0], p.from), s.asOfDay(present, &figures[2], p.to)
		if err := s.settledCauses(ctx, snap, x, days[0], settled, &out.causes); err != nil {
			return err
		}
		open := figures[2].Figures
		open.Sub(&figures[1].Figures)
		if err := s.openCauses(ctx, snap, x, openDays{settled, days[1], &open}, &out.causes); err != nil {
			return err
		}
		return s.explained(out)
	})
	return out, err
}

// explainable is as much of a period as a subject's changes are told of.
func (s *Services) explainable(x *subject, p period) period {
	if s.Board.Villages(x.code.Dotted()) > maxOpenVillages && x.puskesmas == nil && p.to.Compare(s.dayNow()) >= 0 {
		p.to = dateOf(tally.SettledDay(s.Now()))
		if p.from.After(p.to) {
			p.from = p.to
		}
	}
	return p
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
		f.sum.AsOf = endOf(day)
	}
	return f
}

// settledCauses adds up what moved a subject on days that are settled, after one and
// up to another, and remembers it.
func (s *Services) settledCauses(ctx context.Context, snap store.Snapshot, x *subject, after, upTo int, into *store.CauseSums) error {
	if after >= upTo {
		return nil
	}
	key := keptPeriod{x.id(), x.year, s.Board.Directory(), after, upTo}
	sums, ok := s.past.causes.Find(key)
	if !ok {
		sums = &store.CauseSums{}
		if err := s.addCauses(ctx, snap, x, key, sums); err != nil {
			return err
		}
		s.past.causes.Keep(key, sums, aging.Taking{Size: keptCausesSize, Room: keptCausesBytes})
	}
	into.AddSums(sums)
	return nil
}

// addCauses adds a period's causes, of the subject's survey year.
func (s *Services) addCauses(ctx context.Context, snap store.Snapshot, x *subject, k keptPeriod, into *store.CauseSums) error {
	return s.eachCause(ctx, snap, x, k.after, k.upTo, causeVisitor{
		day:      func(d *store.AreaDay) { into.AddSums(d.CausesIn(x.year)) },
		movement: func(m *store.Movement) error { return into.AddIn(x.year, m) },
	})
}

// causeVisitor takes what moved a subject: days that were added up, and movements.
type causeVisitor struct {
	day      func(*store.AreaDay)
	movement func(*store.Movement) error
}

// eachCause visits what moved a subject after a day up to another: days that were added
// up, and of the rest the movements.
func (s *Services) eachCause(ctx context.Context, snap store.Snapshot, x *subject, after, upTo int, visit causeVisitor) error {
	if hasAreaDays(x) {
		code := x.code.Dotted()
		span, err := s.areaSpan(ctx, snap, code)
		if err != nil {
			return err
		}
		if span.Last > after {
			last := min(span.Last, upTo)
			q := store.AreaDayQuery{Areas: []string{code}, From: after + 1, To: last, Causes: true}
			if err := snap.AreaDays(ctx, q, func(d *store.AreaDay) error { visit.day(d); return nil }); err != nil {
				return err
			}
			after = last
		}
	}
	return s.eachMovement(ctx, snap, x, after, upTo, visit.movement)
}

// eachMovement visits the movements of a subject's villages after a day up to another.
func (s *Services) eachMovement(ctx context.Context, snap store.Snapshot, x *subject, after, upTo int, visit func(*store.Movement) error) error {
	if after >= upTo {
		return nil
	}
	numbers := s.numbersOf(x)
	if len(numbers) > maxOpenVillages {
		return errTooManyDays
	}
	return snap.MovementsBetween(ctx, numbers, after, upTo, func(m store.Movement) error { return visit(&m) })
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
	var byYear *yearsOfCauses // nil: nothing is withheld by other years
	if x.year != 0 && !caller.SeesEveryFamily() {
		if byYear, err = s.readYearsOfCauses(ctx, x, p); err != nil {
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
		case byYear != nil && byYear.withheld(cause, verified, x.year, s.dayNow().Year()):
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
