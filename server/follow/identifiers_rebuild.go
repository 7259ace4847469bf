package follow

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/server/store"
)

// Rebuild makes the entries of all families anew, under keys that are others now:
// nobody is told anything by it, and a village counts as followed as far as before.
// Families that do not open keep their entries. progress is told of villages; its
// error ends it, and doing it again has no second effect.
func (f *Identifiers) Rebuild(ctx context.Context, progress func(done, all int) error) error {
	var villages []store.Village
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		villages, _, err = snap.ChangedVillages(ctx, 0)
		return err
	})
	for i := 0; err == nil && i < len(villages); i++ {
		if err = f.rebuildVillage(ctx, villages[i].Number); err == nil {
			err = progress(i+1, len(villages))
		}
	}
	return err
}

func (f *Identifiers) rebuildVillage(ctx context.Context, village uint32) error {
	for after, more := uint64(0), true; more; {
		next, others, err := f.rebuildSome(ctx, village, after)
		if err != nil {
			return err
		}
		after, more = next, others
	}
	return nil
}

// rebuildSome makes the entries of the families past a revision anew, as many as one
// transaction takes, and tells up to which, and whether there may be others.
func (f *Identifiers) rebuildSome(ctx context.Context, village uint32, after uint64) (next uint64, more bool, err error) {
	b := store.IdentifierBatch{Village: village, Rekeyed: true}
	var rows []store.Family
	scoped := store.WithScope(ctx, store.Scope{Villages: []uint32{village}, Restricted: true})
	err = f.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
		revision, writes, err := snap.FollowedTo(ctx, village)
		if err != nil {
			return err
		}
		b.Revision, b.Writes = revision, writes
		rows, err = snap.StatesSince(ctx, village, after, nil, f.bounds().readFamilies)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	for i := range rows {
		after = rows[i].Revision
		found, err := f.identifiersOf(scoped, nil, &rows[i])
		switch {
		case err == nil:
			b.Families, b.Entries = append(b.Families, rows[i].ID), append(b.Entries, found...)
		case ctx.Err() != nil || errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrDamaged):
			return 0, false, err // the past of a damaged one could not be read just now
		}
	}
	err = f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{b})
	})
	return after, len(rows) == f.bounds().readFamilies, err
}
