package storetest

import (
	"context"
	"maps"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Ids of the erased are found from whatever village, with what became of them last.
func testErasedIDs(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	in := func(village uint32, do func(ctx context.Context, x store.VillageTx) error) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(x store.VillageTx) error { return do(ctx, x) })
		})
	}
	keep := func(ids ...store.ErasedID) {
		in(a, func(ctx context.Context, x store.VillageTx) error {
			return x.Apply(ctx, &store.Commit{Village: x.Village(), ErasedIDs: ids})
		})
	}
	keep(store.ErasedID{ID: id(1), Fate: store.FateLivesOn}, store.ErasedID{ID: id(2), Fate: store.FateErased})
	keep(store.ErasedID{ID: id(1), Fate: store.FateWithFamily})
	in(b, func(ctx context.Context, x store.VillageTx) error {
		found, err := x.ErasedIDs(ctx, []merge.ID{id(1), id(2), id(3)})
		got := map[merge.ID]store.Fate{}
		for _, f := range found {
			got[f.ID] = f.Fate
		}
		if want := map[merge.ID]store.Fate{id(1): store.FateWithFamily, id(2): store.FateErased}; !maps.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
		return err
	})
}
