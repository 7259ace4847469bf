package ingest

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Findings are what a reviewer should look at: what the questionnaire's checks
// notice, survey dates that disagree with when they were written, and rounds whose
// withdrawal hides answers that its author had not seen.
func Findings(state *merge.State, household *ksv1.Household, now time.Time) []prokesga.Finding {
	list := findings(household, now, review.DateWritten(state))
	for _, round := range state.AnsweredUnseen() {
		list = append(list, prokesga.AnsweredBesideRefusal(round.String()))
	}
	return list
}

func findings(household *ksv1.Household, now time.Time, written func(round string) merge.Stamp) []prokesga.Finding {
	return append(prokesga.CheckHousehold(household, prokesga.TodayAt(now)), review.OffClock(household, written)...)
}

// findings are the family's, as a set.
func (w *work) findings(f *familyWork, household *ksv1.Household) prokesga.FindingSet {
	if f.only != nil {
		stamp := merge.StampOf(f.only.Change.GetStamp())
		return prokesga.SetOf(findings(household, w.now, func(string) merge.Stamp { return stamp }))
	}
	return prokesga.SetOf(Findings(&f.state, household, w.now))
}
