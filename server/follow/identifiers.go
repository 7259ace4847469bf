// Package follow keeps what may lag behind the commits: the index of NIK and
// NKK by keyed hash. It follows each village's revisions in batches, and doing
// a batch twice has no second effect.
package follow

import (
	"context"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Kinds of identifiers, as hashed.
const (
	KindNIK byte = 1
	KindNKK byte = 2
)

// Interval between looks at the store.
const Interval = 2 * time.Second

// batchFamilies bounds one batch.
const batchFamilies = 500

// Identifiers is the follower. One at a time is enough; several do no harm.
type Identifiers struct {
	Store store.Store
	Vault *ingest.Vault

	cursor int64
}

// Run follows until the context ends; failures are told and tried again.
func (f *Identifiers) Run(ctx context.Context, onError func(error)) {
	ticker := time.NewTicker(Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := f.Catch(ctx); err != nil && ctx.Err() == nil {
				onError(err)
			}
		}
	}
}

// Catch follows every village up to where it stands now.
func (f *Identifiers) Catch(ctx context.Context) error {
	var changed []store.Village
	var next int64
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		changed, next, err = snap.ChangedVillages(ctx, f.cursor)
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range changed {
		if v.Revision == 0 {
			continue
		}
		for more := true; more; {
			if more, err = f.batch(ctx, v.Number); err != nil {
				return err
			}
		}
	}
	f.cursor = next
	return nil
}

func (f *Identifiers) batch(ctx context.Context, village uint32) (more bool, err error) {
	var rows []store.Family
	var upTo uint64
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		after, err := snap.FollowedTo(ctx, village)
		if err != nil {
			return err
		}
		v, err := snap.Village(ctx, village)
		if err != nil {
			return err
		}
		upTo = v.Revision
		rows, err = snap.FamiliesSince(ctx, village, after, nil, batchFamilies)
		return err
	})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	if len(rows) == batchFamilies {
		upTo, more = rows[len(rows)-1].Revision, true
	}
	families := make([][16]byte, len(rows))
	var entries []store.Identifier
	for i := range rows {
		families[i] = rows[i].ID
		found, err := f.identifiersOf(&rows[i])
		if err != nil {
			return false, err
		}
		entries = append(entries, found...)
	}
	return more, f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, village, upTo, families, entries)
	})
}

func (f *Identifiers) identifiersOf(row *store.Family) ([]store.Identifier, error) {
	_, canonical, err := f.Vault.OpenCanonical(row)
	if err != nil {
		return nil, err
	}
	shown, err := merge.Look(canonical)
	if err != nil {
		return nil, fmt.Errorf("family %s: %w", row.ID, err)
	}
	if shown.Household.GetFamily().GetRemoval() != nil {
		return nil, nil
	}
	return Of(f.Vault, row.Village, row.ID, shown.Household)
}

// Of are the identifiers of a family that counts: its NKK, and the NIK of its
// members who do.
func Of(vault *ingest.Vault, village uint32, family merge.ID, h *ksv1.Household) ([]store.Identifier, error) {
	var out []store.Identifier
	if nkk := h.GetFamily().GetNkk(); nkk != 0 {
		hash, err := vault.Ring().IdentifierHash(KindNKK, nkk)
		if err != nil {
			return nil, err
		}
		out = append(out, store.Identifier{Hash: hash, Village: village, Family: family})
	}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetNik() == 0 || m.GetMember().GetRemoval() != nil {
			continue
		}
		hash, err := vault.Ring().IdentifierHash(KindNIK, m.GetMember().GetNik())
		if err != nil {
			return nil, err
		}
		id, err := merge.ParseID(m.GetMemberId())
		if err != nil {
			return nil, err
		}
		out = append(out, store.Identifier{Hash: hash, Village: village, Family: family, Member: id})
	}
	return out, nil
}
