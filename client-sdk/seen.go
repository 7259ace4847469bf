package clientsdk

import (
	"cmp"
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Seen is what a form shows of a family that is open while others' work may come.
type Seen struct {
	family ID
	state  merge.State // the store's saves alone touch it
}

// FamilySeen is Family, with what SaveSeen takes. Errors: ErrNotFound, ErrTakenAway.
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
	return h, &Seen{id, f.State}, nil
}

// SaveSeen is Save by who saw the family as seen says: a value that a sync has brought
// since is not superseded by an edit of its field, but conflicts with it; what the user
// has saved on this device since, as by another form, is superseded. Seen has seen
// this save from then on, so that a form may save again. Errors: as Save; ErrNotFound
// where it is nil or another family's.
func (u *User) SaveSeen(ctx context.Context, id ID, seen *Seen, edits ...Edit) ([]Finding, error) {
	if seen == nil || seen.family != id {
		return nil, fmt.Errorf("family %s as seen: %w", id, ErrNotFound)
	}
	return u.saveIn(ctx, id, 0, func(d *device.Draft) ([]Edit, error) {
		d.See(&seen.state)
		return edits, nil
	})
}

// saveIn saves what edits makes of the family as it stands, with what the user has seen of
// whom they remove.
func (u *User) saveIn(ctx context.Context, id ID, village uint32, edits func(*device.Draft) ([]Edit, error)) ([]Finding, error) {
	return u.saveNoted(ctx, id, village, edits, func(d *device.Draft, list []Edit) []Edit {
		form.NoteSeen(list, cmp.Or(d.Seen, &d.Family.State))
		return list
	})
}

// saveNoted saves what edits makes of the family as it stands; note adds what was seen.
func (u *User) saveNoted(ctx context.Context, id ID, village uint32, edits func(*device.Draft) ([]Edit, error), note func(*device.Draft, []Edit) []Edit) ([]Finding, error) {
	var findings []Finding
	clock := u.clock()
	_, err := u.store.Save(ctx, id, village, func(d *device.Draft) ([]Edit, error) {
		list, err := edits(d)
		if err != nil {
			return nil, err
		}
		if err := merge.CheckEdits(list); err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrMalformedEdit, err)
		}
		list = note(d, merge.Combine(list...)) // the caller's stay as they are
		list = merge.KeepStatedAges(list, cmp.Or(d.Seen, &d.Family.State))
		d.Check = func(after *ksv1.Household, before func() (*ksv1.Household, error)) (err error) {
			findings, err = clock.judge(after, &d.Family.State, before)
			return err
		}
		if wrong := form.WrongEdits(list, &d.Family.State, nil); len(wrong) > 0 {
			return nil, &ValidationError{wrong}
		}
		list, err = form.Refusals(list, &d.Family.State, d.Family.Review.GetState()) // a round that is complete by now stays
		if err != nil {
			return nil, err
		}
		if wrong := form.IntoWithdrawn(list, cmp.Or(d.Seen, &d.Family.State), &d.Family.State); len(wrong) > 0 {
			return nil, &ValidationError{wrong}
		}
		return list, nil
	})
	if err != nil {
		return nil, err
	}
	return findings, nil
}
