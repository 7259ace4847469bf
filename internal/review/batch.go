package review

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// Why a family of a batch is not in the queue.
const (
	WorkWaits = ksv1.NotQueued_NOT_QUEUED_WORK_WAITS
	NoWork    = ksv1.NotQueued_NOT_QUEUED_NO_WORK
	KeptOut   = ksv1.NotQueued_NOT_QUEUED_KEPT_OUT
	Erased    = ksv1.NotQueued_NOT_QUEUED_ERASED
)

// Counts is how a batch's families stand. WorkWaits and NotTaken are not in the queue: work
// on the former waits in quarantine.
type Counts struct{ Waiting, Approved, Returned, Replaced, WorkWaits, NotTaken int }

// CountsOf counts a batch's families by their last verdict.
func CountsOf(b *ksv1.Batch) Counts {
	var c Counts
	for _, f := range b.GetFamilies() {
		switch {
		case f.GetVerdict().GetOutcome() == ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED:
			c.Approved++
		case f.GetVerdict().GetOutcome() == ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED:
			c.Returned++
		case f.GetReplacedBy() != "":
			c.Replaced++
		case f.GetNotQueued() == WorkWaits:
			c.WorkWaits++
		case f.GetNotQueued() != 0:
			c.NotTaken++
		default:
			c.Waiting++
		}
	}
	return c
}

// BatchStateOf is where a batch stands that the server has.
func BatchStateOf(b *ksv1.Batch) ksv1.BatchState {
	c := CountsOf(b)
	judged, waiting := c.Approved+c.Returned, c.Waiting+c.WorkWaits
	switch {
	case judged == 0 && waiting > 0:
		return ksv1.BatchState_BATCH_STATE_UPLOADED
	case judged == 0 && c.Replaced > 0:
		return ksv1.BatchState_BATCH_STATE_REPLACED
	case judged == 0 && c.NotTaken > 0:
		return ksv1.BatchState_BATCH_STATE_NOT_TAKEN
	case judged == 0:
		return ksv1.BatchState_BATCH_STATE_UPLOADED
	case waiting > 0:
		return ksv1.BatchState_BATCH_STATE_IN_REVIEW
	case c.Returned == 0:
		return ksv1.BatchState_BATCH_STATE_APPROVED
	case c.Approved == 0:
		return ksv1.BatchState_BATCH_STATE_RETURNED
	default:
		return ksv1.BatchState_BATCH_STATE_PARTLY_RETURNED
	}
}

// PutVerdict records a verdict on a family of the batch; false where the batch
// does not hold it.
func PutVerdict(b *ksv1.Batch, v *ksv1.Verdict) bool {
	for _, f := range b.GetFamilies() {
		if f.GetFamilyId() == v.GetFamilyId() {
			f.Verdict, f.ReplacedBy = v, ""
			b.State = BatchStateOf(b)
			return true
		}
	}
	return false
}

// NotQueued are the families of a batch that are not in the queue, each with why.
func NotQueued(b *ksv1.Batch) (out []*ksv1.BatchFamily) {
	for _, f := range b.GetFamilies() {
		if f.GetNotQueued() != 0 {
			out = append(out, &ksv1.BatchFamily{FamilyId: f.GetFamilyId(), NotQueued: f.GetNotQueued()})
		}
	}
	return out
}

// Replace records that a family that was not judged here was submitted again in
// a later batch; false where there is nothing to record.
func Replace(b *ksv1.Batch, family, later string) bool {
	for _, f := range b.GetFamilies() {
		if f.GetFamilyId() == family && f.GetVerdict() == nil {
			f.ReplacedBy = later
			b.State = BatchStateOf(b)
			return true
		}
	}
	return false
}
