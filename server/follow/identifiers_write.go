package follow

import (
	"cmp"
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// write replaces the entries of the batches' families, and tells those concerned
// by what is shared then. Only then the villages count as followed, so that families whose
// writing was interrupted are read and told again, their entries forgotten before they are
// added. Who shared what a family is found by no more is told of by tellStale.
func (f *Identifiers) write(ctx context.Context, batches []batch) error {
	if len(batches) == 0 {
		return nil
	}
	writes := make(map[uint32]uint64, len(batches))
	concerned := map[place]bool{}
	for _, b := range batches {
		writes[b.Village] = f.writes[b.Village]
		for _, of := range b.doubled {
			concerned[of] = true
		}
	}
	for _, some := range f.listsAndEntries(batches, writes) {
		if err := f.putAndConcern(ctx, some, concerned); err != nil {
			return err
		}
	}
	if err := f.tell(ctx, concerned); err != nil {
		return err
	}
	if err := f.keepPassed(ctx); err != nil {
		return err
	}
	progress := make([]store.IdentifierBatch, len(batches))
	for i, b := range batches {
		progress[i] = store.IdentifierBatch{Village: b.Village, Revision: b.Revision, Writes: writes}
	}
	_, err := f.put(ctx, progress)
	return err
}

// listsAndEntries are the transactions that replace the batches' entries: one where the
// engine bounds it to a village; else first what families were and are found by,
// then the entries of all villages by their hashes, some at a time.
func (f *Identifiers) listsAndEntries(batches []batch, writes map[uint32]uint64) (transactions [][]store.IdentifierBatch) {
	if !f.Store.ManyVillages() {
		for _, b := range batches {
			transactions = append(transactions, []store.IdentifierBatch{{Village: b.Village, Families: b.Families, Entries: b.Entries, Writes: writes}})
		}
		return transactions
	}
	keepLatest(batches)
	all := 0
	for i := range batches {
		all += len(batches[i].Entries)
	}
	entries := make([]store.Identifier, 0, all)
	for some := range slices.Chunk(batches, f.bounds().writeBatches) {
		var lists []store.IdentifierBatch
		for _, b := range some {
			lists = append(lists, store.IdentifierBatch{Village: b.Village, Families: b.Families, ByFamily: b.Entries, Writes: writes})
			entries = append(entries, b.Entries...)
		}
		transactions = append(transactions, lists)
	}
	entries = inOrder(entries)
	for some := range slices.Chunk(entries, f.bounds().writeEntries) {
		transactions = append(transactions, []store.IdentifierBatch{{ByHash: some, Writes: writes}})
	}
	return transactions
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
// family is found then, and by how many. They are looked for while the pages that they lie in are at
// hand, or, where other processes write too, once everybody sees what was written: of
// two families that came at one time at least the later is told.
func (f *Identifiers) put(ctx context.Context, batches []store.IdentifierBatch) (shared map[[16]byte]int, err error) {
	var hashes [][16]byte
	for i := range batches {
		hashes = slices.Grow(hashes, len(batches[i].Entries)+len(batches[i].ByHash))
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
	if err != nil {
		return nil, err
	}
	f.count(batches)
	if len(hashes) > 0 && !f.Store.ManyVillages() {
		err = f.Store.Read(ctx, find)
	}
	return shared, err
}

// count counts what was written in the batches' villages, as the store does.
func (f *Identifiers) count(batches []store.IdentifierBatch) {
	counted := map[uint32]bool{0: true}
	for i := range batches {
		b := &batches[i]
		if !counted[b.Village] && (f.Store.ManyVillages() || !b.ProgressAlone()) {
			counted[b.Village] = true
			b.Writes[b.Village]++
			f.writes[b.Village] = b.Writes[b.Village]
		}
	}
}

// putAndConcern writes batches, and adds the families that what is shared then is news to:
// their own, or, of a number that too many share, those who were told when fewer did.
func (f *Identifiers) putAndConcern(ctx context.Context, batches []store.IdentifierBatch, concerned map[place]bool) error {
	shared, err := f.put(ctx, batches)
	if err != nil || len(shared) == 0 {
		return err
	}
	for i := range batches {
		for _, entries := range [][]store.Identifier{batches[i].Entries, batches[i].ByHash} {
			for _, e := range entries {
				if n := shared[e.Hash]; n > 0 && n <= f.bounds().sharers {
					concerned[place{e.Village, e.Family}] = true
				}
			}
		}
	}
	for hash, n := range shared {
		if n > f.bounds().sharers {
			if err := f.addTold(ctx, hash, concerned); err != nil {
				return err
			}
		}
	}
	return nil
}
