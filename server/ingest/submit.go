package ingest

import (
	"crypto/sha256"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// act carries out an act on the families as the commit's changes left them. An
// id known before has no second effect.
func (w *work) act(a *Act) (Acted, error) {
	if a.refusal != nil {
		return Acted{Receipt: a.refusal}, nil
	}
	if done, met, err := w.actBefore(a); met || err != nil {
		return done, err
	}
	if a.decision != nil {
		return w.decideReview(a)
	}
	receipt, err := w.submit(a)
	return Acted{Receipt: receipt}, err
}

// actBefore answers an act whose id was met before: committed, or as a change's that waits
// in quarantine, which is another life's of the act's database.
func (w *work) actBefore(a *Act) (done Acted, met bool, err error) {
	if k, ok := w.known[a.id]; ok {
		done, err = w.actAgain(a, &k)
		return done, true, err
	}
	if _, ok := w.held[a.id]; ok {
		return Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, "")}, true, nil
	}
	return Acted{}, false, nil
}

// actAgain answers an act whose id was committed before, whatever rights its author has now.
func (w *work) actAgain(a *Act, k *store.Committed) (Acted, error) {
	if k.Village != w.row.Number || k.ContentHash != a.content {
		return Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, "")}, nil
	}
	done := Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, "")}
	done.Receipt.Revision = k.Revision
	if b := w.batches[a.id]; b != nil {
		done.Receipt.NotQueued = review.NotQueued(b.message)
	}
	switch {
	case a.decision.GetDuplicate() != nil:
		done.present(w.families[a.families[0]])
	case a.decision != nil:
		done.Verdict = verdictOf(a.decision, w.families[a.families[0]].review, k.Revision)
		done.present(w.families[a.families[0]])
	}
	if a.decision == nil {
		return done, nil
	}
	return done, w.core.Vault.prove(a, done.Receipt)
}

// submit puts a batch's families into the queue, each under a revision of its
// own, so that a feed page can end behind any of them. Those that can't come into it now
// (notQueued) are awaited, and the receipt names them. Of what came sealed, without anybody
// signed in, nothing is awaited of which there is no work.
func (w *work) submit(a *Act) (*ksv1.Receipt, error) {
	why := make(map[merge.ID]ksv1.NotQueued, len(a.families))
	comes := false
	for _, id := range a.families {
		f := w.families[id]
		covered := a.Sender.Covers != nil && a.Sender.Covers(w.row.Number, f.row.Place)
		not, err := w.notQueued(f, a.Sender.Account, covered)
		if err != nil {
			return nil, err
		}
		why[id], comes = not, comes || not == 0 || not == review.WorkWaits
	}
	if a.Sender.Deposited && !comes {
		return a.notTaken(why), nil
	}
	return w.submitBatch(a, why)
}

// notTaken refuses a submission that names nothing of its author's.
func (a *Act) notTaken(why map[merge.ID]ksv1.NotQueued) *ksv1.Receipt {
	r := a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonUnknownFamily)
	for _, id := range a.families {
		r.NotQueued = append(r.NotQueued, &ksv1.BatchFamily{FamilyId: id.String(), NotQueued: why[id]})
	}
	return r
}

// submitBatch makes the batch; why is of each of its families why it is not in the queue.
func (w *work) submitBatch(a *Act, why map[merge.ID]ksv1.NotQueued) (*ksv1.Receipt, error) {
	b := a.submission
	batch := &batchWork{isNew: true, dirty: true, message: &ksv1.Batch{
		BatchId: a.id.String(), Author: b.GetAuthor(), Village: w.row.Number, SubmittedAtMs: b.GetSubmittedAtMs(),
		ReceivedAtMs: uint64(w.now.UnixMilli()), Note: b.GetNote(),
	}}
	batch.row = store.Batch{ID: a.id, Village: w.row.Number, Author: a.Sender.Account, ReceivedAtMS: w.now.UnixMilli()}
	w.batches[a.id] = batch
	w.link(a, a.id)
	r := a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, "")
	r.Revision = w.row.Revision
	met := map[merge.ID]bool{}
	for _, id := range a.families {
		if met[id] {
			continue
		}
		met[id] = true
		if not := why[id]; not != 0 {
			w.await(batch, id, not, a.Sender)
			continue
		}
		entry := &ksv1.BatchFamily{FamilyId: id.String()}
		batch.message.Families = append(batch.message.Families, entry)
		if err := w.submitFamily(a, batch, w.families[id], entry); err != nil {
			return nil, err
		}
	}
	batch.message.State = review.BatchStateOf(batch.message)
	r.NotQueued = review.NotQueued(batch.message)
	return r, nil
}

