package ingest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// notQueued is why a family that an account submits does not come into the queue; 0: it does.
// What an account has surveyed and is stored it submits though the RT is another's by now: that
// was taken away between the save and the sync, or behind it. Nobody submits else what is
// not theirs, nor is told whether there is such a family.
func (w *work) notQueued(f *familyWork, account uint32, covered bool) (ksv1.NotQueued, error) {
	there := !f.isNew || f.dirty
	switch {
	case merge.Erased(f.joined(), merge.ID{}):
		return review.Erased, nil
	case there && covered:
		return 0, nil
	case w.workWaits(f, account):
		return review.WorkWaits, nil
	case !there:
		return review.NoWork, nil
	}
	authors, err := w.authorsSince(f)
	if err != nil {
		return 0, err
	}
	wrote := func(a store.Authorship) bool { return a.Author == account }
	if slices.Contains(authors, account) || f.review.GetState() == review.Approved && slices.ContainsFunc(w.authors[f.row.ID], wrote) {
		return 0, nil
	}
	return review.NoWork, nil
}

// workWaits tells whether work of an account on a family waits for a supervisor's decision.
func (w *work) workWaits(f *familyWork, account uint32) bool {
	for _, q := range w.held {
		if q.Family == f.row.ID && q.Author == account && q.State == store.QuarantineWaiting {
			return true
		}
	}
	return false
}

// await puts a family into its batch that does not come into the queue now, and waits for it
// where it may later.
func (w *work) await(batch *batchWork, family merge.ID, why ksv1.NotQueued, of *Sender) {
	batch.message.Families = append(batch.message.Families, &ksv1.BatchFamily{FamilyId: family.String(), NotQueued: why})
	if why == review.WorkWaits || why == review.NoWork && !of.Deposited {
		w.commit.Awaited = append(w.commit.Awaited, store.Awaited{Family: family, Batch: batch.row.ID})
		w.row.Awaited++
	}
}

// readAwaited reads the batches that wait for any of the families, and what tells whether they
// wait further.
func (w *work) readAwaited(ctx context.Context, families []merge.ID) (err error) {
	if w.row.Awaited == 0 {
		return nil
	}
	if w.awaited, err = w.village.Awaited(ctx, families); err != nil || len(w.awaited) == 0 {
		return err
	}
	var of, batches []merge.ID
	for _, x := range w.awaited {
		of, batches = append(of, x.Family), append(batches, x.Batch)
	}
	of = slices.Compact(of)
	held, err := w.village.Quarantined(ctx, nil, of)
	if err != nil {
		return err
	}
	for _, q := range held {
		w.held[q.Change] = q
	}
	err = w.readReview(ctx, of, batches)
	if Unopened(err) {
		w.awaited = nil // what is damaged holds no work up
		return nil
	}
	if err != nil {
		return err
	}
	// Of one that was submitted twice the later batch holds it.
	slices.SortStableFunc(w.awaited, func(a, b store.Awaited) int {
		return cmp.Or(cmp.Compare(w.receivedMS(a.Batch), w.receivedMS(b.Batch)), bytes.Compare(a.Batch[:], b.Batch[:]))
	})
	return nil
}

func (w *work) receivedMS(batch merge.ID) int64 {
	if b := w.batches[batch]; b != nil {
		return b.row.ReceivedAtMS
	}
	return 0
}

// takeAwaited looks at the families that batches wait for as this commit leaves them: they are
// submitted once the author's work is in and nothing of it waits, or are awaited no more where
// all of it was kept out, or they were erased. The authors are told.
func (w *work) takeAwaited() error {
	for _, x := range w.awaited {
		b, f := w.batches[x.Batch], w.families[x.Family]
		entry := b.entry(x.Family)
		if entry == nil {
			continue // nobody deletes batches
		}
		why, err := w.notQueued(f, b.row.Author, false)
		if err != nil {
			return err
		}
		if why == review.NoWork && entry.GetNotQueued() == review.WorkWaits {
			why = review.KeptOut
		}
		if why == entry.GetNotQueued() {
			continue
		}
		entry.NotQueued, b.dirty, b.tell = why, true, true
		if why != review.WorkWaits {
			w.commit.Arrived = append(w.commit.Arrived, x)
			w.row.Awaited--
		}
		if why == 0 {
			link := linkOf(x.Batch, x.Family)
			a := &Act{Sender: &Sender{Account: b.row.Author}, id: x.Batch, content: sha256.Sum256(link[:])}
			if err := w.submitFamily(a, b, f, entry); err != nil {
				return err
			}
		}
		b.message.State = review.BatchStateOf(b.message)
	}
	return nil
}

// entry is a family's in the batch; nil where there is none.
func (b *batchWork) entry(family merge.ID) *ksv1.BatchFamily {
	if b == nil {
		return nil
	}
	i := slices.IndexFunc(b.message.GetFamilies(), func(f *ksv1.BatchFamily) bool { return f.GetFamilyId() == family.String() })
	if i < 0 {
		return nil
	}
	return b.message.GetFamilies()[i]
}
