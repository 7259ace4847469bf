package exchange

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// whereabouts tells in which villages a family may stand: one survei_id is one family,
// also where a later file has it in another village (DOMAIN.md, "Rounds"), and stores find
// families by their village alone. It takes some thirty bytes a family of the store.
type whereabouts struct {
	// at is the village by a short form of the id, which two families may share; more has
	// the further villages of one.
	at   map[uint64]uint32
	more map[uint64][]uint32
}

// whereaboutsPage is how many ids are read at a time.
const whereaboutsPage = 10_000

// readWhereabouts reads those of all families.
func readWhereabouts(ctx context.Context, s store.Store) (*whereabouts, error) {
	w := &whereabouts{at: map[uint64]uint32{}, more: map[uint64][]uint32{}}
	var villages []store.Village
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		villages, err = snap.VillagesUnder(ctx, "")
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, v := range villages {
		if v.Revision == 0 {
			continue
		}
		scoped := store.WithScope(ctx, store.Scope{Villages: []uint32{v.Number}, Restricted: true})
		err := s.Read(scoped, func(ctx context.Context, snap store.Snapshot) error { return w.read(ctx, snap, v.Number) })
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *whereabouts) read(ctx context.Context, snap store.Snapshot, village uint32) error {
	for after := uint64(0); ; {
		page, err := snap.RevisedSince(ctx, village, after, whereaboutsPage)
		if err != nil {
			return err
		}
		for _, f := range page {
			w.add(f.ID, village)
			after = f.Revision
		}
		if len(page) < whereaboutsPage {
			return nil
		}
	}
}

// short is the form of an id by which it is kept.
func short(id merge.ID) uint64 {
	return binary.BigEndian.Uint64(id[:8]) ^ binary.BigEndian.Uint64(id[8:])
}

// add notes that a family has a record in a village.
func (w *whereabouts) add(id merge.ID, village uint32) {
	key := short(id)
	switch known, ok := w.at[key]; {
	case !ok:
		w.at[key] = village
	case known != village && !slices.Contains(w.more[key], village):
		w.more[key] = append(w.more[key], village)
	}
}

// known tells whether the family may have a record at all.
func (w *whereabouts) known(id merge.ID) bool {
	_, ok := w.at[short(id)]
	return ok
}

// besides are the villages other than one in which the family may have a record.
func (w *whereabouts) besides(id merge.ID, village uint32) []uint32 {
	key := short(id)
	known, ok := w.at[key]
	if !ok || known == village && w.more[key] == nil {
		return nil
	}
	all := append([]uint32{known}, w.more[key]...)
	return slices.DeleteFunc(all, func(v uint32) bool { return v == village })
}
