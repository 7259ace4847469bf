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
	erased := there && merge.Erased(f.joined(), merge.ID{})
	switch {
	case there && covered && erased:
		return review.Erased, nil
	case there && covered:
		return 0, nil
	case w.waits(f, account, store.QuarantineWaiting):
		return review.WorkWaits, nil
	case !there:
		return review.NoWork, nil
	}
	authors, err := w.authorsSince(f)
	if err != nil {
		return 0, err
	}
	wrote := slices.ContainsFunc(w.authors[f.row.ID], func(a store.Authorship) bool { return a.Author == account })
	switch {
	case erased && (wrote || slices.Contains(authors, account)):
		return review.Erased, nil
	case slices.Contains(authors, account) || f.review.GetState() == review.Approved && wrote:
		return 0, nil
	}
	return review.NoWork, nil
}

// waits tells whether quarantined work of an account on a family, of what was read of it, is in
// a state.
func (w *work) waits(f *familyWork, account uint32, state store.QuarantineState) bool {
	for _, q := range w.held {
		if q.Family == f.row.ID && q.Author == account && q.State == state {
			return true
		}
	}
	return false
}

// maxUnknownAwaited is how many families a village's batches wait for at most before others are
// told to be unknown for good: anybody who surveys may name ids that never come, and each commit
// looks whether it brings one of them.
const maxUnknownAwaited = 10_000

// await puts a family into its batch that does not come into the queue now, and waits for it
// where it may later.
func (w *work) await(batch *batchWork, family merge.ID, why ksv1.NotQueued, of *Sender) {
	batch.message.Families = append(batch.message.Families, &ksv1.BatchFamily{FamilyId: family.String(), NotQueued: why})
	if why == review.WorkWaits || why == review.NoWork && !of.Deposited && w.row.Awaited < maxUnknownAwaited {
		w.commit.Awaited = append(w.commit.Awaited, store.Awaited{Family: family, Batch: batch.row.ID})
		w.row.Awaited++
	}
}

// readAwaited reads the batches that wait for any of the families too, and what tells whether
// they wait further.
func (w *work) readAwaited(ctx context.Context, families []merge.ID) error {
	if w.row.Awaited == 0 {
		return nil
	}
	found, err := w.village.Awaited(ctx, families)
	if err != nil || len(found) == 0 {
		return err
	}
	var of, batches []merge.ID
	for _, x := range found {
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
		return nil // what is damaged holds no work up
	}
	if err == nil {
		w.awaited = append(w.awaited, found...)
	}
	return err
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
	// Of one that was submitted twice the later batch holds it.
	slices.SortStableFunc(w.awaited, func(a, b store.Awaited) int {
		return cmp.Or(cmp.Compare(w.receivedMS(a.Batch), w.receivedMS(b.Batch)), bytes.Compare(a.Batch[:], b.Batch[:]))
	})
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
			why = w.afterWaiting(f, b.row.Author)
		}
		if why == entry.GetNotQueued() {
			continue
		}
		entry.NotQueued, b.dirty, b.tell = why, true, true
		if why != review.WorkWaits && why != review.NoWork { // of which more may come
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

// afterWaiting is why a family is not submitted of which an account's work waited and does not
// any more, and nothing is its.
func (w *work) afterWaiting(f *familyWork, account uint32) ksv1.NotQueued {
	switch {
	case merge.Erased(f.joined(), merge.ID{}):
		return review.Erased
	case w.waits(f, account, store.QuarantineKeptOut):
		return review.KeptOut
	}
	return review.NoWork // it only settled a conflict, or was of an erased member alone
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
