package ingest

import (
	"context"
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Submit stores a batch that a surveyor submits for review: its families go to
// the queue, under one revision, and the feed tells. Families that the server
// does not hold, or that lie outside the sender's scope, are left out. A batch
// of an id known before has no second effect.
func (c *Core) Submit(ctx context.Context, b *ksv1.BatchSubmission, sender *Sender) (*ksv1.Receipt, error) {
	receipt := &ksv1.Receipt{Id: b.GetId(), Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED}
	id, err := merge.IDFromBytes(b.GetId())
	switch {
	case err != nil || id.IsZero() || len(b.GetFamilyIds()) == 0:
		receipt.Status, receipt.Reason = ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonMalformed
		return receipt, nil
	case !sender.MayCollect:
		receipt.Status, receipt.Reason = ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonNoRight
		return receipt, nil
	case b.GetAuthor() != sender.Account:
		receipt.Status, receipt.Reason = ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, ReasonForeignAuthor
		return receipt, nil
	}
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("encode submission: %w", err)
	}
	content := sha256.Sum256(wire)
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, b.GetVillage(), func(v store.VillageTx) error {
			known, err := v.Committed(ctx, []merge.ID{id})
			if err != nil {
				return err
			}
			if len(known) > 0 {
				receipt.Status, receipt.Revision = ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, known[0].Revision
				if known[0].ContentHash != content {
					receipt.Status, receipt.Revision = ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, 0
				}
				return nil
			}
			receipt.Revision, err = c.submit(ctx, v, &submission{id, b, content}, sender)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("submit batch %s: %w", id, err)
	}
	return receipt, nil
}

// submission is a device's, which its content tells from another one that a
// copy of the device made under the same id.
type submission struct {
	id      merge.ID
	message *ksv1.BatchSubmission
	content [32]byte
}

func (c *Core) submit(ctx context.Context, v store.VillageTx, sub *submission, sender *Sender) (uint64, error) {
	id, b := sub.id, sub.message
	w, err := c.begin(ctx, v, nil)
	if err != nil {
		return 0, err
	}
	families := make([]merge.ID, 0, len(b.GetFamilyIds()))
	for _, f := range b.GetFamilyIds() {
		family, err := merge.IDFromBytes(f)
		if err != nil {
			return 0, err
		}
		families = append(families, family)
	}
	if err := w.readFamilies(ctx, families); err != nil {
		return 0, err
	}
	w.row.Revision++
	batch := &ksv1.Batch{
		BatchId: id.String(), Author: b.GetAuthor(), Village: w.row.Number, SubmittedAtMs: b.GetSubmittedAtMs(),
		ReceivedAtMs: uint64(w.now.UnixMilli()), State: ksv1.BatchState_BATCH_STATE_UPLOADED, Note: b.GetNote(),
	}
	for _, f := range w.families {
		if f.isNew || sender.Covers == nil || !sender.Covers(w.row.Number, f.row.Place) {
			continue
		}
		f.row.Revision = w.row.Revision
		if err := w.setReview(f, &ksv1.FamilyReview{BatchId: id.String()}, ksv1.ReviewState_REVIEW_STATE_SUBMITTED); err != nil {
			return 0, err
		}
		batch.Families = append(batch.Families, &ksv1.BatchFamily{FamilyId: f.row.ID.String()})
		w.commit.Families = append(w.commit.Families, f.row)
	}
	return w.row.Revision, w.putBatch(ctx, sub, batch, sender)
}

// putBatch writes the batch with its own link in the village's chain.
func (w *work) putBatch(ctx context.Context, sub *submission, batch *ksv1.Batch, sender *Sender) error {
	id := sub.id
	plain, err := proto.Marshal(batch)
	if err != nil {
		return fmt.Errorf("encode batch: %w", err)
	}
	row := store.Batch{ID: id, Village: w.row.Number, Author: sender.Account, State: int(batch.GetState()), ReceivedAtMS: w.now.UnixMilli()}
	if row.Salt, err = w.core.Vault.NewSalt(); err != nil {
		return err
	}
	row.Payload, err = w.core.Vault.Seal(row.Salt, record.Binding{Table: tableBatch, ID: id, Extra: uint64(w.row.Number)}, plain)
	if err != nil {
		return err
	}
	w.commit.Batches = append(w.commit.Batches, row)
	w.row.Hash = w.row.Hash.Next(w.row.Revision, id, merge.ID{}, sub.content)
	w.commit.Entries = append(w.commit.Entries, store.Entry{
		Revision: w.row.Revision, Change: id, ContentHash: sub.content, ChainHash: w.row.Hash, Author: sender.Account,
		Device: sender.Device, CommittedAtMS: w.now.UnixMilli(), Payload: row.Payload,
	})
	return w.write(ctx)
}
