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
	"cmp"
	"context"
	"fmt"
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
// SQLite's one writer for a tenth of a second or two: entries by their hashes, or
// readings by their families.
const (
	readFamilies = 2_000
	writeEntries = 16_000
	writeBatches = 8
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
	// followed is how far villages are followed once what is being written is; told,
	// which family a revision told, where that need not be followed.
	followed map[uint32]uint64
	told     map[revision]merge.ID
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
	// families were read.
	families int
	// doubled share identifiers, or did when they were told last.
	doubled []place
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
			if b.families > 0 {
				waiting, families = append(waiting, b), families+b.families
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
// village was followed.
func (f *Identifiers) read(ctx context.Context, village uint32, after uint64) (b batch, more bool, err error) {
	b.Village = village
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{village}})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if after == 0 {
			if after, err = snap.FollowedTo(ctx, village); err != nil {
				return err
			}
		}
		v, err := snap.Village(ctx, village)
		b.Revision = v.Revision
		return err
	})
	if err != nil {
		return b, false, err
	}
	// Where this process alone has made families since, and told some, that is known
	// without reading it, and has no entries yet.
	if entries, ok := f.Known.TakeAll(village, after, b.Revision, func(r uint64) bool { return f.told[revision{village, r}] != merge.ID{} }); ok {
		b.Entries, b.families = entries, int(b.Revision-after)
		return b, false, nil
	}
	var revised []store.Revised
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		revised, err = snap.RevisedSince(ctx, village, after, readFamilies)
		return err
	})
	if err != nil {
		return b, false, err
	}
	if len(revised) == readFamilies {
		b.Revision, more = revised[len(revised)-1].Revision, true
	}
	b.families = len(revised)
	var unknown []store.Revised
	for _, r := range revised {
		if f.told[revision{village, r.Revision}] == r.ID {
			continue
		}
		if r.Doubled {
			b.doubled = append(b.doubled, place{village, r.ID})
		}
		found, ok := f.Known.Take(village, r.ID, r.Revision)
		if !ok {
			unknown = append(unknown, r)
		}
		// What has just been made has no entries yet.
		b.Entries = append(b.Entries, found...)
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

// write replaces the entries of the batches' families, and tells those concerned
// by what is shared then, and by what was. Only then the villages count as
// followed, so that what was interrupted is read and told again: it is then
// forgotten before it is added.
func (f *Identifiers) write(ctx context.Context, batches []batch) error {
	if len(batches) == 0 {
		return nil
	}
	f.followed = map[uint32]uint64{}
	for _, b := range batches {
		f.followed[b.Village] = max(f.followed[b.Village], b.Revision)
	}
	concerned := map[place]bool{}
	if err := f.concern(ctx, batches, concerned); err != nil {
		return err
	}
	for _, some := range f.writes(batches) {
		if err := f.putAndConcern(ctx, some, concerned); err != nil {
			return err
		}
	}
	if err := f.tell(ctx, concerned); err != nil {
		return err
	}
	progress := make([]store.IdentifierBatch, len(batches))
	for i, b := range batches {
		progress[i] = store.IdentifierBatch{Village: b.Village, Revision: b.Revision}
	}
	_, err := f.put(ctx, progress)
	return err
}

// concern adds the families that were told of others, and those others.
func (f *Identifiers) concern(ctx context.Context, batches []batch, concerned map[place]bool) error {
	for _, b := range batches {
		for some := range slices.Chunk(b.doubled, tellFamilies) {
			before, err := f.sharers(ctx, some)
			if err != nil {
				return err
			}
			for _, of := range append(before, some...) {
				concerned[of] = true
			}
		}
	}
	return nil
}

// writes are the transactions that replace the batches' entries: one where the
// engine bounds it to a village; else first what families were and are found by,
// then the entries of all villages by their hashes, some at a time.
func (f *Identifiers) writes(batches []batch) (writes [][]store.IdentifierBatch) {
	if !f.Store.ManyVillages() {
		for _, b := range batches {
			writes = append(writes, []store.IdentifierBatch{{Village: b.Village, Families: b.Families, Entries: b.Entries}})
		}
		return writes
	}
	keepLatest(batches)
	var entries []store.Identifier
	for some := range slices.Chunk(batches, writeBatches) {
		var lists []store.IdentifierBatch
		for _, b := range some {
			lists = append(lists, store.IdentifierBatch{Village: b.Village, Families: b.Families, ByFamily: b.Entries})
			entries = append(entries, b.Entries...)
		}
		writes = append(writes, lists)
	}
	entries = inOrder(entries)
	for some := range slices.Chunk(entries, writeEntries) {
		writes = append(writes, []store.IdentifierBatch{{ByHash: some}})
	}
	return writes
}

// inOrder are entries in the index's order. Their keys are sorted alone: an entry is
// long, and there are hundred thousands.
func inOrder(entries []store.Identifier) []store.Identifier {
	type at struct {
		key int64
		n   int
	}
	order := make([]at, len(entries))
	for n := range entries {
		order[n] = at{entries[n].Key(), n}
	}
	slices.SortFunc(order, func(a, b at) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return entries[a.n].Compare(entries[b.n])
	})
	out := make([]store.Identifier, len(entries))
	for n, o := range order {
		out[n] = entries[o.n]
	}
	return out
}

