package clientsdk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Seen is what a form shows of a family that is open while others' work may come.
type Seen struct{ state merge.State }

// FamilySeen is Family, with what SaveSeen takes. Errors: ErrNotFound.
func (u *User) FamilySeen(ctx context.Context, id ID) (*ksv1.Household, *Seen, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	h, err := u.view(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	familyview.HideWithdrawn(h)
	return h, &Seen{f.State}, nil
}

// SaveSeen is Save by who saw the family as seen says: a value that a sync has brought
// since is not superseded by an edit of its field, but conflicts with it. Seen has seen
// this save from then on, so that a form may save again. Errors: as Save; ErrNotFound
// where it is another family's.
func (u *User) SaveSeen(ctx context.Context, id ID, seen *Seen, edits ...Edit) ([]Finding, error) {
	if seen.state.Family != id {
		return nil, fmt.Errorf("family %s as seen: %w", id, ErrNotFound)
	}
	return u.saveIn(ctx, id, 0, func(d *device.Draft) ([]Edit, error) {
		d.Seen = &seen.state
		return edits, nil
	})
}

// saveIn saves what edits makes of the family as it stands; what Draft.Seen has seen it
// has seen with this save, too.
func (u *User) saveIn(ctx context.Context, id ID, village uint32, edits func(*device.Draft) ([]Edit, error)) ([]Finding, error) {
	var findings []Finding
	var seen *merge.State
	changes, err := u.store.Save(ctx, id, village, func(d *device.Draft) ([]Edit, error) {
		list, err := edits(d)
		if err != nil {
			return nil, err
		}
		list = slices.Clone(list) // the caller's stay as they are
		d.Check = func(after *ksv1.Household, before func() (*ksv1.Household, error)) (err error) {
			findings, err = u.newFindings(after, before)
			return err
		}
		seen = d.Seen
		form.NoteSeen(list, cmp.Or(seen, &d.Family.State))
		if wrong := form.WrongEdits(list); len(wrong) > 0 {
			return nil, &ValidationError{wrong}
		}
		list, err = form.Refusals(list, &d.Family.State, d.Family.Review.GetState()) // a round that is complete by now stays
		if err != nil {
			return nil, err
		}
		if wrong := form.IntoWithdrawn(list, cmp.Or(seen, &d.Family.State), &d.Family.State); len(wrong) > 0 {
			return nil, &ValidationError{wrong}
		}
		return list, nil
	})
	if err != nil {
		return nil, err
	}
	if seen == nil {
		return findings, nil
	}
	for _, change := range changes {
		delta, err := merge.FromChange(change)
		if err != nil {
			return nil, err
		}
		*seen = merge.Join(*seen, delta)
	}
	return findings, nil
}
