package promises

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// checkSubmissions: every family of every batch that a server has is in the queue, judged, or
// told with why not, and every batch that a device shows as sent is there, and shown as it is.
func (w *World) checkSubmissions(ctx context.Context, t *judge.Truth) error {
	waiting, err := w.waitingOf(ctx)
	if err != nil {
		return err
	}
	batches := map[merge.ID]*ksv1.Batch{}
	err = w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		for village := range len(villageCodes) {
			rows, err := snap.ListBatches(ctx, store.BatchQuery{Villages: []uint32{uint32(village + 1)}, Limit: 1_000_000})
			if err != nil {
				return err
			}
			awaited, perhaps := int64(0), int64(0)
			for i := range rows {
				b, err := w.backend.Vault.OpenBatch(&rows[i])
				if err != nil {
					return err
				}
				batches[rows[i].ID] = b
				for _, f := range b.GetFamilies() {
					if err := w.checkSubmitted(t, b, f, waiting); err != nil {
						return err
					}
					switch why := f.GetNotQueued(); {
					case why == review.NoWork && w.handovers.unproved(b):
						perhaps++
					case why == review.WorkWaits || why == review.NoWork:
						awaited++
					}
				}
			}
			v, err := snap.Village(ctx, uint32(village+1))
			if err == nil && (v.Awaited < awaited || v.Awaited > awaited+perhaps) {
				w.Report.violate("submitted: village %d awaits %d families, its batches name %d", v.Number, v.Awaited, awaited)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range w.everybody() {
		if err := w.checkShownBatches(ctx, r, batches); err != nil {
			return err
		}
	}
	return nil
}

// workOf is an account's work on a family.
type workOf struct {
	family  merge.ID
	account uint32
}

// waitingOf is whose work on which families waits for a decision.
func (w *World) waitingOf(ctx context.Context) (map[workOf]bool, error) {
	out := map[workOf]bool{}
	err := w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.ListQuarantine(ctx, []uint32{1, 2}, 0, merge.ID{}, 1_000_000)
		for i := range rows {
			out[workOf{rows[i].Family, rows[i].Author}] = true
		}
		return err
	})
	return out, err
}

// checkSubmitted: one family of a batch stands as the batch says.
func (w *World) checkSubmitted(t *judge.Truth, b *ksv1.Batch, entry *ksv1.BatchFamily, waiting map[workOf]bool) error {
	id, err := merge.ParseID(entry.GetFamilyId())
	if err != nil {
		return err
	}
	f, there := t.Families[id]
	r, err := w.backend.Vault.FamilyReview(&f)
	if err != nil {
		return err
	}
	waits := waiting[workOf{id, b.GetAuthor()}]
	switch why := entry.GetNotQueued(); {
	case entry.GetVerdict() != nil || entry.GetReplacedBy() != "" || w.wasErased(id):
	case why == 0 && (!there || !review.Queued(r.GetState()) || r.GetBatchId() != b.GetBatchId()):
		w.Report.violate("submitted: family %s of batch %s is not in the queue, and nobody is told", id, b.GetBatchId())
	case why == review.NoWork && w.handovers.unproved(b): // its work may come behind such a one, which awaits none
	case (why == review.WorkWaits) != waits && (why == review.WorkWaits || why == review.NoWork):
		w.Report.violate("submitted: family %s of batch %s is told as %s, and its work waits: %t", id, b.GetBatchId(), why, waits)
	case why == review.NoWork && there:
		for change, c := range t.Changes {
			if merge.ID(c.GetFamilyId()) == id && t.Authors[change] == b.GetAuthor() && !t.Settling[change] && r.GetApprovedRevision() == 0 {
				w.Report.violate("submitted: family %s of batch %s is told as none of its author's, who wrote change %s", id, b.GetBatchId(), change)
			}
		}
	}
	return nil
}

// checkShownBatches: what a device has submitted is at the server, and the device shows its
// state, and what of it is not in the queue. (Of other changes devices are not told.)
func (w *World) checkShownBatches(ctx context.Context, r *replica, batches map[merge.ID]*ksv1.Batch) error {
	shown, err := r.store.Batches(ctx, 1_000_000)
	if err != nil {
		return err
	}
	for _, b := range shown {
		id, err := merge.ParseID(b.GetBatchId())
		if err != nil {
			return err
		}
		switch stored := batches[id]; {
		case b.GetState() == ksv1.BatchState_BATCH_STATE_OPEN:
			w.Report.violate("liveness: batch %s of device %d is still unsent", id, r.owner.device)
		case stored == nil && b.GetState() != ksv1.BatchState_BATCH_STATE_NOT_TAKEN:
			w.Report.violate("acked: batch %s of device %d is gone", id, r.owner.device)
		case stored != nil && (stored.GetState() != b.GetState() || !proto.Equal(notQueuedOf(stored), notQueuedOf(b))):
			w.Report.violate("submitted: device %d shows batch %s as %s without %v, the server as %s without %v",
				r.owner.device, id, b.GetState(), review.NotQueued(b), stored.GetState(), review.NotQueued(stored))
		}
	}
	return nil
}

func notQueuedOf(b *ksv1.Batch) *ksv1.Batch { return &ksv1.Batch{Families: review.NotQueued(b)} }
