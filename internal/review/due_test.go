package review

import (
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A day ends where the family lives: in Jayapura two hours before Jakarta.
func TestADueDayEndsWhereTheFamilyLives(t *testing.T) {
	t.Parallel()
	const jakarta, denpasar, jayapura = "31.71.01.1001", "51.71.01.1001", "91.71.01.1001"
	evening := time.Date(2026, 11, 30, 15, 30, 0, 0, time.UTC) // 22.30 WIB, 23.30 WITA, 00.30 WIT
	for _, c := range []struct {
		village, due string
		now          time.Time
		past         bool
	}{
		{jakarta, "2026-11-30", evening, false}, {denpasar, "2026-11-30", evening, false}, {jayapura, "2026-11-30", evening, true},
		{jayapura, "2026-12-01", evening, false}, {jakarta, "2026-11-29", evening, true}, {jakarta, "", evening, false},
		{denpasar, "2026-11-30", evening.Add(time.Hour), true}, {jakarta, "2026-11-30", evening.Add(time.Hour), false},
		{jakarta, "1900-01-01", evening, true},
	} {
		if got := Overdue(&ksv1.FamilyReview{State: Returned, DueDate: c.due}, c.village, c.now); got != c.past {
			t.Errorf("%+v: overdue %t", c, got)
		}
		d := &ksv1.ReviewDecision{Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED, DueDate: c.due}
		if got := DueBefore(d, c.village, c.now); got != c.past {
			t.Errorf("%+v: due before it was judged %t", c, got)
		}
		d.MadeAtMs = uint64(c.now.UnixMilli())
		if got := DueBefore(d, c.village, c.now.AddDate(0, 1, 0)); got != c.past {
			t.Errorf("%+v, and a month until the sync: due before it was judged %t", c, got)
		}
	}
	if Overdue(&ksv1.FamilyReview{State: Submitted, DueDate: "2026-11-01"}, jakarta, evening) {
		t.Error("what was submitted again is overdue")
	}
}
