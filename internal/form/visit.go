package form

import (
	"crypto/sha256"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// paperVisitID is the id of the visit of a round that is typed in, the same at
// every save of it. It has the form of a name-based UUID, and holds no device.
func paperVisitID(round merge.ID) merge.ID {
	sum := sha256.Sum256(append([]byte("keluarga-sehat/paper-visit"), round[:]...))
	id := merge.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id
}

// PaperVisits are the visits that paper forms tell of, which a device would have
// recorded at the house: of each round that edits open, on its survey date and by
// its collector, "sebagian" until all of it is answered, then "selesai"; another
// outcome that somebody gave it stays. after is the family as the edits leave it.
func PaperVisits(edits []merge.RecordEdit, before, after *ksv1.Household) []merge.RecordEdit {
	var out []merge.RecordEdit
	for _, r := range after.GetRounds() {
		round, err := merge.ParseID(r.GetRoundId())
		if err != nil || r.GetRound().GetSurveyDate() == "" || r.GetRound().GetWithdrawal() != nil {
			continue
		}
		id := paperVisitID(round)
		known := visitOf(after, id)
		if known == nil && (roundOf(before, r.GetRoundId()) != nil || !opens(edits, round)) {
			continue // collected on a device, or before visits were recorded
		}
		visit := &ksv1.Visit{}
		if known == nil {
			visit.RoundId, visit.Outcome = proto.String(r.GetRoundId()), ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL.Enum()
		}
		if known.GetDate() != r.GetRound().GetSurveyDate() {
			visit.Date = r.GetRound().SurveyDate
		}
		if known.GetSurveyorName() != r.GetRound().GetSurveyorName() {
			visit.SurveyorName = r.GetRound().SurveyorName
		}
		household, _ := iks.FromHousehold(after, r)
		answered := household.Compute(iks.Besar).Category().Complete()
		if answered && (known == nil || known.GetOutcome() == ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL) {
			visit.Outcome = ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum()
		}
		if proto.Size(visit) > 0 {
			out = append(out, merge.RecordEdit{Key: merge.Key{Kind: merge.KindVisit, Record: id}, Set: visit})
		}
	}
	return out
}

func visitOf(h *ksv1.Household, id merge.ID) *ksv1.Visit {
	for _, v := range h.GetVisits() {
		if v.GetVisitId() == id.String() {
			return v.GetVisit()
		}
	}
	return nil
}

func opens(edits []merge.RecordEdit, round merge.ID) bool {
	for _, e := range edits {
		if e.Key.Kind == merge.KindRound && e.Key.Record == round {
			return true
		}
	}
	return false
}
