// Package follow keeps what may lag behind the commits: the index of NIK and
// NKK by keyed hash, and what it says of families that share one. It follows each
// village's revisions in batches, and doing a batch twice has no second effect.
//
// A family that begins or ceases to share an identifier is told so in its review
// (ksv1.FamilyDuplicates) by a commit of its own, and the other one by another:
// no transaction reaches over two villages. What one side answers comes to the
// other the same way, for its decision is a revision that is followed too.
package follow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Interval between looks at the store.
const Interval = 2 * time.Second

// Bounds of one reading of a village, and of one transaction. Every family has
// its entries in as many places of the index: the more of them are written at
// once, the fewer pages are written for each. SQLite's one writer is held for
// some tenths of a second.
const (
	readFamilies  = 2_000
	batchFamilies = 16_000
)

// Identifiers is the follower. One at a time is enough; several do no harm.
type Identifiers struct {
	Store store.Store
	Vault *ingest.Vault
	// Known are the identifiers of what this process has just committed; nil:
	// none.
	Known *ingest.Identified
	// Core commits what families are told; nil: one of Store and Vault.
	Core *ingest.Core

	cursor int64
}

func (f *Identifiers) core() *ingest.Core {
	if f.Core == nil {
		f.Core = &ingest.Core{Store: f.Store, Vault: f.Vault, Now: time.Now}
	}
	return f.Core
}

// batch is what was read of a village.
type batch struct {
	store.IdentifierBatch
	// from is the revision behind which it was read.
	from uint64
	// doubled share identifiers, or did when they were told last.
	doubled []place
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
	var waiting []batch
	families := 0
	for _, v := range changed {
		if v.Revision == 0 {
			continue
		}
		for after, more := uint64(0), true; more; {
			var b batch
			if b, more, err = f.read(ctx, v.Number, after); err != nil {
				return err
			}
			after = b.Revision
			waiting, families = append(waiting, b), families+len(b.Families)
			if families >= batchFamilies || !f.Store.ManyVillages() {
				if err := f.write(ctx, waiting); err != nil {
					return err
				}
				waiting, families = waiting[:0], 0
			}
		}
	}
	if err := f.write(ctx, waiting); err != nil {
		return err
	}
	f.cursor = next
	return nil
}

// read gathers the families that follow a revision; 0: that up to which the
// village was followed.
func (f *Identifiers) read(ctx context.Context, village uint32, after uint64) (b batch, more bool, err error) {
	b.Village = village
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{village}})
	var revised []store.Revised
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if after == 0 {
			if after, err = snap.FollowedTo(ctx, village); err != nil {
				return err
			}
		}
		v, err := snap.Village(ctx, village)
		if err != nil {
			return err
		}
		b.Revision, b.from = v.Revision, after
		revised, err = snap.RevisedSince(ctx, village, after, readFamilies)
		return err
	})
	if err != nil {
		return b, false, err
	}
	if len(revised) == readFamilies {
		b.Revision, more = revised[len(revised)-1].Revision, true
	}
	var unknown []store.Revised
	for _, r := range revised {
		if r.Doubled {
			b.doubled = append(b.doubled, place{village, r.ID})
		}
		found, ok := f.Known.Take(village, r.ID, r.Revision)
		if !ok {
			unknown = append(unknown, r)
			continue
		}
		b.Families, b.Entries = append(b.Families, r.ID), append(b.Entries, found...)
	}
	err = f.open(ctx, &b, unknown)
	return b, more, err
}

// open adds families of which it is not known what they are found by. One that
// has been revised meanwhile may be left out: it comes again by its new revision.
func (f *Identifiers) open(ctx context.Context, b *batch, families []store.Revised) (err error) {
	if len(families) == 0 {
		return nil
	}
	ids := make(map[merge.ID]bool, len(families))
	for _, r := range families {
		ids[r.ID] = true
	}
	var rows []store.Family
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err = snap.FamiliesSince(ctx, b.Village, families[0].Revision-1, nil, readFamilies)
		return err
	})
	if err != nil {
		return err
	}
	for i := range rows {
		if !ids[rows[i].ID] {
			continue
		}
		found, err := f.identifiersOf(&rows[i])
		if err != nil {
			return err
		}
		b.Families, b.Entries = append(b.Families, rows[i].ID), append(b.Entries, found...)
	}
	return nil
}

// write replaces the entries of the batches' families, in one transaction where
// the engine lets it span villages, and tells those concerned by what is shared
// then, and by what was. Only then the villages count as followed, so that what
// was interrupted is told again.
func (f *Identifiers) write(ctx context.Context, batches []batch) error {
	batches = slices.DeleteFunc(batches, func(b batch) bool { return len(b.Families) == 0 })
	if len(batches) == 0 {
		return nil
	}
	concerned := map[place]bool{}
	for _, b := range batches {
		for _, of := range b.doubled {
			concerned[of] = true
			before, err := f.pairs(ctx, of)
			if err != nil {
				return err
			}
			for i := range before {
				concerned[before[i].other] = true
			}
		}
	}
	entries, progress := make([]store.IdentifierBatch, len(batches)), make([]store.IdentifierBatch, len(batches))
	for i, b := range batches {
		entries[i], progress[i] = b.IdentifierBatch, store.IdentifierBatch{Village: b.Village, Revision: b.Revision}
		entries[i].Revision = b.from
	}
	if err := f.put(ctx, entries); err != nil {
		return err
	}
	if err := f.findShared(ctx, entries, concerned); err != nil {
		return err
	}
	if err := f.tell(ctx, concerned); err != nil {
		return err
	}
	return f.put(ctx, progress)
}

func (f *Identifiers) put(ctx context.Context, batches []store.IdentifierBatch) error {
	return f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutIdentifiers(ctx, batches) })
}

// findShared adds the families of the batches that share an identifier.
func (f *Identifiers) findShared(ctx context.Context, batches []store.IdentifierBatch, concerned map[place]bool) error {
	by := map[[16]byte][]place{}
	for i := range batches {
		for _, e := range batches[i].Entries {
			by[e.Hash] = append(by[e.Hash], place{batches[i].Village, e.Family})
		}
	}
	hashes := slices.Collect(maps.Keys(by))
	return f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		shared, err := snap.SharedHashes(ctx, hashes)
		for _, hash := range shared {
			for _, of := range by[hash] {
				concerned[of] = true
			}
		}
		return err
	})
}

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
		b := store.IdentifierBatch{Village: village}
		var rows []store.Family
		err := f.Store.Read(store.WithScope(ctx, store.Scope{Villages: []uint32{village}, Restricted: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
			if b.Revision, err = snap.FollowedTo(ctx, village); err != nil {
				return err
			}
			rows, err = snap.FamiliesSince(ctx, village, after, nil, readFamilies)
			return err
		})
		if err != nil {
			return err
		}
		more = len(rows) == readFamilies
		for i := range rows {
			after = rows[i].Revision
			if found, err := f.identifiersOf(&rows[i]); err == nil {
				b.Families, b.Entries = append(b.Families, rows[i].ID), append(b.Entries, found...)
			}
		}
		if err := f.put(ctx, []store.IdentifierBatch{b}); err != nil {
			return err
		}
	}
	return nil
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
	return f.Vault.Identifiers(row.Village, row.ID, shown.Household)
}
