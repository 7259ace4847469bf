package merge

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Registers by which it is told whether a withdrawal acts.
const (
	roundDateField       protowire.Number = 1
	roundWithdrawalField protowire.Number = 14
	visitOutcomeField    protowire.Number = 6
)

// Withdrawn tells whether the family withdrew from a round: whether a withdrawal is written
// down, and acts. It does not (decided: no survey is lost to a refusal that another device
// tells of) where the family let itself be asked all the same,
//   - as the survey date is later than the withdrawal's,
//   - or a visit of the round that brought answers was on a later day,
//   - or one completed the round, which who wrote the withdrawal down had not seen: knowing
//     it, a refusal withdraws nothing.
//
// A visit by who had the withdrawal before them says none of that. All of it follows from
// the registers, so that whoever holds the same changes says the same.
func (s *State) Withdrawn(round ID) bool {
	rec := s.Record(Key{Kind: KindRound, Record: round})
	w, ok := withdrawalIn(rec)
	return ok && !w.askedSince(s, rec)
}

// withdrawal is one that a round's register shows.
type withdrawal struct {
	date  string
	stamp Stamp
	seen  Context // empty: all that there was
}

func withdrawalIn(round *Record) (w withdrawal, ok bool) {
	g := round.find(roundWithdrawalField)
	if g == nil || g.Shown().Element == nil {
		return w, false
	}
	var m ksv1.Round
	if proto.Unmarshal(g.Shown().Element, &m) != nil {
		return w, true
	}
	w.date, w.stamp = m.GetWithdrawal().GetDate(), g.Shown().Stamp
	w.seen = seenBefore(w.stamp, m.GetWithdrawal().GetSeen())
	return w, true
}

// unseen tells whether a write was made elsewhere, unseen by who wrote the withdrawal.
func (w *withdrawal) unseen(s Stamp) bool {
	return len(w.seen) > 0 && !w.stamp.sameSource(s) && !w.seen.Covers(s)
}

func (w *withdrawal) askedSince(s *State, round *Record) bool {
	if w.date == "" {
		return false
	}
	if g := round.find(roundDateField); g != nil {
		var m ksv1.Round
		if proto.Unmarshal(g.Shown().Element, &m) == nil && m.GetSurveyDate() > w.date {
			return true
		}
	}
	for i := range s.Records {
		if rec := &s.Records[i]; rec.Key.Kind == KindVisit && w.askedAt(rec, round.Key.Record) {
			return true
		}
	}
	return false
}

// askedAt tells whether a visit has the family asked in a round all the same.
func (w *withdrawal) askedAt(rec *Record, round ID) bool {
	outcome := rec.find(visitOutcomeField)
	if outcome == nil || outcome.Context.Covers(w.stamp) {
		return false
	}
	var visit ksv1.Visit
	if proto.Unmarshal(rec.Fields(nil), &visit) != nil || visit.GetRoundId() != round.String() {
		return false
	}
	switch visit.GetOutcome() {
	case ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED:
		return visit.GetDate() > w.date || w.unseen(outcome.Shown().Stamp)
	case ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL:
		return visit.GetDate() > w.date
	}
	return false
}

// AnsweredUnseen lists the rounds from which the family withdrew that hold something which
// who wrote the withdrawal down had not seen, in canonical order.
func (s *State) AnsweredUnseen() []ID {
	var out []ID
	for i := range s.Records {
		rec := &s.Records[i]
		if rec.Key.Kind != KindRound {
			continue
		}
		w, ok := withdrawalIn(rec)
		if ok && len(w.seen) > 0 && s.holdsUnseen(rec.Key.Record, &w) && !w.askedSince(s, rec) {
			out = append(out, rec.Key.Record)
		}
	}
	return out
}

func (s *State) holdsUnseen(round ID, w *withdrawal) bool {
	for i := range s.Records {
		rec := &s.Records[i]
		if rec.Key.Record != round || rec.Key.Kind != KindRound && rec.Key.Kind != KindIndividual {
			continue
		}
		for j := range rec.Registers {
			if g := &rec.Registers[j]; g.Shown().Element != nil && w.unseen(g.Shown().Stamp) {
				return true
			}
		}
	}
	return false
}

// WithdrawnSince is the state, which somebody judged, with the withdrawals that act on rounds
// of it now, and all by which that is told; ok is false where there are none that it has not.
func (s *State) WithdrawnSince(now *State) (after State, ok bool) {
	since := State{Family: s.Family}
	for i := range s.Records {
		key := s.Records[i].Key
		if key.Kind != KindRound || s.Withdrawn(key.Record) || !now.Withdrawn(key.Record) {
			continue
		}
		told := Record{Key: key}
		for _, field := range []protowire.Number{roundDateField, roundWithdrawalField} {
			if g := now.Record(key).find(field); g != nil {
				told.Registers = append(told.Registers, *g)
			}
		}
		since.Records = append(since.Records, told)
	}
	if len(since.Records) == 0 {
		return *s, false
	}
	for i := range now.Records {
		if now.Records[i].Key.Kind == KindVisit {
			since.Records = append(since.Records, now.Records[i])
		}
	}
	return Join(*s, since), true
}

// settleWithdrawals takes withdrawals that don't act out of a household, which is the
// caller's to alter, and out of the others what their authors had seen: that has been weighed.
func settleWithdrawals(s *State, h *ksv1.Household) {
	for _, r := range h.Rounds {
		if r.GetRound().GetWithdrawal() == nil {
			continue
		}
		if id, err := ParseID(r.RoundId); err == nil && !s.Withdrawn(id) {
			r.Round.Withdrawal = nil
			continue
		}
		r.Round.Withdrawal.Seen = nil
	}
}

// withdrawnAnywhere tells whether it is to be asked whether a withdrawal acts.
func withdrawnAnywhere(h *ksv1.Household) bool {
	for _, r := range h.Rounds {
		if r.GetRound().GetWithdrawal() != nil {
			return true
		}
	}
	return false
}
