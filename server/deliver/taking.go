package deliver

import (
	"context"
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// taking is a part while it is committed.
type taking struct {
	service *Service
	part    *ksv1.BackupPart
	sender  *ingest.Sender
}

// take commits a part's changes, then its steps of review, and gives their receipts in
// order: submissions before verdicts.
func (t *taking) take(ctx context.Context, page *ksv1.UploadPage) ([]*ksv1.Receipt, error) {
	f, err := t.service.forkOf(ctx, t.part, page)
	if err != nil {
		return nil, err
	}
	receipts, err := t.takeChanges(ctx, page.GetChanges(), f)
	if err != nil {
		return nil, err
	}
	steps := &ksv1.UploadPage{Submissions: page.GetSubmissions(), Decisions: page.GetDecisions(), Proofs: page.GetProofs()}
	of, err := t.takeSteps(ctx, steps, f)
	return append(receipts, of...), err
}

// takeChanges commits the changes under their names, and those that are another's by
// theirs under new ones, into quarantine.
func (t *taking) takeChanges(ctx context.Context, changes []*ksv1.Change, f *fork) ([]*ksv1.Receipt, error) {
	receipts := make([]*ksv1.Receipt, len(changes))
	var own []*ksv1.Change
	var at []int
	for i, c := range changes {
		if family, err := merge.IDFromBytes(c.GetFamilyId()); err != nil || !f.before[family] {
			own, at = append(own, c), append(at, i)
		}
	}
	put := func(page *ksv1.UploadPage, sender *ingest.Sender, at []int) error {
		given, err := t.service.Backend.CommitFor(ctx, page, sender)
		if err != nil {
			return err
		}
		for i, r := range given {
			r.Id = changes[at[i]].GetId()
			receipts[at[i]] = r
		}
		return nil
	}
	if err := put(&ksv1.UploadPage{Changes: own}, t.sender, at); err != nil {
		return nil, err
	}
	f.find(changes, receipts)
	ids := f.ids()
	if !f.renaming.BySource {
		if err := f.lookBefore(ctx, t.service, ids); err != nil {
			return nil, err
		}
	}
	if err := f.rename(ids); err != nil || len(ids) == 0 {
		return receipts, err
	}
	waits := *t.sender
	waits.Forked = true
	if err := put(&ksv1.UploadPage{Changes: f.changes}, &waits, f.at); err != nil {
		return nil, err
	}
	for _, i := range f.at {
		// A change of that name that says something else is this one, as it was renamed when
		// it came before: the name follows from what it says.
		if receipts[i].GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
			receipts[i].Status, receipts[i].Reason = ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ingest.ReasonDeviceForked
		}
	}
	return receipts, nil
}

// takeSteps takes steps of review. Those that name families which f has renamed, or whose
// own id is another's, it takes under new names: they are of the author's right, and are
// judged as those.
func (t *taking) takeSteps(ctx context.Context, page *ksv1.UploadPage, f *fork) ([]*ksv1.Receipt, error) {
	ids := idsOf(page)
	if len(ids) == 0 {
		return nil, nil
	}
	page = proto.CloneOf(page)
	for i := range ids {
		if f.renameIn(page, i) {
			if err := renameStep(page, i); err != nil {
				return nil, err
			}
		}
	}
	receipts, err := t.commitSteps(ctx, page)
	if err != nil {
		return nil, err
	}
	again := &ksv1.UploadPage{}
	var at []int
	for i, r := range receipts {
		if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
			continue
		}
		if err := renameStep(page, i); err != nil {
			return nil, err
		}
		if n := len(page.GetSubmissions()); i < n {
			again.Submissions = append(again.Submissions, page.GetSubmissions()[i])
		} else {
			again.Decisions = append(again.Decisions, page.GetDecisions()[i-n])
		}
		at = append(at, i)
	}
	if len(at) > 0 {
		given, err := t.commitSteps(ctx, again)
		if err != nil {
			return nil, err
		}
		for i, r := range given {
			receipts[at[i]] = r
		}
	}
	for i, id := range ids {
		receipts[i].Id = id[:]
	}
	return receipts, nil
}

// commitSteps commits steps of review by the right of the part's author. A submission of
// another, to whom no hand-over is recorded yet, waits with its work.
func (t *taking) commitSteps(ctx context.Context, page *ksv1.UploadPage) ([]*ksv1.Receipt, error) {
	var receipts []*ksv1.Receipt
	for _, b := range page.GetSubmissions() {
		sender := t.sender
		if b.GetAuthor() != sender.Account {
			sender = ingest.SubmittedUnproved(b, sender.Device)
		}
		given, err := t.service.Backend.CommitFor(ctx, &ksv1.UploadPage{Submissions: []*ksv1.BatchSubmission{b}}, sender)
		if err != nil {
			return nil, err
		}
		receipts = append(receipts, given...)
	}
	given, err := t.service.Backend.CommitFor(ctx, &ksv1.UploadPage{Decisions: page.GetDecisions(), Proofs: page.GetProofs()}, t.sender)
	return append(receipts, given...), err
}

// idsOf are the ids of a page's steps of review, in order.
func idsOf(page *ksv1.UploadPage) []merge.ID {
	var out []merge.ID
	for _, b := range page.GetSubmissions() {
		out = append(out, merge.ID(b.GetId()))
	}
	for _, d := range page.GetDecisions() {
		id, _ := merge.ParseID(d.GetVerdictId()) // OpenBackup has read it
		out = append(out, id)
	}
	return out
}

// renameIn gives the families of a page's i-th step the names that f knows them by; it
// tells whether one has another.
func (f *fork) renameIn(page *ksv1.UploadPage, i int) (renamed bool) {
	if n := len(page.GetSubmissions()); i >= n {
		d := page.GetDecisions()[i-n]
		id, err := merge.ParseID(d.GetFamilyId())
		if err == nil && f.renaming.ID(id) != id {
			d.FamilyId, renamed = f.renaming.ID(id).String(), true
		}
		return renamed
	}
	b := page.GetSubmissions()[i]
	for j, family := range b.GetFamilyIds() {
		id, err := merge.IDFromBytes(family)
		if other := f.renaming.ID(id); err == nil && other != id {
			b.FamilyIds[j], renamed = other[:], true
		}
	}
	return renamed
}

// renameStep gives a page's i-th step another id.
func renameStep(page *ksv1.UploadPage, i int) error {
	var step proto.Message
	if n := len(page.GetSubmissions()); i < n {
		step = page.GetSubmissions()[i]
	} else {
		step = page.GetDecisions()[i-n]
	}
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(step)
	if err != nil {
		return fmt.Errorf("encode step of review: %w", err)
	}
	id := merge.OtherName(idsOf(page)[i], sha256.Sum256(plain))
	switch m := step.(type) {
	case *ksv1.BatchSubmission:
		m.Id = id[:]
	case *ksv1.ReviewDecision:
		m.VerdictId = id.String()
	}
	return nil
}
