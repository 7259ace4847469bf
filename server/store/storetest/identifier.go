package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

func testIdentifiers(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	hash := [16]byte{1}
	put := func(v uint32, family byte, entries ...store.Identifier) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: v, Revision: 5, Families: [][16]byte{id(family)}, Entries: entries}})
		})
	}
	put(a, 1, store.Identifier{Hash: hash, Family: id(1)})
	put(b, 2, store.Identifier{Hash: hash, Family: id(2), Member: id(3)}, store.Identifier{Hash: [16]byte{2}, Family: id(2)})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		both, err := snap.Sharing(ctx, hash, 10)
		if err != nil || len(both) != 2 || both[1].Member != id(3) || !both[0].Member.IsZero() {
			t.Errorf("sharing %+v, %v", both, err)
		}
		shared, err := snap.SharedHashes(ctx, [][16]byte{hash, {2}, {3}})
		if err != nil || len(shared) != 1 || shared[0] != hash {
			t.Errorf("shared %+v, %v", shared, err)
		}
		to, _, err := snap.FollowedTo(ctx, a)
		if to != 5 {
			t.Errorf("followed to %d", to)
		}
		return err
	})
	own := func(v uint32, families ...byte) (text string) {
		ids := make([]merge.ID, len(families))
		for i, family := range families {
			ids[i] = id(family)
		}
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			list, err := snap.IdentifiersOf(ctx, v, ids...)
			for _, i := range list {
				text += fmt.Sprintf("%d:%d ", i.Hash[0], i.Member[15])
			}
			return err
		})
		return text
	}
	if got := own(b, 2); got != "1:3 2:0 " {
		t.Errorf("a family is found by %q", got)
	}
	put(b, 4, store.Identifier{Hash: [16]byte{1, 1}, Family: id(4)}, store.Identifier{Hash: [16]byte{4}, Family: id(4), Member: id(5)})
	if got := own(b, 2, 4, 1); got != "1:3 1:0 2:0 4:5 " {
		t.Errorf("families are found by %q", got)
	}
	if got := own(b); got != "" {
		t.Errorf("no families are found by %q", got)
	}
	put(a, 1)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		left, err := snap.Sharing(ctx, hash, 10)
		if len(left) != 1 {
			t.Errorf("after the replacement: %+v", left)
		}
		return err
	})
	if got := own(a, 1); got != "" {
		t.Errorf("after the replacement a family is found by %q", got)
	}
	erase(t, s, b, 2, id(3))
	if got := own(b, 2); got != "2:0 " {
		t.Errorf("after a member was erased its family is found by %q", got)
	}
	erase(t, s, b, 2, merge.ID{})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for _, h := range [][16]byte{hash, {2}} {
			if left, err := snap.Sharing(ctx, h, 10); err != nil || len(left) != 0 {
				t.Errorf("the erased are found: %+v, %v", left, err)
			}
		}
		return nil
	})
}

func erase(t *testing.T, s store.Store, village uint32, family byte, member merge.ID) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			return v.Rewrite(ctx, &store.Rewrite{Family: id(family), Member: member})
		})
	})
}

// An entry of the index stands for all of a family who have the number, and for the
// hashes that begin as its own does.
func testIdentifierTwiceInAFamily(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	hash := [16]byte{0xff, 1}
	other := hash
	other[15] = 1
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: v, Revision: 5, Entries: []store.Identifier{
			{Hash: hash, Family: id(1), Member: id(3)}, {Hash: hash, Family: id(1), Member: id(4)}, {Hash: other, Family: id(2), Member: id(5)},
		}}})
	})
	found := func() (text string) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			list, err := snap.Sharing(ctx, hash, 10)
			for _, i := range list {
				text += fmt.Sprintf("%d:%d ", i.Family[15], i.Member[15])
			}
			return err
		})
		return text
	}
	if got := found(); got != "1:3 1:4 " {
		t.Errorf("found %q", got)
	}
	erase(t, s, v, 1, id(3))
	if got := found(); got != "1:4 " {
		t.Errorf("after one was erased found %q", got)
	}
	erase(t, s, v, 1, id(4))
	if got := found(); got != "" {
		t.Errorf("after both were erased found %q", got)
	}
}
