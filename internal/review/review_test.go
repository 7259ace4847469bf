package review

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// model is a family in review, told once more without states: by what happened.
type model struct {
	submitted bool
	judged    bool // a verdict was passed
	approving bool // the last verdict approved
	// pending: submitted after the last verdict, or never judged since.
	pending bool
	// judgedAt is the digest of the last verdict; authors wrote since the last
	// approval.
	judgedAt byte
	authors  map[uint32]bool
	verdict  string
}

// state is the rule of DESIGN.md in words: approved holds only for the state that
// was judged; what was returned stays so until it is submitted again.
func (m *model) state(digest byte) ksv1.ReviewState {
	switch {
	case !m.submitted:
		return ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED
	case m.judged && m.approving && digest == m.judgedAt:
		return Approved
	case m.judged && m.approving && !m.pending:
		return Changed
	case m.judged && !m.approving && !m.pending:
		return Returned
	default:
		return Submitted
	}
}

// machine drives the product's machine beside the model.
type machine struct {
	review   *ksv1.FamilyReview
	digest   byte
	revision uint64
	verdicts int
	model    model
}

const people = 4

func digestOf(n byte) (d merge.Digest) {
	d[0] = n
	return d
}

func (x *machine) step(account uint32) Step {
	x.revision++
	return Step{Account: account, AtMS: x.revision * 1000, Revision: x.revision}
}

func (x *machine) authors() []uint32 {
	var out []uint32
	for a := range x.model.authors {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// Change: somebody's change arrives.
func (x *machine) Change(t *rapid.T) {
	author := rapid.Uint32Range(1, people).Draw(t, "author")
	x.digest++
	x.model.authors[author] = true
	changes := []*ksv1.ReviewChange{{Field: 1}}
	x.review = Change(x.review, changes, []uint32{author}, x.step(author))
}

// Submit: a surveyor submits the family.
func (x *machine) Submit(t *rapid.T) {
	author := rapid.Uint32Range(1, people).Draw(t, "surveyor")
	x.review = Submit(x.review, fmt.Sprint("batch", x.revision), x.authors(), x.step(author))
	x.model.submitted = true
	if !x.model.approving || x.digest != x.model.judgedAt || !x.model.judged {
		x.model.pending = true
	}
}

// Judge: a supervisor judges what may have changed since, or was judged by
// another, or is the own work.
func (x *machine) Judge(t *rapid.T) {
	account := rapid.Uint32Range(1, people).Draw(t, "supervisor")
	seen := x.digest - byte(rapid.IntRange(0, 1).Draw(t, "stale"))
	overrule := rapid.Bool().Draw(t, "overrule")
	approve := rapid.Bool().Draw(t, "approve")
	x.verdicts++
	digest := digestOf(seen)
	d := &ksv1.ReviewDecision{VerdictId: fmt.Sprint("verdict", x.verdicts), Author: account, JudgedDigest: digest[:], Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED, Note: "periksa"}
	if approve {
		d.Outcome = ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED
	}
	if overrule {
		d.ReplacesVerdictId = x.model.verdict
	}
	state := x.model.state(x.digest)
	applies := seen == x.digest && !x.model.authors[account] &&
		(state == Submitted || state == Changed || (state == Approved || state == Returned) && overrule)
	present := Present{Review: x.review, Digest: digestOf(x.digest), Authors: x.authors()}
	reason := Refusal(present, d, PersonOf(account))
	if (reason == "") != applies {
		t.Fatalf("verdict on %s: refused for %q, want applied %v", state, reason, applies)
	}
	if !applies {
		return
	}
	x.review = Judge(x.review, d, "2026-12-03", x.step(account))
	m := &x.model
	m.judged, m.approving, m.pending, m.judgedAt, m.verdict = true, approve, false, seen, d.GetVerdictId()
	if approve {
		clear(m.authors)
	}
}

// Check holds the machine against the model.
func (x *machine) Check(t *rapid.T) {
	if got, want := x.review.GetState(), x.model.state(x.digest); got != want {
		t.Fatalf("state %s, want %s", got, want)
	}
	if x.review == nil {
		return
	}
	if got, want := fmt.Sprint(x.review.GetAuthors()), fmt.Sprint(x.authors()); got != want {
		t.Fatalf("authors %s, want %s", got, want)
	}
	if x.review.GetState() == Returned && (x.review.GetNote() == "" || x.review.GetDueDate() == "") {
		t.Fatal("returned without note or date")
	}
	if Queued(x.review.GetState()) && x.review.GetWaitingSinceMs() == 0 {
		t.Fatal("waits since never")
	}
	if x.model.judged && x.digest == x.model.judgedAt && len(x.review.GetChanges()) > 0 {
		t.Fatal("differs from the state that was judged and is the same")
	}
}

// No approval stays on a state that it did not judge, no return is lost on the
// way, nobody judges the own work: whatever the order of changes, submissions and
// verdicts (PEERS.md 16).
func TestReviewStatesFollowFromWhatHappened(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := &machine{model: model{authors: map[uint32]bool{}}}
		t.Repeat(map[string]func(*rapid.T){"": x.Check, "change": x.Change, "submit": x.Submit, "judge": x.Judge})
	})
}

