package form

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Facts are what decides where a family stands in collection.
type Facts struct {
	// Year is the present survey year: families are surveyed every year.
	Year int
	// Gone: removed or moved away.
	Gone bool
	// HasRound: a round was begun, and not withdrawn.
	HasRound bool
	// Category of the nuclear family by the latest round (iks.Loader.Latest): an earlier
	// one that is complete counts on, and says nothing of what is still to be asked.
	Category iks.Category
	// RoundYear is the year in which the latest round was surveyed; 0: it has no date yet.
	RoundYear int
	// Unsubmitted tells of the latest round what the function of this name does, Reopened the
	// same of the family.
	Unsubmitted, Reopened bool
	// LastVisit is its outcome; UNSPECIFIED: never visited. VisitYear is when it was; 0: not
	// known. SurveyedSince: the latest round was surveyed on a later day, so that the family
	// was found, and agreed, after it.
	LastVisit     ksv1.VisitOutcome
	VisitYear     int
	SurveyedSince bool
	// Review is where it stands in review.
	Review ksv1.ReviewState
}

// SurveyedSince tells whether the latest round (iks.Loader.Latest) was surveyed on a later
// day than that of a visit.
func SurveyedSince(visit *ksv1.Visit, latest iks.Assessment) bool {
	date, err := prokesga.ParseDate(visit.GetDate())
	return err == nil && latest.Besar.SurveyDate.After(date)
}

// YearOf is the calendar year of a date, which is its survey year; 0: it is no date.
func YearOf(date string) int {
	d, err := prokesga.ParseDate(date)
	if err != nil {
		return 0
	}
	return d.Year()
}

// Unsubmitted tells whether people collected or corrected a round (UUID text) and have not
// submitted it since: what an import alone told of is nobody's to submit. collected are the
// rounds that people wrote to (merge.Collected).
func Unsubmitted(round string, collected []merge.ID, r *ksv1.FamilyReview) bool {
	id, err := merge.ParseID(round)
	if err != nil || !slices.Contains(collected, id) {
		return false
	}
	switch r.GetState() {
	case ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED:
		return true
	case ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL:
		return byPeople(r) && concerns(r, round)
	}
	return false
}

// Reopened tells whether people changed a family since its approval, but not its latest round
// (UUID text), which is as it was approved.
func Reopened(round string, r *ksv1.FamilyReview) bool {
	return r.GetState() == ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL && byPeople(r) && !concerns(r, round)
}

// byPeople tells whether an account wrote to a family since its approval: imports are nobody's.
func byPeople(r *ksv1.FamilyReview) bool {
	return slices.ContainsFunc(r.GetAuthors(), func(author uint32) bool { return author != 0 })
}

// concerns tells whether a round is not as it was judged last.
func concerns(r *ksv1.FamilyReview, round string) bool {
	return slices.ContainsFunc(r.GetChanges(), func(c *ksv1.ReviewChange) bool { return c.GetRecordId() == round })
}

// State is where a family stands in the present survey year. What a supervisor returned
// comes before all else that is still to be done; a family that people changed
// since its approval is back among those to be submitted; one whose latest round is of an earlier year is still
// to be surveyed in this one, also where it was approved then, but what people began in
// December, or an office types in later, is first to be finished and submitted.
func State(f Facts) ksv1.FormState {
	visited := f.LastVisit != ksv1.VisitOutcome_VISIT_OUTCOME_UNSPECIFIED && !f.past(f.VisitYear)
	complete := f.HasRound && f.Category.Complete()
	again := f.HasRound && f.past(f.RoundYear) && !f.Unsubmitted
	switch {
	case f.Gone || f.LastVisit == ksv1.VisitOutcome_VISIT_OUTCOME_MOVED && !f.SurveyedSince:
		return ksv1.FormState_FORM_STATE_MOVED
	case f.Review == ksv1.ReviewState_REVIEW_STATE_RETURNED:
		return ksv1.FormState_FORM_STATE_RETURNED
	case f.Review == ksv1.ReviewState_REVIEW_STATE_SUBMITTED:
		return ksv1.FormState_FORM_STATE_SUBMITTED
	case f.Review == ksv1.ReviewState_REVIEW_STATE_APPROVED && !again:
		return ksv1.FormState_FORM_STATE_APPROVED
	case visited && f.LastVisit == ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED && !f.SurveyedSince:
		return ksv1.FormState_FORM_STATE_REFUSED
	case again && (!visited || f.LastVisit == ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED):
		return ksv1.FormState_FORM_STATE_NOT_VISITED // a visit of advice asks nothing
	case complete && !again && (f.Unsubmitted || f.Reopened):
		return ksv1.FormState_FORM_STATE_COMPLETE
	case complete && !again:
		return ksv1.FormState_FORM_STATE_SURVEYED
	case f.HasRound || visited:
		return ksv1.FormState_FORM_STATE_DRAFT
	}
	return ksv1.FormState_FORM_STATE_NOT_VISITED
}

// past tells whether a year is before the present one; 0 is not.
func (f *Facts) past(year int) bool { return year != 0 && year < f.Year }
