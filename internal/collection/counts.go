package collection

import (
	"fmt"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Positions in Counts. Stores keep the vector as it is: positions never change,
// new ones are added at the end.
const (
	// Families on record that live here; Visited: those with a visit or a round.
	Families = iota
	Visited
	// Surveyed families have a round that counts; complete ones an index.
	Surveyed
	CompleteInti
	CompleteBesar
	// NotAtHome, Refused, Vacant and Partial: families that live here, without a
	// round, by their last visit.
	NotAtHome
	Refused
	Vacant
	Partial
	// Moved: recorded as moved away, or without a round and so found at the last
	// visit.
	Moved
	// Submitted families wait for review, ChangedSinceApproval among them; Approved live
	// here and have not changed since. What waits or was returned is somebody's work also
	// where the family is removed or moved: its closing is judged like any change.
	Submitted
	ChangedSinceApproval
	Approved
	Returned
	// Visits made; those with two outcomes by themselves.
	Visits
	VisitsNotAtHome
	VisitsRefused
	// Doubled families live here and share an identifier with a family of another
	// Puskesmas; until that is settled both count.
	Doubled
	// Size of the vector.
	Size
)

// Names of the positions, as SQL columns and REST fields have them.
var Names = [Size]string{
	"families", "visited", "surveyed", "complete_inti", "complete_besar", "not_at_home", "refused", "vacant", "partial", "moved",
	"submitted", "changed_since_approval", "approved", "returned", "visits", "visits_not_at_home", "visits_refused",
	"doubled_elsewhere",
}

// Counts is the status of collection of an area, or of a surveyor. The zero
// value is that of nothing. Counts are comparable with ==.
type Counts [Size]int64

// Family is what a family is counted by: columns of its row.
type Family struct {
	// Lives: the family is neither removed nor moved; MovedAway: it is moved.
	Lives, MovedAway bool
	Calls            Calls
	Values           iks.Packed
	Review           ksv1.ReviewState
	// Doubled: it shares an identifier with a family of another Puskesmas.
	Doubled bool
}

// Of is what one family adds to the counts of where it lives.
func Of(f Family) Counts {
	c := work(f)
	for outcome := ksv1.VisitOutcome(1); outcome <= Outcomes; outcome++ {
		c.addVisits(outcome, f.Calls.Made(outcome))
	}
	return c
}

// work is Of without the visits themselves.
func work(f Family) Counts {
	var c Counts
	surveyed := f.Values.Category(iks.Besar) != iks.NoCategory
	if f.MovedAway {
		c[Moved] = 1
	}
	if f.Lives {
		c[Families], c[Doubled] = 1, oneIf(f.Doubled)
		if surveyed || f.Calls != 0 {
			c[Visited] = 1
		}
		if !surveyed {
			c.countLast(f.Calls.Last())
		}
	}
	if surveyed {
		c[Surveyed] = 1
		c[CompleteInti] = oneIf(f.Values.Category(iks.Inti).Complete())
		c[CompleteBesar] = oneIf(f.Values.Category(iks.Besar).Complete())
	}
	switch f.Review {
	case ksv1.ReviewState_REVIEW_STATE_SUBMITTED:
		c[Submitted] = 1
	case ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL:
		c[Submitted], c[ChangedSinceApproval] = 1, 1
	case ksv1.ReviewState_REVIEW_STATE_APPROVED:
		c[Approved] = oneIf(f.Lives)
	case ksv1.ReviewState_REVIEW_STATE_RETURNED:
		c[Returned] = 1
	}
	return c
}

func oneIf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (c *Counts) countLast(outcome ksv1.VisitOutcome) {
	switch outcome {
	case ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME:
		c[NotAtHome] = 1
	case ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED:
		c[Refused] = 1
	case ksv1.VisitOutcome_VISIT_OUTCOME_MOVED:
		c[Moved] = 1
	case ksv1.VisitOutcome_VISIT_OUTCOME_VACANT:
		c[Vacant] = 1
	case ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL, ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED:
		c[Partial] = 1
	}
}

func (c *Counts) addVisits(outcome ksv1.VisitOutcome, n int64) {
	c[Visits] += n
	switch outcome {
	case ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME:
		c[VisitsNotAtHome] += n
	case ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED:
		c[VisitsRefused] += n
	}
}

// Add adds the counts of another area, or of a family.
func (c *Counts) Add(o Counts) {
	for i, n := range o {
		c[i] += n
	}
}

// Sub takes them out again.
func (c *Counts) Sub(o Counts) {
	for i, n := range o {
		c[i] -= n
	}
}

// Slice is a copy of the vector for storage.
func (c *Counts) Slice() []int64 { return append([]int64(nil), c[:]...) }

// FromSlice reads what Slice wrote, also before positions were added at the end:
// what is not there is zero. An error where there are more.
func FromSlice(counts []int64) (c Counts, err error) {
	if len(counts) > Size {
		return c, fmt.Errorf("read status of collection: %d counts, want at most %d", len(counts), Size)
	}
	copy(c[:], counts)
	return c, nil
}
