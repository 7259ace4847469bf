package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
)

// moved is what one cause did to the counts.
type moved struct {
	movements int64
	tally     iks.Tally
}

// byCause is indexed by store.Cause.
type byCause [store.CauseRules + 1]moved

// add counts a family's movement on the basis asked for, where it moved there.
// The verified basis is moved by verdicts alone, whatever else the same commit
// did.
func (b *byCause) add(m *store.Movement, basis ksv1.Basis) {
	before, after, cause := m.ProvisionalBefore, m.ProvisionalAfter, m.Cause
	if basis == ksv1.Basis_BASIS_VERIFIED {
		before, after = m.VerifiedBefore, m.VerifiedAfter
		if cause != store.CauseRules {
			cause = store.CauseVerdict
		}
	}
	if before == after || cause < 0 || int(cause) >= len(b) {
		return
	}
	b[cause].movements++
	b[cause].tally.Sub(before)
	b[cause].tally.Add(after)
}

func (i indexService) ExplainChange(ctx context.Context, r *ksv1.ExplainChangeRequest) (*ksv1.ExplainChangeResponse, error) {
	s, caller, what := i.services, callerOf(ctx), counted{r.GetMembership(), r.GetBasis()}.named()
	x, err := s.subjectOf(caller, r.GetArea(), r.GetPuskesmasCode())
	if err != nil {
		return nil, err
	}
	if x.puskesmas == nil && (x.code.Level() < area.District || x.code.Level() > area.Village) {
		return nil, &errBadRequest{"area", "changes are explained for districts, kecamatan, villages and Puskesmas"}
	}
	p, err := s.parsePeriod(r.GetFrom(), r.GetTo(), defaultDays)
	if err != nil {
		return nil, err
	}
	if _, err := p.days(); err != nil {
		return nil, err
	}
	ends, err := s.series(ctx, x, []prokesga.Date{p.from, p.to})
	if err != nil {
		return nil, err
	}
	indexes, err := s.indexMessages(ctx, caller, what, ends)
	if err != nil {
		return nil, err
	}
	var causes byCause
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		causes = byCause{}
		return snap.MovementsBetween(ctx, s.numbersOf(x), numberOf(p.from), numberOf(p.to), func(m store.Movement) error {
			causes.add(&m, what.basis)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ExplainChangeResponse{Before: indexes[0], After: indexes[1]}
	for cause := range causes {
		if c := &causes[cause]; c.movements > 0 {
			out.Causes = append(out.Causes, causeMessage(ksv1.ChangeCause(cause), c, what, caller.SeesEveryFamily()))
		}
	}
	return out, nil
}

// causeMessage tells what a cause did; where fewer families moved than a small
// cell has, or any indicator is withheld for so few, who may not see the families
// is told the cause alone.
func causeMessage(cause ksv1.ChangeCause, m *moved, what counted, all bool) *ksv1.CauseOfChange {
	out := &ksv1.CauseOfChange{Cause: cause}
	if !all && m.movements < smallcell.Least {
		return out
	}
	membership := iks.Inti
	if what.membership == ksv1.Membership_MEMBERSHIP_BESAR {
		membership = iks.Besar
	}
	summary := m.tally.Of(membership)
	movements := uint64(m.movements)
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
