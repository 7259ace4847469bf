package review

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// DuePast: a family is returned until a day that was over when it was judged.
const DuePast = "DUE_PAST"

// Overdue tells whether a returned family of a village (code) should have been submitted again:
// its day has ended there.
func Overdue(r *ksv1.FamilyReview, village string, now time.Time) bool {
	return r.GetState() == Returned && past(r.GetDueDate(), village, now)
}

// DueBefore tells whether a decision asks for a family of a village (code) back by a day that
// was over when it was judged: by its author's clock, for what is judged without a signal comes
// later; by now where it tells of none.
func DueBefore(d *ksv1.ReviewDecision, village string, now time.Time) bool {
	if ms := d.GetMadeAtMs(); ms > 0 {
		now = time.UnixMilli(int64(ms))
	}
	return d.GetOutcome() == ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED && past(d.GetDueDate(), village, now)
}

func past(due, village string, now time.Time) bool {
	return due != "" && due < now.In(area.Zone(village)).Format(time.DateOnly)
}
