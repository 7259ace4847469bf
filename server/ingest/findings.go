package ingest

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// surveyDateField is Round.survey_date.
const surveyDateField = 1

// Findings are what a reviewer should look at: what the questionnaire's checks
// notice, survey dates that disagree with when they were written, and rounds whose
// withdrawal hides answers that its author had not seen. Stamps are
// corrected by the server's clock at each sync; families that came with an
// import were written long after, and are not held against it.
func Findings(state *merge.State, household *ksv1.Household, now time.Time) []prokesga.Finding {
	list := findings(household, now, func(round string) merge.Stamp {
		id, err := merge.ParseID(round)
		if err != nil {
			return merge.Stamp{}
		}
		rec := state.Record(merge.Key{Kind: merge.KindRound, Record: id})
		if rec == nil {
			return merge.Stamp{}
		}
		if g := rec.Register(surveyDateField); g != nil {
			return g.Shown().Stamp
		}
		return merge.Stamp{}
	})
	for _, round := range state.AnsweredUnseen() {
		list = append(list, prokesga.AnsweredBesideRefusal(round.String()))
	}
	return list
}

func findings(household *ksv1.Household, now time.Time, written func(round string) merge.Stamp) []prokesga.Finding {
	list := prokesga.CheckHousehold(household, prokesga.TodayAt(now))
	if household.GetFamily().GetSourceColumns() != nil {
		return list
	}
	for _, round := range household.GetRounds() {
		stamp := written(round.GetRoundId())
		if stamp.IsZero() || round.GetRound().GetWithdrawal() != nil {
			continue
		}
		if f, ok := prokesga.CheckClock(round, time.UnixMilli(int64(stamp.TimeMS)).In(area.WIB)); ok {
			list = append(list, f)
		}
	}
	return list
}

// findings are the family's, as a set.
func (w *work) findings(f *familyWork, household *ksv1.Household) prokesga.FindingSet {
	if f.only != nil {
		stamp := merge.StampOf(f.only.Change.GetStamp())
		return prokesga.SetOf(findings(household, w.now, func(string) merge.Stamp { return stamp }))
	}
	return prokesga.SetOf(Findings(&f.state, household, w.now))
}
