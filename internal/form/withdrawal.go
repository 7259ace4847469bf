package form

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Refusals adds to edits of a family what a refusal among them, or the correction of one
// that was recorded by mistake, does to the round that was begun (DOMAIN.md section 1), in
// the same save. With a refusal it is marked withdrawn: the round which the visit names, or
// else the latest; a complete one, one of another year than the visit, and one begun after it
// stay as they are. Where the visit turns out to have been none, the round that was withdrawn
// with it stands again as it was answered, unless the family has been approved (now) without
// it, or was refused once more on that day. What the edits set is not altered.
func Refusals(edits []merge.RecordEdit, state *merge.State, now ksv1.ReviewState) ([]merge.RecordEdit, error) {
	if now != ksv1.ReviewState_REVIEW_STATE_APPROVED {
		var err error
		if edits, err = takeBack(edits, state); err != nil {
			return nil, err
		}
	}
	if !slices.ContainsFunc(edits, refuses) {
		return edits, nil
	}
	after, err := merge.Preview(state, edits)
	if err != nil {
		return nil, err
	}
	for _, e := range edits {
		if !refuses(e) {
			continue
		}
		visit := visitOf(after, e.Key.Record)
		r := refusedRound(after, visit)
		if r == nil {
			continue
		}
		round, err := merge.ParseID(r.GetRoundId())
		if err != nil {
			return nil, err
		}
		edits = inRound(edits, round, func(e *merge.RecordEdit, set *ksv1.Round) {
			set.Withdrawal = &ksv1.Withdrawal{Date: visit.GetDate(), Seen: merge.SeenOf(state, merge.ID{})}
			e.Clear = slices.DeleteFunc(slices.Clone(e.Clear), func(n protowire.Number) bool { return n == fieldWithdrawal })
		})
	}
	return edits, nil
}

// Registers of a refusal.
const (
	fieldWithdrawal protowire.Number = 14 // of a round
	fieldOutcome    protowire.Number = 6  // of a visit
)

// takeBack has rounds stand again that were withdrawn with visits which the edits correct.
func takeBack(edits []merge.RecordEdit, state *merge.State) ([]merge.RecordEdit, error) {
	if !slices.ContainsFunc(edits, func(e merge.RecordEdit) bool { return e.Key.Kind == merge.KindVisit && !refuses(e) }) {
		return edits, nil
	}
	before, err := merge.View(state)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(before.GetRounds(), func(r *ksv1.HouseholdRound) bool { return r.GetRound().GetWithdrawal() != nil }) {
		return edits, nil
	}
	after, err := merge.Preview(state, edits)
	if err != nil {
		return nil, err
	}
	for _, e := range edits {
		was := visitOf(before, e.Key.Record)
		if e.Key.Kind != merge.KindVisit || !refused(was) || refused(visitOf(after, e.Key.Record)) || refusedOn(after, was.GetDate()) {
			continue
		}
		for _, r := range before.GetRounds() {
			round, err := merge.ParseID(r.GetRoundId())
			if err != nil {
				return nil, err
			}
			if r.GetRound().GetWithdrawal().GetDate() == was.GetDate() && withdrawnWith(state, round, e.Key) {
				edits = inRound(edits, round, func(e *merge.RecordEdit, set *ksv1.Round) {
					set.Withdrawal, e.Clear = nil, append(slices.Clone(e.Clear), fieldWithdrawal)
				})
			}
		}
	}
	return edits, nil
}

// withdrawnWith tells whether one save withdrew the round and told the visit's outcome: a
// family that withdrew by itself stays so. Of what a union took over that is not known any more,
// for all of it has the union's stamp.
func withdrawnWith(state *merge.State, round merge.ID, visit merge.Key) bool {
	r, v := state.Record(merge.Key{Kind: merge.KindRound, Record: round}), state.Record(visit)
	if r == nil || v == nil || v.WithUnion(fieldOutcome) {
		return false
	}
	withdrawal, outcome := r.Register(fieldWithdrawal), v.Register(fieldOutcome)
	return withdrawal != nil && outcome != nil && withdrawal.Shown().Stamp == outcome.Shown().Stamp
}

func refused(v *ksv1.Visit) bool {
	return v.GetOutcome() == ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED
}

func refusedOn(h *ksv1.Household, date string) bool {
	return slices.ContainsFunc(h.GetVisits(), func(v *ksv1.HouseholdVisit) bool { return refused(v.GetVisit()) && v.GetVisit().GetDate() == date })
}

func refuses(e merge.RecordEdit) bool {
	visit, ok := e.Set.(*ksv1.Visit)
	return ok && refused(visit)
}

// refusedRound is the round under way that a visit ends; nil: there is none.
func refusedRound(h *ksv1.Household, visit *ksv1.Visit) *ksv1.HouseholdRound {
	date, err := prokesga.ParseDate(visit.GetDate())
	if err != nil {
		return nil
	}
	latest := ""
	if a := new(iks.Loader).Latest(h); a.Besar.Round >= 0 {
		latest = h.GetRounds()[a.Besar.Round].GetRoundId()
	}
	for _, id := range []string{visit.GetRoundId(), latest} {
		if r := roundOf(h, id); id != "" && r != nil && underWay(h, r, date) {
			return r
		}
	}
	return nil
}

// underWay: begun in the year of a day, not after it, and complete neither for the
// nuclear family nor for all members. One without a survey date has only just been
// begun.
func underWay(h *ksv1.Household, r *ksv1.HouseholdRound, on prokesga.Date) bool {
	survey, err := prokesga.ParseDate(r.GetRound().GetSurveyDate())
	if err == nil && (survey.Year() != on.Year() || survey.After(on)) {
		return false
	}
	household, _ := iks.FromHousehold(h, r)
	besar, inti := household.Both()
	return !besar.Complete() && !inti.Complete()
}

// inRound alters the edit of a round, which is added where there is none: a record stands in
// a change once.
func inRound(edits []merge.RecordEdit, round merge.ID, alter func(e *merge.RecordEdit, set *ksv1.Round)) []merge.RecordEdit {
	key := merge.Key{Kind: merge.KindRound, Record: round}
	edits = slices.Clone(edits)
	i := slices.IndexFunc(edits, func(e merge.RecordEdit) bool { return e.Key == key })
	if i < 0 {
		i, edits = len(edits), append(edits, merge.RecordEdit{Key: key})
	}
	set, ok := proto.Clone(edits[i].Set).(*ksv1.Round)
	if !ok || set == nil {
		set = &ksv1.Round{}
	}
	e := merge.RecordEdit{Key: key, Set: set, Clear: edits[i].Clear, Rewrite: edits[i].Rewrite}
	alter(&e, set)
	edits[i] = e
	return edits
}
