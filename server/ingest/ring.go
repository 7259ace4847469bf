package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// merged is a family that was removed because it is another one.
type merged struct {
	row   store.Family
	state merge.State
	kept  merge.ID
}

// SettleRing mends that families were made one in a ring: each was removed because it is the
// next one, and the last because it is the first, by devices off line or by two in the pages
// at one moment, as no transaction is of two villages. None of them would count. Of the ring
// that a family leads to the one of the lowest id stands again, with all that only the others
// have, which in these is in conflict with their removal no more; one that does not fit into it
// stands, too. settled is false where there is no ring.
// Each of its changes is in a village's history like any other; done again, or by several, it
// has no second effect. villages are where the families may be; the context's scope is to
// reach over them. Errors: *InvalidCorrectionError where none can stand; OfRecord of what
// does not open.
func (c *Core) SettleRing(ctx context.Context, villages []uint32, family merge.ID, author uint32) (settled bool, err error) {
	ring, err := c.ringOf(ctx, villages, family)
	if err != nil || len(ring) == 0 {
		return false, err
	}
	slices.SortFunc(ring, func(a, b *merged) int { return bytes.Compare(a.row.ID[:], b.row.ID[:]) })
	stands := ring[0]
	for _, other := range ring[1:] {
		err := c.inRing(ctx, stands, "unite", other, author, func(h *ksv1.Household) ([]merge.RecordEdit, error) {
			return merge.Unite(h, &other.state)
		})
		var invalid *InvalidCorrectionError
		switch {
		case errors.As(err, &invalid):
			err = c.standAgain(ctx, other, author)
		case err == nil:
			err = c.staysRemoved(ctx, other, author)
		}
		if err != nil {
			return false, err
		}
	}
	return true, c.standAgain(ctx, stands, author)
}

// ringOf follows a family to those that it is, until one stands, or has been met before: no
// further than there are families.
func (c *Core) ringOf(ctx context.Context, villages []uint32, family merge.ID) (ring []*merged, err error) {
	err = c.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		ring = nil
		for id := family; ; {
			if i := slices.IndexFunc(ring, func(m *merged) bool { return m.row.ID == id }); i >= 0 {
				ring = ring[i:]
				return nil
			}
			m, err := c.mergedFamily(ctx, snap, villages, id)
			if err != nil || m == nil {
				ring = nil
				return err
			}
			ring, id = append(ring, m), m.kept
		}
	})
	return ring, err
}

// mergedFamily reads a family; nil where it is not there, or was not removed for another.
func (c *Core) mergedFamily(ctx context.Context, snap store.Snapshot, villages []uint32, id merge.ID) (*merged, error) {
	row, err := snap.FindFamily(ctx, villages, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && row.State == store.FamilyCounted {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, _, state, err := c.Vault.ReadFamily(ctx, snap, &row)
	if err != nil {
		return nil, err
	}
	h, err := merge.View(&state)
	if err != nil {
		return nil, err
	}
	kept, err := merge.ParseID(h.GetFamily().GetRemoval().GetKeptId())
	if err != nil {
		return nil, nil // none is named
	}
	return &merged{row, state, kept}, nil
}

// inRing corrects a family as long as it is what the ring was read with.
func (c *Core) inRing(ctx context.Context, m *merged, part string, other *merged, author uint32, edits func(h *ksv1.Household) ([]merge.RecordEdit, error)) error {
	name := append(append([]byte(part), m.row.ID[:]...), other.row.ID[:]...)
	x := Correction{
		From:   &other.state,
		ID:     derivedID(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(name, m.row.Revision), other.row.Revision)),
		Author: author, Judges: true,
		Edits: func(state *merge.State) ([]merge.RecordEdit, error) {
			h, err := merge.View(state)
			if err != nil || h.GetFamily().GetRemoval().GetKeptId() != m.kept.String() {
				return nil, err
			}
			return edits(h)
		},
	}
	if _, err := c.Correct(ctx, m.row.Village, m.row.ID, x); err != nil {
		return fmt.Errorf("settle ring of families: %w", err)
	}
	return nil
}

func (c *Core) standAgain(ctx context.Context, m *merged, author uint32) error {
	return c.inRing(ctx, m, "stand", m, author, func(*ksv1.Household) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{merge.StandAgain()}, nil
	})
}

// staysRemoved removes once more what went over as it was read: it has been seen, whatever a
// union on another device brought to the family. What came since has not.
func (c *Core) staysRemoved(ctx context.Context, m *merged, author uint32) error {
	if !merge.CameLate(&m.state) {
		return nil
	}
	return c.inRing(ctx, m, "removed", m, author, func(h *ksv1.Household) ([]merge.RecordEdit, error) {
		removal := proto.CloneOf(h.GetFamily().GetRemoval())
		removal.Seen = merge.SeenOf(&m.state, merge.ID{})
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: removal}}}, nil
	})
}
