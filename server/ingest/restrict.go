package ingest

import (
	"context"
	"crypto/sha256"
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
	done, err = c.withhold(ctx, r.Village, r.Family, fmt.Sprintf("restricted %t", r.Restricted), func(row *store.Family, w *work) (bool, error) {
		if row.Restricted == r.Restricted {
			return false, nil
		}
		if err := w.noteBrought(ctx); err != nil {
			return false, err
		}
		return true, w.village.Restrict(ctx, r.Family, r.Restricted)
	})
	if err != nil {
		return false, fmt.Errorf("restrict family %s: %w", r.Family, err)
	}
	return done, nil
}

// Supersession is of a family's record in a village by one in another, or its end.
type Supersession struct {
	Village    uint32
	Family     merge.ID
	Superseded bool
}

// Supersede takes a family's record from devices, or brings it back, as Restrict does:
// under the village's next revision, and with nothing else altered. Errors:
// store.ErrNotFound.
func (c *Core) Supersede(ctx context.Context, s Supersession) error {
	_, err := c.withhold(ctx, s.Village, s.Family, fmt.Sprintf("superseded %t", s.Superseded), func(row *store.Family, w *work) (bool, error) {
		if row.Superseded == s.Superseded {
			return false, nil
		}
		return true, w.village.Supersede(ctx, s.Family, s.Superseded)
	})
	if err != nil {
		return fmt.Errorf("supersede family %s: %w", s.Family, err)
	}
	return nil
}

// withhold marks a family as one that devices hold or do not, under the village's next
// revision; mark answers false where it was so before.
func (c *Core) withhold(ctx context.Context, village uint32, family merge.ID, how string, mark func(*store.Family, *work) (bool, error)) (done bool, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) (err error) {
			w, err := c.begin(ctx, tx.Snapshot(), v, nil, nil)
			if err != nil {
				return err
			}
			if err := w.readFamilies(ctx, []merge.ID{family}); err != nil {
				return err
			}
			f := w.families[family]
			if f.isNew {
				return store.ErrNotFound
			}
			if done, err = mark(&f.row, w); err != nil || !done {
				return err
			}
			name, err := c.Vault.NewSalt() // of the revision in the chain
			if err != nil {
				return err
			}
			act := &Act{Sender: &Sender{}, content: sha256.Sum256(fmt.Appendf(nil, "%s %s", how, family))}
			w.link(act, merge.ID(name))
			f.row.Revision = w.row.Revision
			w.commit.Families = append(w.commit.Families, f.row)
			return w.putAll(ctx)
		})
	})
	return done, err
}
