package review

import (
	"bytes"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Why a verdict does not apply; stable, told to apps.
const (
	// StateChanged: the family is not what was judged any more.
	StateChanged = "STATE_CHANGED"
	// AlreadyJudged: a verdict stands that the decision does not name.
	AlreadyJudged = "ALREADY_JUDGED"
	// NotSubmitted: nobody has submitted the family.
	NotSubmitted = "NOT_SUBMITTED"
	// OwnWork: who decides collected or corrected the family since its last
	// approval.
	OwnWork = "OWN_WORK"
	// HasFindings: a check fired, and the decision is one of many at once.
	HasFindings = "HAS_FINDINGS"
)

// The states, short.
const (
	Submitted = ksv1.ReviewState_REVIEW_STATE_SUBMITTED
	Approved  = ksv1.ReviewState_REVIEW_STATE_APPROVED
	Returned  = ksv1.ReviewState_REVIEW_STATE_RETURNED
	Changed   = ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL
)

// MaxChanges bounds the differences that a review carries: more than a family
// has registers, unless somebody sets out to flood it.
const MaxChanges = 500

// Queued tells whether a family in this state waits for a verdict.
func Queued(state ksv1.ReviewState) bool { return state == Submitted || state == Changed }

// Step is when a step was taken: the account that takes it, the server's clock
// in ms since 1970-01-01 UTC, the revision that tells of it.
type Step struct {
	Account  uint32
	AtMS     uint64
	Revision uint64
}

// Present is a family as it stands before a decision.
type Present struct {
	// Review is nil where it was never submitted.
	Review *ksv1.FamilyReview
	Digest merge.Digest
	// Authors wrote to it since its last approval.
	Authors []uint32
	// Findings: a check fired.
	Findings bool
}

// Submit is a family's review once it has been submitted in a batch. An
// approved one that has not changed stays approved; authors are those since its
// last approval.
func Submit(before *ksv1.FamilyReview, batch string, authors []uint32, s Step) *ksv1.FamilyReview {
	after := next(before, s)
	after.BatchId, after.SubmittedBy, after.Authors = batch, s.Account, authors
	if after.GetState() == Approved {
		return after
	}
	after.State, after.WaitingSinceMs = Submitted, s.AtMS
	return after
}

// Change is a family's review once its state has changed: what was approved goes
// back to the queue. changes are against the state judged last, authors those of
// the change. nil stays nil: what was never submitted has nothing to re-open.
func Change(before *ksv1.FamilyReview, changes []*ksv1.ReviewChange, authors []uint32, s Step) *ksv1.FamilyReview {
	if before == nil {
		return nil
	}
	after := next(before, s)
	after.Changes = changes[:min(len(changes), MaxChanges)]
	after.Authors = append(after.Authors, authors...)
	slices.Sort(after.Authors)
	after.Authors = slices.Compact(after.Authors)
	if before.GetState() == Approved {
		after.State, after.WaitingSinceMs = Changed, s.AtMS
	}
	return after
}

// Close is a family's review once it was removed as entered twice: that it was returned is
// over, for nobody is to correct it. Where it had been approved before it goes to the queue,
// so that the verified figures lose it with the next verdict.
func Close(before *ksv1.FamilyReview, s Step) *ksv1.FamilyReview {
	if before.GetState() != Returned {
		return before
	}
	after := next(before, s)
	after.State, after.DueDate = ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED, ""
	if after.GetApprovedRevision() != 0 {
		after.State, after.WaitingSinceMs = Changed, s.AtMS
	}
	return after
}

// LivesOn tells whether what was submitted of a family in this state is still to be judged where
// it went, once the family was removed as entered twice. What was returned is submitted anew.
func LivesOn(state ksv1.ReviewState) bool { return Queued(state) || state == Approved }

// MayGoOver tells whether no verdict on a family is needed once it is judged in the one that it
// is: the verified figures do not have it.
func MayGoOver(r *ksv1.FamilyReview) bool {
	return r.GetState() == Submitted && r.GetApprovedRevision() == 0
}

// GoOver is the review of a family that may, once it is judged there: it leaves the queue.
func GoOver(before *ksv1.FamilyReview, s Step) *ksv1.FamilyReview {
	after := next(before, s)
	after.State, after.WaitingSinceMs = ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED, 0
	return after
}

// Refusal says why a decision of a person does not apply; "" where it does.
func Refusal(p Present, d *ksv1.ReviewDecision, by Person) string {
	state := p.Review.GetState()
	switch {
	case state == ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED:
		return NotSubmitted
	case !bytes.Equal(d.GetJudgedDigest(), p.Digest[:]):
		return StateChanged
	case !Queued(state) && (d.GetReplacesVerdictId() == "" || d.GetReplacesVerdictId() != p.Review.GetVerdictId()):
		return AlreadyJudged
	case by.Wrote(p.Authors...):
		return OwnWork
	case d.GetUnlessFindings() && p.Findings:
		return HasFindings
	default:
		return ""
	}
}

// Judge is a family's review after a decision that applies. due is the date set
// for what is returned.
func Judge(before *ksv1.FamilyReview, d *ksv1.ReviewDecision, due string, s Step) *ksv1.FamilyReview {
	after := next(before, s)
	after.VerdictId, after.Outcome, after.Note, after.Fields = d.GetVerdictId(), d.GetOutcome(), d.GetNote(), d.GetFields()
	after.JudgedBy, after.JudgedAtMs, after.JudgedDigest = s.Account, s.AtMS, d.GetJudgedDigest()
	after.Changes, after.WaitingSinceMs = nil, 0
	if d.GetOutcome() == ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED {
		after.State, after.DueDate, after.ApprovedRevision, after.Authors = Approved, "", s.Revision, nil
		return after
	}
	after.State, after.DueDate = Returned, due
	return after
}

func next(before *ksv1.FamilyReview, s Step) *ksv1.FamilyReview {
	after := &ksv1.FamilyReview{}
	if before != nil {
		after = proto.CloneOf(before)
	}
	after.Revision = s.Revision
	return after
}

// ChangesOf are the differences between the state judged last and the present
// one, as a review carries them.
func ChangesOf(judged, now *merge.State) []*ksv1.ReviewChange {
	var out []*ksv1.ReviewChange
	for _, d := range merge.Differences(judged, now) {
		if len(out) == MaxChanges {
			break
		}
		out = append(out, &ksv1.ReviewChange{
			Kind: d.Key.Kind, RecordId: d.Key.Record.String(), MemberId: d.Key.Member.String(), Field: uint32(d.Field), Before: d.Before,
		})
	}
	return out
}

// Without is a family's review once members of it were erased: it stands where it stood, and
// says who decided what and when, but nothing that somebody wrote, and nothing of those
// members. Doubles that they were among are for the index to find anew.
func Without(r *ksv1.FamilyReview, members []merge.ID) *ksv1.FamilyReview {
	after := proto.CloneOf(r)
	after.Note, after.Fields = "", fieldsWithout(after.GetFields(), members)
	after.Changes = slices.DeleteFunc(after.Changes, func(c *ksv1.ReviewChange) bool { return names(members, c.GetMemberId()) })
	if of := after.GetDuplicates(); of != nil {
		of.Doubles = slices.DeleteFunc(of.Doubles, func(d *ksv1.Double) bool {
			return slices.ContainsFunc(d.GetShared(), func(x *ksv1.SharedIdentifier) bool { return names(members, x.GetMemberId()) })
		})
		for _, record := range of.GetHistory() {
			record.Note = ""
		}
	}
	return after
}

// VerdictWithout is a verdict on a family once members of it were erased, as Without has it.
func VerdictWithout(v *ksv1.Verdict, members []merge.ID) *ksv1.Verdict {
	after := proto.CloneOf(v)
	after.Note, after.Fields = "", fieldsWithout(after.GetFields(), members)
	return after
}

func fieldsWithout(fields []*ksv1.ReviewField, members []merge.ID) []*ksv1.ReviewField {
	fields = slices.DeleteFunc(fields, func(f *ksv1.ReviewField) bool { return names(members, f.GetMemberId()) })
	for _, f := range fields {
		f.Note = ""
	}
	return fields
}

// names tells whether a text is the id of one of the members.
func names(members []merge.ID, text string) bool {
	id, err := merge.ParseID(text)
	return err == nil && slices.Contains(members, id)
}

// Shown is a family's review as people are shown it: nothing is told of what was judged, or
// has changed since, in a round from which the family withdrew; state is the family's.
func Shown(r *ksv1.FamilyReview, state *merge.State) *ksv1.FamilyReview {
	sealed := func(c *ksv1.ReviewChange) bool {
		round, err := merge.ParseID(c.GetRecordId())
		return err == nil && state.Sealed(merge.Key{Kind: c.GetKind(), Record: round}, protowire.Number(c.GetField()))
	}
	if !slices.ContainsFunc(r.GetChanges(), sealed) {
		return r
	}
	r = proto.CloneOf(r)
	r.Changes = slices.DeleteFunc(r.Changes, sealed)
	return r
}
