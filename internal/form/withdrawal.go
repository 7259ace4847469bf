package form

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Withdraw adds to edits of a family what a refusal among them does to the round that
// was begun (DOMAIN.md section 1): it is marked withdrawn, in the same save. That is
// the round which the visit names, or else the latest; a complete one, one of another
// year than the visit, and one begun after it stay as they are. What the edits set is not altered.
func Withdraw(edits []merge.RecordEdit, state *merge.State) ([]merge.RecordEdit, error) {
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
		edits = withdrawn(edits, round, &ksv1.Withdrawal{Date: visit.GetDate()})
	}
	return edits, nil
}

func refuses(e merge.RecordEdit) bool {
	visit, ok := e.Set.(*ksv1.Visit)
	return ok && visit.GetOutcome() == ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED
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

// withdrawn marks a round among the edits. A record stands in a change once.
func withdrawn(edits []merge.RecordEdit, round merge.ID, w *ksv1.Withdrawal) []merge.RecordEdit {
	key := merge.Key{Kind: merge.KindRound, Record: round}
	i := slices.IndexFunc(edits, func(e merge.RecordEdit) bool { return e.Key == key })
	if i < 0 {
		return append(slices.Clip(edits), merge.RecordEdit{Key: key, Set: &ksv1.Round{Withdrawal: w}})
	}
	set, ok := proto.Clone(edits[i].Set).(*ksv1.Round)
	if !ok || set == nil {
		set = &ksv1.Round{}
	}
	set.Withdrawal = w
	edits = slices.Clone(edits)
	edits[i] = merge.RecordEdit{Key: key, Set: set, Clear: edits[i].Clear, Rewrite: edits[i].Rewrite}
	return edits
}
