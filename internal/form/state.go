package form

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Facts are what decides where a family stands in collection.
type Facts struct {
	// Gone: removed or moved away.
	Gone bool
	// HasRound: a round was begun, and not withdrawn.
	HasRound bool
	// Category of the nuclear family by the latest round (iks.Loader.Latest): an earlier
	// one that is complete counts on, and says nothing of what is still to be asked.
	Category iks.Category
	// LastVisit is its outcome; UNSPECIFIED: never visited. SurveyedSince: the latest round
	// was surveyed on a later day, so that the family was found, and agreed, after it.
	LastVisit     ksv1.VisitOutcome
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

// State is where a family stands. What a supervisor returned comes before all
// else that is still to be done; a family changed since its approval is back
// among those to be submitted.
func State(f Facts) ksv1.FormState {
	switch {
	case f.Gone || f.LastVisit == ksv1.VisitOutcome_VISIT_OUTCOME_MOVED && !f.SurveyedSince:
		return ksv1.FormState_FORM_STATE_MOVED
	case f.Review == ksv1.ReviewState_REVIEW_STATE_RETURNED:
		return ksv1.FormState_FORM_STATE_RETURNED
	case f.Review == ksv1.ReviewState_REVIEW_STATE_SUBMITTED:
		return ksv1.FormState_FORM_STATE_SUBMITTED
	case f.Review == ksv1.ReviewState_REVIEW_STATE_APPROVED:
		return ksv1.FormState_FORM_STATE_APPROVED
	case f.LastVisit == ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED && !f.SurveyedSince:
		return ksv1.FormState_FORM_STATE_REFUSED
	case f.HasRound && f.Category.Complete():
		return ksv1.FormState_FORM_STATE_COMPLETE
	case f.HasRound || f.LastVisit != ksv1.VisitOutcome_VISIT_OUTCOME_UNSPECIFIED:
		return ksv1.FormState_FORM_STATE_DRAFT
	}
	return ksv1.FormState_FORM_STATE_NOT_VISITED
}
