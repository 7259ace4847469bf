package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Act is a step of review on its way in: a submission or a supervisor's
// decision, with what could be told without the store. Acts are not merged: the
// server decides each once, under a revision of its own.
type Act struct {
	Sender *Sender
	// Proof is what came with a decision of that the server had applied it before; nil: nothing.
	Proof []byte

	id         merge.ID
	content    [32]byte
	families   []merge.ID
	submission *ksv1.BatchSubmission
	decision   *ksv1.ReviewDecision
	// refusal is the receipt where it is decided already.
	refusal *ksv1.Receipt
}

// Acted is what became of an act.
type Acted struct {
	Receipt *ksv1.Receipt
	// Verdict is set where a decision applied, now or before.
	Verdict *ksv1.Verdict
	// Review, Digest and Revision are the family as it stands after a decision,
	// whether it applied or not; zero where there is no such family.
	Review   *ksv1.FamilyReview
	Digest   merge.Digest
	Revision uint64
}

// Reasons for receipts of acts, beside those of package review.
const (
	// ReasonUnknownFamily: there is no such family, or not for the sender.
	ReasonUnknownFamily = "UNKNOWN_FAMILY"
	// ReasonNoNote: a family is returned without a word why.
	ReasonNoNote = "NO_NOTE"
)

// PrepareSubmission judges of a batch what needs no store. One whose sender may not collect, or
// no longer, is as one that nothing proves: it comes with the work that a supervisor lets in.
func PrepareSubmission(b *ksv1.BatchSubmission, sender *Sender) (*Act, error) {
	a := &Act{Sender: sender, submission: b}
	copy(a.id[:], b.GetId())
	for _, bytes := range b.GetFamilyIds() {
		family, err := merge.IDFromBytes(bytes)
		if err != nil || family.IsZero() {
			return a.refuse(ReasonMalformed), nil
		}
		a.families = append(a.families, family)
	}
	switch {
	case len(b.GetId()) != len(a.id) || a.id.IsZero() || len(a.families) == 0 || b.GetVillage() == 0:
		return a.refuse(ReasonMalformed), nil
	case b.GetAuthor() != sender.Account:
		return a.refuse(ReasonForeignAuthor), nil
	case !sender.MayCollect:
		a.Sender = SubmittedUnproved(b, sender.Device)
	}
	return a, a.hash(b)
}

// PrepareDecision judges of a supervisor's decision what needs no store. Whether the sender may
// make it is told with the family (mayDecide).
func PrepareDecision(d *ksv1.ReviewDecision, sender *Sender) (*Act, error) {
	a := &Act{Sender: sender, decision: d}
	var err error
	if a.id, err = merge.ParseID(d.GetVerdictId()); err != nil {
		return a.refuse(ReasonMalformed), nil
	}
	family, err := merge.ParseID(d.GetFamilyId())
	if err != nil || d.GetVillage() == 0 {
		return a.refuse(ReasonMalformed), nil
	}
	a.families = []merge.ID{family}
	if reason := malformed(d); reason != "" {
		return a.refuse(reason), nil
	}
	if d.GetAuthor() != sender.Account {
		return a.refuse(ReasonForeignAuthor), nil
	}
	return a, a.hash(d)
}

// malformed says what is wrong with a decision within itself; "" where nothing is.
func malformed(d *ksv1.ReviewDecision) string {
	if d.GetDuplicate() != nil {
		return malformedDuplicate(d)
	}
	if len(d.GetJudgedDigest()) != len(merge.Digest{}) {
		return ReasonMalformed
	}
	switch d.GetOutcome() {
	case ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED:
		return ""
	case ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED:
		if d.GetNote() == "" {
			return ReasonNoNote
		}
		if _, err := prokesga.ParseDate(d.GetDueDate()); d.GetDueDate() != "" && err != nil {
			return ReasonMalformed
		}
		return ""
	default:
		return ReasonMalformed
	}
}

func malformedDuplicate(d *ksv1.ReviewDecision) string {
	asked := d.GetDuplicate()
	if d.GetOutcome() != ksv1.VerdictOutcome_VERDICT_OUTCOME_UNSPECIFIED || len(asked.GetTokens()) == 0 {
		return ReasonMalformed
	}
	for _, token := range asked.GetTokens() {
		if len(token) != review.TokenSize {
			return ReasonMalformed
		}
	}
	switch asked.GetAction() {
	case review.Undo, review.LivesHere, review.Moved, review.Unknown:
		return ""
	case review.Dismiss:
		if strings.TrimSpace(d.GetNote()) == "" {
			return ReasonNoNote
		}
		return ""
	default:
		return ReasonMalformed
	}
}

func (a *Act) hash(m proto.Message) error {
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode step of review: %w", err)
	}
	a.content = sha256.Sum256(wire)
	return nil
}

func (a *Act) receipt(status ksv1.ReceiptStatus, reason string) *ksv1.Receipt {
	return &ksv1.Receipt{Id: append([]byte{}, a.id[:]...), Status: status, Reason: reason}
}

func (a *Act) refuse(reason string) *Act {
	a.refusal = a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, reason)
	return a
}

func (a *Act) notApplied(reason string) Acted {
	return Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED, reason)}
}

// ActKnown takes acts of one village; where there is no such village they are
// refused.
func ActKnown(ctx context.Context, commit Committer, village uint32, acts []*Act) ([]Acted, *ksv1.VillageMark, error) {
	acted, mark, err := commit.Act(ctx, village, acts)
	if !errors.Is(err, store.ErrNotFound) {
		return acted, mark, err
	}
	acted = make([]Acted, len(acts))
	for i, a := range acts {
		acted[i].Receipt = a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonUnknownVillage)
	}
	return acted, nil, nil
}

// step is when the act is taken, under the next revision.
func (w *work) step(a *Act) review.Step {
	return review.Step{Account: a.Sender.Account, AtMS: uint64(w.now.UnixMilli()), Revision: w.row.Revision}
}
