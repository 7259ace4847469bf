package ingest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Restriction is of a family's processing, or its end, as it was decided.
type Restriction struct {
	Village    uint32
	Family     merge.ID
	Restricted bool
}

// Restrict restricts the processing of a family, or lifts that, under the village's
// next revision, so that the feed takes the family from devices or brings it back.
// State, history, tallies and sums stay as they are. It answers false where it was
// so before. Errors: store.ErrNotFound.
func (c *Core) Restrict(ctx context.Context, r Restriction) (done bool, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, r.Village, func(v store.VillageTx) (err error) {
			done, err = c.restrict(ctx, tx.Snapshot(), v, r)
			return err
		})
	})
	if err != nil {
		return false, fmt.Errorf("restrict family %s: %w", r.Family, err)
	}
	return done, nil
}

func (c *Core) restrict(ctx context.Context, snap store.Snapshot, v store.VillageTx, r Restriction) (done bool, err error) {
	w, err := c.begin(ctx, snap, v, nil, nil)
	if err != nil {
		return false, err
	}
	if err := w.readFamilies(ctx, []merge.ID{r.Family}); err != nil {
		return false, err
	}
	f := w.families[r.Family]
	if f.isNew {
		return false, store.ErrNotFound
	}
	if f.row.Restricted == r.Restricted {
		return false, nil
	}
	name, err := c.Vault.NewSalt() // of the revision in the chain
	if err != nil {
		return false, err
	}
	id := merge.ID(name)
	act := &Act{Sender: &Sender{}, content: sha256.Sum256(fmt.Appendf(nil, "restricted %t %s", r.Restricted, r.Family))}
	w.link(act, id)
	f.row.Revision = w.row.Revision
	w.commit.Families = append(w.commit.Families, f.row)
	return true, errors.Join(w.putAll(ctx), v.Restrict(ctx, r.Family, r.Restricted))
}
