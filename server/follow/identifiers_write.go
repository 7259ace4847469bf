package follow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// writing is what a round writes of some villages.
type writing struct {
	*Identifiers
	batches []batch
	// concerned are the families that what is shared may be news to.
	concerned map[place]bool
	// overtaken says in which villages somebody else has written: what is left of them is the
	// next round's.
	overtaken map[uint32]error
}

// write replaces the entries of the batches' families, and tells those concerned
// by what is shared then. Only then the villages count as followed, so that families whose
// writing was interrupted are read and told again, their entries forgotten before they are
// added. Who shared what a family is found by no more is told of by tellStale.
// Errors: store.ErrOvertaken of villages; the others are followed.
func (f *Identifiers) write(ctx context.Context, batches []batch) error {
	if len(batches) == 0 {
		return nil
	}
	keepLatest(batches)
	w := writing{f, batches, map[place]bool{}, map[uint32]error{}}
	for _, b := range batches {
		for _, of := range b.doubled {
			w.concerned[of] = true
		}
	}
	// A family that is in the index is found all the time, else others would be told, just now,
	// that it shares nothing; one that is not may be listed first.
	err := w.put(ctx, func(b *batch) (list store.IdentifierBatch, ok bool) {
		return store.IdentifierBatch{Families: b.again, Entries: b.entries, Listed: b.fresh}, len(b.again)+len(b.fresh) > 0
	})
	if err != nil {
		return err
	}
	if err := w.index(ctx); err != nil {
		return err
	}
	if err := f.tell(ctx, w.concerned); err != nil {
		return err
	}
	if err := f.settleMerged(ctx); err != nil {
		return err
	}
	if err := f.keepPassed(ctx); err != nil {
		return err
	}
	err = w.put(ctx, func(b *batch) (progress store.IdentifierBatch, ok bool) {
		return store.IdentifierBatch{Revision: b.revision}, b.revision > 0
	})
	if err != nil {
		return err
	}
	return errors.Join(slices.Collect(maps.Values(w.overtaken))...)
}

// put writes something of each batch, of as many in one transaction as the engine takes.
func (w *writing) put(ctx context.Context, of func(b *batch) (some store.IdentifierBatch, ok bool)) error {
	var puts []store.IdentifierBatch
	entries := 0
	for i := range w.batches {
		village := w.batches[i].village
		some, ok := of(&w.batches[i])
		if !ok || w.overtaken[village] != nil {
			continue
		}
		full := !w.Store.ManyVillages() || len(puts) == w.bounds().writeBatches || entries+len(some.Entries) > w.bounds().writeEntries
		if full && len(puts) > 0 {
			if err := w.putTogether(ctx, puts); err != nil {
				return err
			}
			puts, entries = puts[:0], 0
			if w.overtaken[village] != nil {
				continue
			}
		}
		some.Village, some.Writes = village, w.writes[village]
		if !some.ProgressAlone() {
			w.writes[village]++ // as the store counts
		}
		puts, entries = append(puts, some), entries+len(some.Entries)
	}
	return w.putTogether(ctx, puts)
}

// putTogether writes some in one transaction.
func (w *writing) putTogether(ctx context.Context, puts []store.IdentifierBatch) error {
	if len(puts) == 0 {
		return nil
	}
	var entries []store.Identifier
	for i := range puts {
		entries = append(entries, puts[i].Entries...)
	}
	err := w.writeAndConcern(ctx, entries, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutIdentifiers(ctx, puts) })
	if err != nil && !errors.Is(err, store.ErrOvertaken) {
		return err
	}
	for i := range puts {
		if err != nil {
			w.overtaken[puts[i].Village] = err
		}
	}
	return nil
}

// index adds what was listed, of all villages in the index's order, some at a time.
func (w *writing) index(ctx context.Context) error {
	all := 0
	for i := range w.batches {
		all += len(w.batches[i].fresh)
	}
	entries := make([]store.Identifier, 0, all)
	writes := map[uint32]uint64{}
	for i := range w.batches {
		if b := &w.batches[i]; w.overtaken[b.village] == nil && len(b.fresh) > 0 {
			entries = append(entries, b.fresh...)
			writes[b.village] = w.writes[b.village]
		}
	}
	for some := range slices.Chunk(inOrder(entries), w.bounds().writeEntries) {
		var overtaken []uint32
		err := w.writeAndConcern(ctx, some, func(ctx context.Context, tx store.Tx) (err error) {
			overtaken, err = tx.Directory().IndexIdentifiers(ctx, some, writes)
			return err
		})
		if err != nil {
			return err
		}
		for _, village := range overtaken {
			w.overtaken[village] = fmt.Errorf("identifiers of village %d: %w", village, store.ErrOvertaken)
		}
	}
	return nil
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
// read twice, to the later reading alone.
func keepLatest(batches []batch) {
	later := map[place]bool{}
	for i := len(batches) - 1; i >= 0; i-- {
		b := &batches[i]
		for _, entries := range []*[]store.Identifier{&b.fresh, &b.entries} {
			*entries = slices.DeleteFunc(*entries, func(e store.Identifier) bool { return later[place{b.village, e.Family}] })
		}
		b.again = slices.DeleteFunc(b.again, func(family [16]byte) bool { return later[place{b.village, family}] })
		for _, family := range b.opened {
			later[place{b.village, family}] = true
		}
	}
}

// writeAndConcern writes entries of the index, and adds the families that what is shared
// then is news to: their own, or, of a number that too many share, those who were told when
// fewer did. What is shared is looked for while the pages that it lies in are at
// hand, or, where other processes write too, once everybody sees what was written: of
// two families that came at one time at least the later is told.
func (w *writing) writeAndConcern(ctx context.Context, entries []store.Identifier, write func(ctx context.Context, tx store.Tx) error) error {
	hashes := make([][16]byte, len(entries))
	for i := range entries {
		hashes[i] = entries[i].Hash
	}
	var shared map[[16]byte]int
	find := func(ctx context.Context, snap store.Snapshot) (err error) {
		shared, err = snap.SharedHashes(ctx, hashes)
		return err
	}
	err := w.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		err := write(ctx, tx)
		if err == nil && len(hashes) > 0 && w.Store.ManyVillages() {
			err = find(ctx, tx.Snapshot())
		}
		return err
	})
	if err == nil && len(hashes) > 0 && !w.Store.ManyVillages() {
		err = w.Store.Read(ctx, find)
	}
	if err != nil || len(shared) == 0 {
		return err
	}
	for _, e := range entries {
		if n := shared[e.Hash]; n > 0 && n <= w.bounds().sharers {
			w.concerned[place{e.Village, e.Family}] = true
		}
	}
	for hash, n := range shared {
		if n > w.bounds().sharers {
			if err := w.addTold(ctx, hash, w.concerned); err != nil {
				return err
			}
		}
	}
	return nil
}
