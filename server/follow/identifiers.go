// Package follow keeps what may lag behind the commits: the index of NIK and
// NKK by keyed hash. It follows each village's revisions in batches, and doing
// a batch twice has no second effect.
package follow

import (
	"bytes"
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

// Every family has its entries in as many places of the index, which soon is
// larger than what memory holds of it: the more of them are written at once, the
// fewer pages are written for each. So while families keep coming by the
// thousand, the follower lets them gather.
const (
	// GatherMax is how long it does at most.
	GatherMax = 10 * time.Second
	// RestMax is how long it waits once nothing comes any more.
	RestMax = 2 * Interval
	// gatherFrom is how many families are worth it; gatherFamilies are enough.
	gatherFrom     = 1_000
	gatherFamilies = ingest.IdentifiedMax
)

// Bounds of one reading of a village, and of one transaction, which holds
// SQLite's one writer for a tenth of a second or two.
const (
	readFamilies = 2_000
	writeEntries = 16_000
)

// Identifiers is the follower. One at a time is enough; several do no harm.
type Identifiers struct {
	Store store.Store
	Vault *ingest.Vault
	// Known are the identifiers of what this process has just committed; nil:
	// none.
	Known *ingest.Identified

	cursor int64
}

// Run follows until the context ends; failures are told and tried again.
func (f *Identifiers) Run(ctx context.Context, onError func(error)) {
	ticker := time.NewTicker(Interval)
	defer ticker.Stop()
	caught, last := time.Time{}, uint64(0)
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			waiting, ever := f.Known.Waiting()
			gathering := ever != last && waiting >= gatherFrom && waiting < gatherFamilies && now.Sub(caught) < GatherMax
			if last = ever; gathering {
				continue
			}
			if err := f.Catch(ctx); err != nil && ctx.Err() == nil {
				onError(err)
			}
			caught = now
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
	var waiting []store.IdentifierBatch
	families := 0
	for _, v := range changed {
		if v.Revision == 0 {
			continue
		}
		for after, more := uint64(0), true; more; {
			var b store.IdentifierBatch
			read := 0
			if b, read, more, err = f.read(ctx, v.Number, after); err != nil {
				return err
			}
			after = b.Revision
			if read > 0 {
				waiting, families = append(waiting, b), families+read
			}
			if families >= gatherFamilies || !f.Store.ManyVillages() {
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
// village was followed. It tells how many they are, and whether there are more.
func (f *Identifiers) read(ctx context.Context, village uint32, after uint64) (b store.IdentifierBatch, families int, more bool, err error) {
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
		b.Revision = v.Revision
		revised, err = snap.RevisedSince(ctx, village, after, readFamilies)
		return err
	})
	if err != nil {
		return b, 0, false, err
	}
	if len(revised) == readFamilies {
		b.Revision, more = revised[len(revised)-1].Revision, true
	}
	var unknown []store.Revised
	for _, r := range revised {
		found, ok := f.Known.Take(village, r.ID, r.Revision)
		if !ok {
			unknown = append(unknown, r)
		}
		// What has just been made has no entries yet.
		b.Entries = append(b.Entries, found...)
	}
	err = f.open(ctx, &b, unknown)
	return b, len(revised), more, err
}

// open adds families of which it is not known what they are found by. One that
// has been revised meanwhile may be left out: it comes again by its new revision.
func (f *Identifiers) open(ctx context.Context, b *store.IdentifierBatch, families []store.Revised) (err error) {
	if len(families) == 0 {
		return nil
	}
	ids := make(map[merge.ID]bool, len(families))
	for _, r := range families {
		ids[r.ID] = true
	}
	var rows []store.Family
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err = snap.StatesSince(ctx, b.Village, families[0].Revision-1, nil, readFamilies)
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

// write writes batches: in one transaction where the engine bounds it to a
// village; else what is to be forgotten first, then the entries of all villages
// by their hashes, with the progress at last. Where it ends early the families
// come again, and are then forgotten before they are added.
func (f *Identifiers) write(ctx context.Context, batches []store.IdentifierBatch) error {
	if len(batches) == 0 {
		return nil
	}
	if !f.Store.ManyVillages() {
		return f.put(ctx, batches)
	}
	var forgotten, reached []store.IdentifierBatch
	var entries []store.Identifier
	for _, b := range batches {
		if len(b.Families) > 0 {
			forgotten = append(forgotten, store.IdentifierBatch{Village: b.Village, Families: b.Families})
		}
		reached = append(reached, store.IdentifierBatch{Village: b.Village, Revision: b.Revision})
		entries = append(entries, b.Entries...)
	}
	if len(forgotten) > 0 {
		if err := f.put(ctx, forgotten); err != nil {
			return err
		}
	}
	slices.SortFunc(entries, func(a, b store.Identifier) int { return bytes.Compare(a.Hash[:], b.Hash[:]) })
	for some := range slices.Chunk(entries, writeEntries) {
		if err := f.put(ctx, byVillage(some)); err != nil {
			return err
		}
	}
	return f.put(ctx, reached)
}

func byVillage(entries []store.Identifier) []store.IdentifierBatch {
	of := map[uint32][]store.Identifier{}
	for _, e := range entries {
		of[e.Village] = append(of[e.Village], e)
	}
	var batches []store.IdentifierBatch
	for _, village := range slices.Sorted(maps.Keys(of)) {
		batches = append(batches, store.IdentifierBatch{Village: village, Entries: of[village]})
	}
	return batches
}

func (f *Identifiers) put(ctx context.Context, batches []store.IdentifierBatch) error {
	return f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutIdentifiers(ctx, batches) })
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
