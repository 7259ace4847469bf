package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// What a family is found by no more, because it has other numbers, or it or a member was
// erased, is kept where others are found by it, until it is forgotten, once for each time.
func testIdentifiersStale(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	put := func(v uint32, family byte, rekeyed bool, hashes ...byte) {
		batch := store.IdentifierBatch{Village: v, Families: [][16]byte{id(family)}, Rekeyed: rekeyed}
		for _, hash := range hashes {
			batch.Entries = append(batch.Entries, store.Identifier{Hash: [16]byte{hash}, Family: id(family), Member: id(hash), Revision: uint64(family)})
		}
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			batch.Writes = writes(t, ctx, tx, v)
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{batch})
		})
	}
	stale := func(limit int) (list []store.StaleIdentifier) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) (err error) {
			list, err = snap.StaleIdentifiers(ctx, limit)
			return err
		})
		return list
	}
	is := func(when, want string) {
		t.Helper()
		got := ""
		for _, l := range stale(100) {
			village := "a"
			if l.Village == b {
				village = "b"
			}
			got += fmt.Sprintf("%s%d@%d ", village, l.Hash[0], l.Writes)
		}
		if got != want {
			t.Errorf("%s, %q are stale, want %q", when, got, want)
		}
	}
	put(b, 9, false, 1, 2, 4, 5, 6, 7, 8)
	put(a, 1, false, 1, 2, 3)
	is("of a family that came", "")
	put(a, 1, false, 1, 4)
	is("when it has another number than one that others have, and one that nobody has", "a2@2 ")
	put(a, 1, true, 5, 6, 7)
	is("under other keys", "a2@2 ")
	put(b, 1, false, 2, 8)
	erase(t, s, b, 1, id(2))
	is("when a member was erased", "a2@2 b2@3 ")
	if n := len(stale(1)); n != 1 {
		t.Errorf("%d at most 1", n)
	}
	read := stale(100)
	put(a, 1, false, 2, 5, 6, 7)
	put(a, 1, false, 5, 6, 7)
	forget := func(stale ...store.StaleIdentifier) error {
		return s.Write(requests(t.Context()), func(ctx context.Context, tx store.Tx) error { return tx.Directory().ForgetStale(ctx, stale) })
	}
	if err := errors.Join(forget(read[0]), forget()); err != nil {
		t.Fatal(err)
	}
	is("when it was so once more since", "a2@5 b2@3 ")
	erase(t, s, a, 1, merge.ID{})
	is("when the family was erased", "a2@5 a5@6 a6@6 a7@6 b2@3 ")
	err := forget(stale(100)...)
	if s.ManyVillages() {
		if err != nil {
			t.Fatal(err)
		}
		is("when all are forgotten", "")
	} else if !errors.Is(err, store.ErrSecondVillage) {
		t.Errorf("of two villages at once: %v", err)
	}
}

// Families that do not open are kept, each once, until they are forgotten.
func testUnreadFamilies(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	note := func(v uint32, families ...merge.ID) {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.Directory().NoteUnread(ctx, v, families) })
	}
	is := func(limit int, want ...store.UnreadFamily) {
		t.Helper()
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			got, err := snap.UnreadFamilies(ctx, limit)
			if !slices.Equal(got, want) {
				t.Errorf("%v do not open, want %v", got, want)
			}
			return err
		})
	}
	note(b, id(3))
	note(a, id(2), id(1))
	note(a, id(2))
	is(9, store.UnreadFamily{Village: a, Family: id(1)}, store.UnreadFamily{Village: a, Family: id(2)}, store.UnreadFamily{Village: b, Family: id(3)})
	is(1, store.UnreadFamily{Village: a, Family: id(1)})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().ForgetUnread(ctx, a, []merge.ID{id(1), id(2), id(4)})
	})
	is(9, store.UnreadFamily{Village: b, Family: id(3)})
}