func TestABatchStandsWhereItsFamiliesDo(t *testing.T) {
	t.Parallel()
	approved, returned := ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED
	for _, c := range []struct {
		families string // A approved, R returned, W waiting, L submitted again later, Q with work in quarantine, N not taken
		want     ksv1.BatchState
	}{
		{"", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"WW", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"WL", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"LL", ksv1.BatchState_BATCH_STATE_REPLACED},
		{"AW", ksv1.BatchState_BATCH_STATE_IN_REVIEW},
		{"RW", ksv1.BatchState_BATCH_STATE_IN_REVIEW},
		{"AA", ksv1.BatchState_BATCH_STATE_APPROVED},
		{"AL", ksv1.BatchState_BATCH_STATE_APPROVED},
		{"RR", ksv1.BatchState_BATCH_STATE_RETURNED},
		{"RAL", ksv1.BatchState_BATCH_STATE_PARTLY_RETURNED},
		{"QQ", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"QN", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"QL", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"AQ", ksv1.BatchState_BATCH_STATE_IN_REVIEW},
		{"WN", ksv1.BatchState_BATCH_STATE_UPLOADED},
		{"AN", ksv1.BatchState_BATCH_STATE_APPROVED},
		{"LN", ksv1.BatchState_BATCH_STATE_REPLACED},
		{"NN", ksv1.BatchState_BATCH_STATE_NOT_TAKEN},
	} {
		b := &ksv1.Batch{}
		for i := range c.families {
			b.Families = append(b.Families, &ksv1.BatchFamily{FamilyId: fmt.Sprint(i)})
		}
		b.State = BatchStateOf(b)
		for i, what := range c.families {
			id := fmt.Sprint(i)
			switch what {
			case 'A':
				PutVerdict(b, &ksv1.Verdict{FamilyId: id, Outcome: approved})
			case 'R':
				PutVerdict(b, &ksv1.Verdict{FamilyId: id, Outcome: returned})
			case 'L':
				Replace(b, id, "later")
			case 'Q', 'N':
				b.Families[i].NotQueued = map[rune]ksv1.NotQueued{'Q': WorkWaits, 'N': NoWork}[what]
				b.State = BatchStateOf(b)
			}
		}
		if b.GetState() != c.want {
			t.Errorf("%q is %s, want %s", c.families, b.GetState(), c.want)
		}
	}
}

// That a family was returned is over once it is removed as entered twice; one that had been
// approved before waits for a verdict, which takes it out of the verified figures.
func TestWhatIsRemovedAsEnteredTwiceIsReturnedNoMore(t *testing.T) {
	t.Parallel()
	const none = ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED
	for _, c := range []struct {
		state    ksv1.ReviewState
		approved uint64
		want     ksv1.ReviewState
	}{
		{Returned, 0, none}, {Returned, 7, Changed}, {Submitted, 0, Submitted}, {Changed, 7, Changed}, {none, 0, none},
	} {
		after := Close(&ksv1.FamilyReview{State: c.state, ApprovedRevision: c.approved, DueDate: "2026-01-01"}, Step{AtMS: 5, Revision: 9})
		if after.GetState() != c.want || c.state == Returned && after.GetDueDate() != "" || (c.state == Returned && c.want == Changed) != (after.GetWaitingSinceMs() == 5) {
			t.Errorf("%v, approved at %d: %v", c.state, c.approved, after)
		}
	}
	if Close(nil, Step{}) != nil {
		t.Error("one that was never submitted has a review")
	}
}

// What was submitted of a family that is removed as entered twice lives on in the kept one; the
// removed one needs a verdict itself only where the verified figures have it.
func TestWhatWasNeverApprovedGoesOverWithoutAVerdict(t *testing.T) {
	t.Parallel()
	const none = ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED
	for _, c := range []struct {
		state            ksv1.ReviewState
		approved         uint64
		livesOn, mayOver bool
	}{
		{Submitted, 0, true, true}, {Submitted, 7, true, false}, {Changed, 7, true, false}, {Approved, 7, true, false}, {Returned, 0, false, false}, {none, 0, false, false},
	} {
		r := &ksv1.FamilyReview{State: c.state, ApprovedRevision: c.approved, BatchId: "b", WaitingSinceMs: 5}
		if LivesOn(c.state) != c.livesOn || MayGoOver(r) != c.mayOver {
			t.Errorf("%v, approved at %d: lives on %t, may go over %t", c.state, c.approved, LivesOn(c.state), MayGoOver(r))
		}
		if after := GoOver(r, Step{AtMS: 6, Revision: 9}); c.mayOver && (after.GetState() != none || after.GetWaitingSinceMs() != 0 || after.GetRevision() != 9 || after.GetBatchId() != "b") {
			t.Errorf("it goes over as %v", after)
		}
	}
}
