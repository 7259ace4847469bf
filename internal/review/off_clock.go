package review

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// surveyDateField is Round.survey_date.
const surveyDateField = 1

// OffClock are the survey dates of a family that disagree with when they were written, by
// the stamps that written gives. Stamps are corrected by the server's clock at each sync;
// families that came with an import were written long after, and are not held against it.
func OffClock(household *ksv1.Household, written func(round string) merge.Stamp) (list []prokesga.Finding) {
	if household.GetFamily().GetSourceColumns() != nil {
		return nil
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

// DateWritten gives the stamp of a round's survey date as it stands in a state; none where
// it has none.
func DateWritten(state *merge.State) func(round string) merge.Stamp {
	return func(round string) merge.Stamp {
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
	}
}
