package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// carried is what was submitted of a family that was removed because it is another.
type carried struct {
	gone, kept store.Family
	review     *ksv1.FamilyReview
	// batch is nil where it is not there any more.
	batch *ksv1.Batch
}

// CarrySubmission has a family that was submitted, and removed because it is another, judged
// where its survey went: the other one, where it counts and nobody has submitted it, waits in a
// batch of who submitted the removed one. That leaves the queue, replaced by this batch, or by
// the one in which the other is already; one that was approved before stays, so that the
// verified figures lose it with the next verdict. What was approved after its removal goes over
// as well. Each of both is a commit of its own, maybe of two villages; done again, or by
// several, it has no second effect. villages and scope are as SettleRing has them. Errors:
// OfRecord of what does not open.
func (c *Core) CarrySubmission(ctx context.Context, villages []uint32, family merge.ID) error {
	x, err := c.carriedFrom(ctx, villages, family)
	if err != nil || x == nil {
		return err
	}
	later, err := c.submitKept(ctx, x)
	if err == nil && later != "" && review.MayGoOver(x.review) {
		err = c.goOver(ctx, x, later)
	}
	if err != nil {
		return fmt.Errorf("carry what was submitted of family %s to %s: %w", x.gone.ID, x.kept.ID, err)
	}
	return nil
}

// carriedFrom reads what there is to carry; nil: nothing.
func (c *Core) carriedFrom(ctx context.Context, villages []uint32, family merge.ID) (x *carried, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		x = nil
		m, err := c.mergedFamily(ctx, snap, villages, family)
		if err != nil || m == nil || !review.LivesOn(ksv1.ReviewState(m.row.ReviewState)) {
			return err
		}
		stands, err := merge.StandsFor(family, func(id merge.ID) (*ksv1.Removal, error) {
			m, err := c.mergedFamily(ctx, snap, villages, id)
			if err != nil || m == nil {
				return nil, err
			}
			return &ksv1.Removal{KeptId: m.kept.String()}, nil
		})
		if err != nil {
			return err
		}
		x = &carried{gone: m.row}
		x.kept, err = snap.FindFamily(ctx, villages, stands)
		if errors.Is(err, store.ErrNotFound) || err == nil && x.kept.State != store.FamilyCounted {
			x = nil // what was submitted counts nowhere
			return nil
		}
		if err != nil {
			return err
		}
		return c.readSubmitted(ctx, snap, x)
	})
	return x, err
}

// readSubmitted reads where the removed family stands in review, and in which batch.
func (c *Core) readSubmitted(ctx context.Context, snap store.Snapshot, x *carried) (err error) {
	if x.review, err = c.Vault.FamilyReview(&x.gone); err != nil {
		return err
	}
	id, err := merge.ParseID(x.review.GetBatchId())
	if err != nil {
		return err
	}
	row, err := snap.FindBatch(ctx, []uint32{x.gone.Village}, id)
	switch {
	case err == nil:
		x.batch, err = c.Vault.OpenBatch(&row)
	case errors.Is(err, store.ErrNotFound):
		err = nil
	}
	return err
}

// submitKept submits the family that stands, where nobody has, and gives the batch in which it
// is; "" where it counts no more.
func (c *Core) submitKept(ctx context.Context, x *carried) (batch string, err error) {
	name := append(append([]byte("carried"), x.kept.ID[:]...), x.gone.ID[:]...)
	id := derivedID(binary.BigEndian.AppendUint64(name, x.gone.Revision))
	note := ""
	if len(x.batch.GetFamilies()) == 1 { // else it may be about another, and would outlive its erasure
		note = x.batch.GetNote()
	}
	a, err := PrepareSubmission(&ksv1.BatchSubmission{
		Id: id[:], Author: x.review.GetSubmittedBy(), Village: x.kept.Village, SubmittedAtMs: x.batch.GetSubmittedAtMs(),
		FamilyIds: [][]byte{x.kept.ID[:]}, Note: note,
	}, &Sender{Account: x.review.GetSubmittedBy(), MayCollect: true, Covers: func(uint32, area.Place) bool { return true }})
	if err != nil {
		return "", err
	}
	err = c.actAlone(ctx, x.kept.Village, a, func(w *work, f *familyWork) error {
		if batch = ""; f.row.State != store.FamilyCounted {
			return nil
		}
		if f.review.GetState() == ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED {
			if _, err := w.act(a); err != nil {
				return err
			}
		}
		batch = f.review.GetBatchId()
		return nil
	})
	return batch, err
}

// goOver takes the removed family out of the queue.
func (c *Core) goOver(ctx context.Context, x *carried, later string) error {
	name := append(append([]byte("went over"), x.gone.ID[:]...), later...)
	name = binary.BigEndian.AppendUint64(name, x.gone.Revision)
	a := &Act{Sender: &Sender{}, id: derivedID(name), content: sha256.Sum256(name), families: []merge.ID{x.gone.ID}}
	return c.actAlone(ctx, x.gone.Village, a, func(w *work, f *familyWork) error {
		if f.row.State != store.FamilyRemoved || f.row.Revision != x.gone.Revision {
			return nil // it comes again by its new revision
		}
		w.link(a, a.id)
		if b := w.batchOf(f); b != nil {
			b.dirty = review.Replace(b.message, f.row.ID.String(), later) || b.dirty
		}
		w.setReview(f, review.GoOver(f.review, w.step(a)))
		return nil
	})
}

// actAlone takes one act of one family, where that is there, in a commit of its own.
func (c *Core) actAlone(ctx context.Context, village uint32, a *Act, take func(w *work, f *familyWork) error) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			w, err := c.begin(ctx, tx.Snapshot(), v, nil, []*Act{a})
			if err != nil {
				return err
			}
			if f := w.families[a.families[0]]; !f.isNew {
				if err := take(w, f); err != nil {
					return err
				}
			}
			return w.write(ctx)
		})
	})
}

// derivedID is the id of what the server makes by itself: of the same name always the same, so
// that made again it is found.
func derivedID(name []byte) merge.ID {
	sum := sha256.Sum256(name)
	return merge.NewID(0, binary.BigEndian.Uint32(sum[:4]), binary.BigEndian.Uint64(sum[4:12]))
}