// keepLatest leaves a family that was revised while its village was read, and so
// read twice, the entries of the later reading alone.
func keepLatest(batches []batch) {
	later := map[place]bool{}
	for i := len(batches) - 1; i >= 0; i-- {
		b := &batches[i]
		b.Entries = slices.DeleteFunc(b.Entries, func(e store.Identifier) bool { return later[place{b.Village, e.Family}] })
		for _, family := range b.Families {
			later[place{b.Village, family}] = true
		}
		for j := range b.Entries {
			later[place{b.Village, b.Entries[j].Family}] = true
		}
	}
}

// put writes batches and gives the hashes of what the index got by which more than one
// family is found then. They are looked for while the pages that they lie in are at
// hand, or, where other processes write too, once everybody sees what was written: of
// two families that came at one time at least the later is told.
func (f *Identifiers) put(ctx context.Context, batches []store.IdentifierBatch) (shared [][16]byte, err error) {
	var hashes [][16]byte
	for i := range batches {
		for _, entries := range [][]store.Identifier{batches[i].Entries, batches[i].ByHash} {
			for j := range entries {
				hashes = append(hashes, entries[j].Hash)
			}
		}
	}
	find := func(ctx context.Context, snap store.Snapshot) (err error) {
		shared, err = snap.SharedHashes(ctx, hashes)
		return err
	}
	err = f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		err := tx.Directory().PutIdentifiers(ctx, batches)
		if err == nil && len(hashes) > 0 && f.Store.ManyVillages() {
			err = find(ctx, tx.Snapshot())
		}
		return err
	})
	if err == nil && len(hashes) > 0 && !f.Store.ManyVillages() {
		err = f.Store.Read(ctx, find)
	}
	return shared, err
}

// putAndConcern writes batches, and adds the families of those that share an identifier
// with others then.
func (f *Identifiers) putAndConcern(ctx context.Context, batches []store.IdentifierBatch, concerned map[place]bool) error {
	list, err := f.put(ctx, batches)
	if err != nil || len(list) == 0 {
		return err
	}
	shared := make(map[[16]byte]bool, len(list))
	for _, hash := range list {
		shared[hash] = true
	}
	for i := range batches {
		for _, e := range slices.Concat(batches[i].Entries, batches[i].ByHash) {
			if shared[e.Hash] {
				concerned[place{e.Village, e.Family}] = true
			}
		}
	}
	return nil
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
			rows, err = snap.StatesSince(ctx, village, after, nil, readFamilies)
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
		err = f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{b})
		})
		if err != nil {
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
