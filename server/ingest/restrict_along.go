package ingest

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// readRestricted finds which of the families that a batch splits others off from are restricted.
func (w *work) readRestricted(ctx context.Context, batch []*Incoming) error {
	var ids []merge.ID
	for _, in := range batch {
		if from := in.splitFrom(); w.families[in.family] != nil && !from.IsZero() {
			ids = append(ids, from)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := w.village.Families(ctx, ids)
	for i := range rows {
		w.restricted[rows[i].ID] = rows[i].Restricted
	}
	return err
}

// splitFrom is the family that the change says its own was split off from; zero where it says
// nothing of that, or can't be read.
func (in *Incoming) splitFrom() merge.ID {
	if !in.judgeable() {
		return merge.ID{}
	}
	return linkOfText(in.household.GetFamily().GetSplitFromId())
}

// isRestricted tells whether a family is restricted as it was, or gets so by this commit.
func (w *work) isRestricted(id merge.ID) bool {
	if f := w.families[id]; f != nil && (f.row.Restricted || f.withheld) {
		return true
	}
	return w.restricted[id]
}

// restrictAlong restricts the family into which work that was under way has brought members of
// a restricted one, or of one that was just restricted along, by a change that was applied: who
// splits off from it, also where other work on them was admitted first, and the one that it is
// said to be the same as. Each is lifted by itself.
func (w *work) restrictAlong(ctx context.Context, in *Incoming, f *familyWork) error {
	f.withheld = f.withheld || w.isRestricted(in.splitFrom())
	kept := linkOfText(in.household.GetFamily().GetRemoval().GetKeptId())
	if kept.IsZero() || !w.isRestricted(in.family) {
		return nil
	}
	if w.families[kept] == nil {
		if err := w.readFamilies(ctx, []merge.ID{kept}); err != nil {
			return err
		}
	}
	into := w.families[kept]
	if into.isNew || into.row.Restricted || into.withheld {
		into.withheld = into.withheld || into.isNew && into.dirty
		return nil
	}
	name, err := w.core.Vault.NewSalt() // of the revision in the chain
	if err != nil {
		return err
	}
	w.link(&Act{Sender: &Sender{}, content: sha256.Sum256(fmt.Appendf(nil, "restricted along %s", kept))}, merge.ID(name))
	into.row.Revision, into.withheld = w.row.Revision, true
	return nil
}

// restrictWithheld marks those families as restricted, which are written by then.
func (w *work) restrictWithheld(ctx context.Context) error {
	for id, f := range w.families {
		if f.withheld {
			if err := w.village.Restrict(ctx, id, true); err != nil {
				return err
			}
		}
	}
	return nil
}
