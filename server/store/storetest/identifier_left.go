package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// What a family is found by no more, because it has other numbers, or it or a member was
// erased, is kept until it is forgotten, once for each time.
func testIdentifiersLeft(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	put := func(v uint32, rekeyed bool, hashes ...byte) {
		batch := store.IdentifierBatch{Village: v, Families: [][16]byte{id(1)}, Rekeyed: rekeyed}
		for _, hash := range hashes {
			batch.Entries = append(batch.Entries, store.Identifier{Hash: [16]byte{hash}, Family: id(1), Member: id(hash), Revision: 1})
		}
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			batch.Writes = writes(t, ctx, tx, v)
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{batch})
		})
	}
	left := func(limit int) (list []store.LeftIdentifier) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) (err error) {
			list, err = snap.LeftIdentifiers(ctx, limit)
			return err
		})
		return list
	}
	is := func(when, want string) {
		t.Helper()
		got := ""
		for _, l := range left(100) {
			village := "a"
			if l.Village == b {
				village = "b"
			}
			got += fmt.Sprintf("%s%d@%d ", village, l.Hash[0], l.Writes)
		}
		if got != want {
			t.Errorf("%s, %q are left, want %q", when, got, want)
		}
	}
	put(a, false, 1, 2, 3)
	is("of a family that came", "")
	put(a, false, 1, 3, 4)
	is("when it has another number", "a2@2 ")
	put(a, true, 5, 6, 7)
	is("under other keys", "a2@2 ")
	put(b, false, 2, 8)
	erase(t, s, b, 1, id(2))
	is("when a member was erased", "a2@2 b2@2 ")
	if n := len(left(1)); n != 1 {
		t.Errorf("%d at most 1", n)
	}
	read := left(100)
	put(a, false, 2, 5, 6, 7)
	put(a, false, 5, 6, 7)
	forget := func(left ...store.LeftIdentifier) error {
		return s.Write(requests(t.Context()), func(ctx context.Context, tx store.Tx) error { return tx.Directory().ForgetLeft(ctx, left) })
	}
	if err := errors.Join(forget(read[0]), forget()); err != nil {
		t.Fatal(err)
	}
	is("when it was left once more since", "a2@5 b2@2 ")
	erase(t, s, a, 1, merge.ID{})
	is("when the family was erased", "a2@5 a5@6 a6@6 a7@6 b2@2 ")
	err := forget(left(100)...)
	if s.ManyVillages() {
		if err != nil {
			t.Fatal(err)
		}
		is("when all are forgotten", "")
	} else if !errors.Is(err, store.ErrSecondVillage) {
		t.Errorf("of two villages at once: %v", err)
	}
}