// submitFamily puts one into the queue; entry is its in the batch.
func (w *work) submitFamily(a *Act, batch *batchWork, f *familyWork, entry *ksv1.BatchFamily) error {
	w.link(a, linkOf(a.id, f.row.ID))
	authors, err := w.authorsSince(f)
	if err != nil {
		return err
	}
	if f.review.GetState() == review.Approved {
		entry.Verdict = &ksv1.Verdict{
			VerdictId: f.review.GetVerdictId(), BatchId: batch.message.GetBatchId(), FamilyId: entry.GetFamilyId(), Outcome: f.review.GetOutcome(),
			JudgedDigest: f.review.GetJudgedDigest(), Author: f.review.GetJudgedBy(), DecidedAtMs: f.review.GetJudgedAtMs(),
		}
	}
	if earlier := w.batchOf(f); earlier != nil && earlier != batch && review.Queued(f.review.GetState()) {
		earlier.dirty = review.Replace(earlier.message, entry.GetFamilyId(), batch.message.GetBatchId()) || earlier.dirty
	}
	w.setReview(f, review.Submit(f.review, batch.message.GetBatchId(), authors, w.step(a)))
	return nil
}

// link takes the next revision for an act, or a part of it, in the village's
// chain.
func (w *work) link(a *Act, id merge.ID) {
	w.row.Revision++
	w.row.Hash = w.row.Hash.Next(w.row.Revision, id, merge.ID{}, a.content)
	w.commit.Entries = append(w.commit.Entries, store.Entry{
		Revision: w.row.Revision, Change: id, ContentHash: a.content, ChainHash: w.row.Hash, Author: a.Sender.Account,
		Device: a.Sender.Device, CommittedAtMS: w.now.UnixMilli(), Payload: []byte{},
	})
	w.known[id] = store.Committed{ID: id, Village: w.row.Number, Revision: w.row.Revision, ContentHash: a.content}
}

// linkOf names a family's place in the chain within a batch.
func linkOf(batch, family merge.ID) (id merge.ID) {
	sum := sha256.Sum256(append(batch[:], family[:]...))
	copy(id[:], sum[:])
	return id
}

// batchWork is a batch while it is altered.
type batchWork struct {
	row     store.Batch
	message *ksv1.Batch
	// before is the state that its author was told.
	before ksv1.BatchState
	isNew  bool
	dirty  bool
	// tell: what its author is to know has changed, though the state may not have.
	tell bool
}

// batchOf is the last batch of a family; nil where there is none.
func (w *work) batchOf(f *familyWork) *batchWork {
	id, err := merge.ParseID(f.review.GetBatchId())
	if err != nil {
		return nil
	}
	return w.batches[id]
}

// writeBatches seals the batches altered, and tells their authors of those that
// came into another state.
func (w *work) writeBatches() error {
	for _, b := range w.batches {
		if !b.dirty {
			continue
		}
		var err error
		if b.isNew {
			if b.row.Salt, err = w.core.Vault.NewSalt(); err != nil {
				return err
			}
		}
		b.row.State = int(b.message.GetState())
		if err := w.core.Vault.sealBatch(&b.row, b.message); err != nil {
			return err
		}
		w.commit.Batches = append(w.commit.Batches, b.row)
		if b.message.GetState() == b.before && !b.tell {
			continue
		}
		plain, err := proto.Marshal(&ksv1.FeedNotice{Notice: &ksv1.FeedNotice_Batch{Batch: b.message}})
		if err != nil {
			return err
		}
		notice, err := w.core.Vault.SealNotice(b.row.Author, plain)
		if err != nil {
			return err
		}
		w.commit.Notices = append(w.commit.Notices, notice)
	}
	return nil
}
