package form

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// IntoWithdrawn are the errors of edits, with what Refusals added, that tell answers of a
// round from which the family has withdrawn, as who makes them saw it and as it stands now:
// nobody would be shown them. A family that agrees after all begins a new round.
func IntoWithdrawn(edits []merge.RecordEdit, seen, now *merge.State) []prokesga.Finding {
	var wrong []prokesga.Finding
	for i := range edits {
		e := &edits[i]
		round := answeredRound(e, seen)
		if round.IsZero() || standsAgain(edits, round) || !seen.Withdrawn(round) || !now.Withdrawn(round) {
			continue
		}
		wrong = append(wrong, prokesga.Finding{
			Code: prokesga.RoundWithdrawn, Severity: prokesga.RoundWithdrawn.Severity(), Kind: e.Key.Kind, RecordID: e.Key.Record.String(), MemberID: e.Key.Member.String(),
			Message: "Keluarga sudah menolak pendataan ini, sehingga jawabannya tidak disimpan. Bila keluarga kini bersedia, mulai pendataan baru.",
		})
	}
	return wrong
}

// answeredRound is the round of which an edit tells answers, or that there were some; zero:
// none.
func answeredRound(e *merge.RecordEdit, seen *merge.State) merge.ID {
	switch e.Key.Kind {
	case merge.KindRound:
		if set, ok := e.Set.(*ksv1.Round); ok && set.GetWithdrawal() != nil {
			return merge.ID{} // it withdraws once more
		}
		return e.Key.Record
	case merge.KindIndividual:
		return e.Key.Record
	case merge.KindVisit:
		visit, ok := e.Set.(*ksv1.Visit)
		if !ok || seen.Record(e.Key) != nil {
			return merge.ID{} // a visit that is corrected withdrew it, or came before
		}
		switch visit.GetOutcome() {
		case ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED, ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL:
			id, _ := merge.ParseID(visit.GetRoundId())
			return id
		}
	}
	return merge.ID{}
}

// standsAgain tells whether edits take back that the family withdrew from a round.
func standsAgain(edits []merge.RecordEdit, round merge.ID) bool {
	return slices.ContainsFunc(edits, func(e merge.RecordEdit) bool {
		return e.Key.Kind == merge.KindRound && e.Key.Record == round && slices.Contains(e.Clear, fieldWithdrawal)
	})
}
