package follow

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// write replaces the entries of the batches' families, and tells those concerned
// by what is shared then. Only then the villages count as followed, so that families whose
// writing was interrupted are read and told again, their entries forgotten before they are
// added. Who shared what a family is found by no more is told of by tellStale.
//
// Where each village has transactions of its own, the others are written although one is
// left (leavesVillage), and the error tells of it.
func (f *Identifiers) write(ctx context.Context, batches []batch) error {
	if len(batches) == 0 {
		return nil
	}
	writes := make(map[uint32]uint64, len(batches))
	for _, b := range batches {
		writes[b.Village] = f.writes[b.Village]
	}
	keepLatest(batches)
	batches, shared, left := f.putAll(ctx, batches, writes)
	if left != nil && !leavesVillage(left) {
		return left
	}
	concerned := map[place]bool{}
	for _, b := range batches {
		for _, of := range b.doubled {
			concerned[of] = true
		}
	}
	if err := f.concern(ctx, batches, shared, concerned); err != nil {
		return err
	}
	if err := f.tell(ctx, concerned); err != nil {
		return err
	}
	if err := f.keepPassed(ctx); err != nil {
		return err
	}
	if err := f.putProgress(ctx, batches, writes); err != nil {
		return err
	}
	return left
}

// putAll replaces the batches' entries, and gives those batches for which that is done, the
// hashes of theirs by which more than one family is found then, and by how many.
func (f *Identifiers) putAll(ctx context.Context, batches []batch, writes map[uint32]uint64) (done []batch, shared map[[16]byte]int, left error) {
	shared = map[[16]byte]int{}
	if f.Store.ManyVillages() {
		for _, some := range f.listsAndEntries(batches, writes) {
			if err := f.put(ctx, some, shared); err != nil {
				return nil, nil, err
			}
		}
		return batches, shared, nil
	}
	without := map[uint32]bool{}
	for _, b := range batches {
		if without[b.Village] {
			continue
		}
		err := f.put(ctx, []store.IdentifierBatch{{Village: b.Village, Families: b.Families, Entries: b.Entries, Writes: writes}}, nil)
		if err != nil && !leavesVillage(err) {
			return nil, nil, err
		}
		if err != nil {
			without[b.Village], left = true, errors.Join(left, err)
		}
	}
	done = slices.DeleteFunc(batches, func(b batch) bool { return without[b.Village] })
	if err := f.findShared(ctx, done, shared); err != nil {
		return nil, nil, err
	}
	return done, shared, left
}

// putProgress notes how far the batches' villages have been followed.
func (f *Identifiers) putProgress(ctx context.Context, batches []batch, writes map[uint32]uint64) error {
	progress := make([]store.IdentifierBatch, len(batches))
	for i, b := range batches {
		progress[i] = store.IdentifierBatch{Village: b.Village, Revision: b.Revision, Writes: writes}
	}
	together := 1
	if f.Store.ManyVillages() {
		together = max(len(progress), 1)
	}
	for some := range slices.Chunk(progress, together) {
		if err := f.put(ctx, some, nil); err != nil {
			return err
		}
	}
	return nil
}

// listsAndEntries are the transactions that replace the batches' entries, where one may be
// of many villages: first what families were and are found by, then the entries of all
// villages by their hashes, some at a time.
func (f *Identifiers) listsAndEntries(batches []batch, writes map[uint32]uint64) (transactions [][]store.IdentifierBatch) {
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

// put writes batches, and adds the hashes of ByHash by which more than one family is found
// then to shared: they are looked for while the pages that they lie in are at hand.
func (f *Identifiers) put(ctx context.Context, batches []store.IdentifierBatch, shared map[[16]byte]int) error {
	var hashes [][16]byte
	for i := range batches {
		hashes = appendHashes(hashes, batches[i].ByHash)
	}
	err := f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		err := tx.Directory().PutIdentifiers(ctx, batches)
		if err == nil && len(hashes) > 0 {
			err = addShared(ctx, tx.Snapshot(), hashes, shared)
		}
		return err
	})
	if err == nil {
		f.count(batches)
	}
	return err
}

// findShared adds the hashes of the batches by which more than one family is found. It is
// for where other processes write, too, and called once everybody sees what was written: of
// two families that came at one time at least the later is told. Hashes of all villages are
// looked for together, in the index's order: each of its pages is then met once.
func (f *Identifiers) findShared(ctx context.Context, batches []batch, shared map[[16]byte]int) error {
	var hashes [][16]byte
	for i := range batches {
		hashes = appendHashes(hashes, batches[i].Entries)
	}
	slices.SortFunc(hashes, func(a, b [16]byte) int {
		return cmp.Compare(store.Identifier{Hash: a}.Key(), store.Identifier{Hash: b}.Key())
	})
	for some := range slices.Chunk(hashes, f.bounds().writeEntries) {
		err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error { return addShared(ctx, snap, some, shared) })
		if err != nil {
			return err
		}
	}
	return nil
}

// addShared adds those of some hashes by which more than one family is found.
func addShared(ctx context.Context, snap store.Snapshot, hashes [][16]byte, shared map[[16]byte]int) error {
	found, err := snap.SharedHashes(ctx, hashes)
	if err == nil {
		maps.Copy(shared, found)
	}
	return err
}

// appendHashes adds the hashes of entries.
func appendHashes(hashes [][16]byte, entries []store.Identifier) [][16]byte {
	hashes = slices.Grow(hashes, len(entries))
	for i := range entries {
		hashes = append(hashes, entries[i].Hash)
	}
	return hashes
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

// concern adds the families that what is shared now is news to: those of the batches, or, of
// a number that too many share, those who were told when fewer did.
func (f *Identifiers) concern(ctx context.Context, batches []batch, shared map[[16]byte]int, concerned map[place]bool) error {
	if len(shared) == 0 {
		return nil
	}
	for i := range batches {
		for _, e := range batches[i].Entries {
			if n := shared[e.Hash]; n > 0 && n <= f.bounds().sharers {
				concerned[place{batches[i].Village, e.Family}] = true
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
