package clientsdk

import (
	"context"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// MergeFamily makes two families of the Puskesmas one: members who are not in the
// kept one yet, rounds and visits go over, and the other is removed as entered
// twice, in one save: all of it is kept or nothing. Both keep their history. What
// somebody edits of the other meanwhile shows as a conflict with its removal; made one
// with the same kept one again, it goes over, too. Errors: ErrNotFound, *ReviewError, *ValidationError, ErrFamilyTooLarge.
func (u *User) MergeFamily(ctx context.Context, other, kept ID, note string) error {
	if may, err := u.store.MayReview(ctx); err != nil || !may {
		if err == nil {
			err = &ReviewError{reasonNoRight}
		}
		return err
	}
	if other == kept {
		return &ReviewError{review.StateChanged}
	}
	today, err := u.Today(ctx)
	if err != nil {
		return err
	}
	stands, err := u.standsFor(ctx, other)
	if err != nil {
		return err
	}
	// Both are read within the save: what a sync brings beside it must not be removed
	// as if it had gone over.
	var from *merge.State
	clock := u.clock()
	_, err = u.store.SaveAll(ctx,
		device.Saving{Family: other, Edit: func(d *device.Draft) (_ []Edit, err error) {
			from = &d.Family.State
			household, err := merge.View(from)
			if err == nil && household.GetFamily().GetRemoval() != nil && stands != kept {
				err = &ReviewError{review.StateChanged}
			}
			return nil, err
		}},
		device.Saving{Family: kept, From: other, Edit: func(d *device.Draft) ([]Edit, error) {
			into, err := merge.View(&d.Family.State)
			if err != nil {
				return nil, err
			}
			if into.GetFamily().GetRemoval() != nil {
				return nil, &ReviewError{review.StateChanged}
			}
			edits, err := merge.Unite(into, from)
			// It enters nothing: what is wrong across fields was so before, and is told to who
			// reviews the family.
			form.NoteSeen(edits, &d.Family.State)
			if wrong := form.WrongEdits(edits, &d.Family.State, from); len(wrong) > 0 && err == nil {
				err = &ValidationError{wrong}
			}
			return edits, err
		}},
		device.Saving{Family: other, Edit: func(d *device.Draft) ([]Edit, error) {
			if stands == kept && !merge.CameLate(&d.Family.State) {
				return nil, nil
			}
			return clock.checked(d, []Edit{{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
				Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: kept.String(), Note: note,
				Date: today,
			}}}})
		}})
	return err
}

// standsFor is the family that one is, which may have been removed because it is another.
// Errors: ErrNotFound.
func (u *User) standsFor(ctx context.Context, id ID) (ID, error) {
	return merge.StandsFor(id, func(id ID) (*ksv1.Removal, error) {
		f, err := u.store.Family(ctx, id)
		if err != nil {
			return nil, err
		}
		household, err := u.view(ctx, f)
		return household.GetFamily().GetRemoval(), err
	})
}
