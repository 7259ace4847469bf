package ingest

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/server/store"
)

// dropReview takes away all that was approved or noted in review of a family of which all
// goes.
func (w *work) dropReview(f *familyWork) {
	w.countReview(f.row.ReviewState, -1)
	f.row.ReviewState, f.row.ReviewAuthor, f.row.ReviewSinceMS = 0, 0, 0
	f.row.Verified, f.row.Years = 0, "" // what it counts with provisionally is computed anew
	f.row.Review, f.row.ApprovedPayload, f.row.JudgedPayload, f.review = nil, nil, nil, nil
	w.countDoubles(f, nil)
}

// keepReview has the review of a family that goes on stand where it stood, without the erased
// and without what people wrote in it: who submitted is still to be answered, and who was
// answered is not asked for it again. What was approved has changed by the erasure, as by any
// change: it goes back to the queue, and counts on the verified basis as it was approved, but
// for the erased.
func (w *work) keepReview(ctx context.Context, snap store.Snapshot, f *familyWork, gone *merge.Gone, rewrite *store.Rewrite) error {
	if err := w.keepApproved(f, gone); err != nil {
		return err
	}
	if f.review == nil {
		return nil
	}
	f.review = review.Without(f.review, gone.Members)
	w.countDoubles(f, f.review.GetDuplicates())
	for before := uint64(0); ; {
		rows, err := snap.Verdicts(ctx, f.row.Village, f.row.ID, before, erasePage)
		if err != nil {
			return err
		}
		for _, row := range rows {
			before = row.Revision
			verdict, err := w.core.Vault.OpenVerdict(&row, f.before.Salt)
			if Unopened(err) {
				continue // nobody reads it, and it goes
			}
			if err != nil {
				return err
			}
			if err := w.core.Vault.sealVerdict(&row, f.row.Salt, review.VerdictWithout(verdict, gone.Members)); err != nil {
				return err
			}
			rewrite.Verdicts = append(rewrite.Verdicts, row)
		}
		if len(rows) < erasePage {
			return nil
		}
	}
}

// keepApproved seals anew, without the erased, what was approved of a family and what the last
// verdict judged. What does not open is dropped, and holds no erasure up.
func (w *work) keepApproved(f *familyWork, gone *merge.Gone) error {
	approved, err := w.core.Vault.OpenApproved(&f.before)
	if err != nil && !Unopened(err) {
		return err
	}
	var judged *merge.State
	if f.before.JudgedPayload != nil {
		if judged, err = w.core.Vault.OpenJudged(&f.before); err != nil && !Unopened(err) {
			return err
		}
	}
	f.row.ApprovedPayload, f.row.JudgedPayload = nil, nil
	if judged != nil {
		state := gone.From(judged)
		if f.row.JudgedPayload, err = w.sealBeside(f, tableJudged, &state); err != nil {
			return err
		}
	}
	if approved == nil {
		f.row.Verified, f.row.Years = 0, ""
		return nil
	}
	state := gone.From(approved)
	if f.row.ApprovedPayload, err = w.sealBeside(f, tableApproved, &state); err != nil {
		return err
	}
	household, err := merge.View(&f.state)
	if err != nil {
		return err
	}
	return w.countApproved(f, household, &state)
}

// judgesOf are those who passed verdicts on a family.
func (w *work) judgesOf(ctx context.Context, snap store.Snapshot, f *familyWork) (judges []uint32, err error) {
	for before := uint64(0); ; {
		rows, err := snap.Verdicts(ctx, f.row.Village, f.row.ID, before, erasePage)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			before, judges = row.Revision, append(judges, row.Author)
		}
		if len(rows) < erasePage {
			return judges, nil
		}
	}
}
