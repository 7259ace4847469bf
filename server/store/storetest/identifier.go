package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

func testIdentifiers(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	hash := [16]byte{1}
	put := func(v uint32, family byte, entries ...store.Identifier) {
		for i := range entries {
			entries[i].Revision = uint64(family)
		}
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			batch := store.IdentifierBatch{Village: v, Revision: 5, Families: [][16]byte{id(family)}, Entries: entries, Writes: writes(t, ctx, tx, v)}
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{batch})
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
		if err != nil || len(shared) != 1 || shared[hash] != 2 {
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

// writes are how often identifiers of a village were written.
func writes(t *testing.T, ctx context.Context, tx store.Tx, village uint32) uint64 {
	t.Helper()
	_, n, err := tx.Snapshot().FollowedTo(ctx, village)
	if err != nil {
		t.Error(err)
	}
	return n
}

// Of what was read of a village before somebody else wrote or erased there, nothing is
// written, forgotten or counted as followed.
func testIdentifiersOvertaken(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	entry := func(hash byte, revision uint64) []store.Identifier {
		return []store.Identifier{{Hash: [16]byte{hash}, Village: v, Family: id(1), Revision: revision}}
	}
	put := func(since uint64, batch store.IdentifierBatch) error {
		batch.Writes = since
		return s.Write(requests(t.Context()), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{batch})
		})
	}
	if err := put(0, store.IdentifierBatch{Village: v, Revision: 9, Entries: entry(1, 8)}); err != nil {
		t.Fatal(err)
	}
	erase(t, s, v, 7, merge.ID{}) // of another family
	forget := [][16]byte{id(1)}
	batches := map[string]store.IdentifierBatch{
		"added": {Village: v, Entries: entry(2, 5)}, "replaced": {Village: v, Families: forget, Entries: entry(2, 9)}, "forgotten": {Village: v, Families: forget},
		"listed": {Village: v, Listed: entry(2, 9)},
	}
	if err := put(1, store.IdentifierBatch{Village: v, Revision: 8}); err != nil {
		t.Errorf("progress alone, which lags behind: %v", err)
	}
	for since := range uint64(2) {
		for name, batch := range batches {
			if err := put(since, batch); !errors.Is(err, store.ErrOvertaken) {
				t.Errorf("%s as of %d writes: %v", name, since, err)
			}
		}
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.IdentifiersOf(ctx, v, id(1))
		if err != nil || len(list) != 1 || list[0].Hash != [16]byte{1} || list[0].Revision != 8 {
			t.Errorf("it is found by %+v, %v", list, err)
		}
		if gone, err := snap.Sharing(ctx, [16]byte{2}, 10); err != nil || len(gone) != 0 {
			t.Errorf("by what was refused are found %+v, %v", gone, err)
		}
		if to, n, err := snap.FollowedTo(ctx, v); err != nil || to != 9 || n != 2 {
			t.Errorf("followed to %d after %d writes, %v", to, n, err)
		}
		return nil
	})
	if err := put(2, batches["replaced"]); err != nil {
		t.Errorf("as of all writes: %v", err)
	}
}

// What families of many villages are found by is added at once, but for villages where
// somebody else has written since; there another listed by half is found when it is done anew.
func testIdentifiersIndexed(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	of := func(v uint32, family byte) []store.Identifier {
		return []store.Identifier{{Hash: [16]byte{0xf0, family}, Village: v, Family: id(family), Revision: uint64(family)}}
	}
	list := func(v uint32, family byte) (n uint64) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			n = writes(t, ctx, tx, v)
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: v, Families: [][16]byte{id(family)}, Listed: of(v, family), Writes: n}})
		})
		return n + 1
	}
	found := func(family byte) (n int) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			list, err := snap.Sharing(ctx, [16]byte{0xf0, family}, 10)
			n = len(list)
			return err
		})
		return n
	}
	index := func(entries []store.Identifier, expected map[uint32]uint64, want ...uint32) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			overtaken, err := tx.Directory().IndexIdentifiers(ctx, entries, expected)
			if !slices.Equal(overtaken, want) {
				t.Errorf("overtaken in %v, not %v", overtaken, want)
			}
			return err
		})
	}
	expected := map[uint32]uint64{a: list(a, 1), b: list(b, 2)}
	if found(1)+found(2) != 0 {
		t.Error("who is listed alone is in the index")
	}
	erase(t, s, b, 7, merge.ID{}) // of another family
	both := slices.Concat(of(a, 1), of(b, 2))
	index(both, expected, b)
	if found(1) != 1 || found(2) != 0 {
		t.Errorf("where the one village was overtaken, %d and %d are found", found(1), found(2))
	}
	if len(both) != 2 || both[1].Village != b {
		t.Errorf("what was handed over is %+v now", both)
	}
	unsaid := s.Write(requests(t.Context()), func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Directory().IndexIdentifiers(ctx, both, map[uint32]uint64{a: expected[a]})
		return err
	})
	if unsaid == nil {
		t.Error("indexed by who does not say as of when")
	}
	again := s.Write(requests(t.Context()), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: b, Listed: of(b, 2), Writes: writes(t, ctx, tx, b)}})
	})
	if !errors.Is(again, store.ErrOvertaken) {
		t.Errorf("who is listed already is listed: %v", again)
	}
	expected[b] = list(b, 2)
	index(of(b, 2), expected)
	if found(1) != 1 || found(2) != 1 {
		t.Errorf("when it was done anew, %d and %d are found", found(1), found(2))
	}
}

// Who erases where entries are being added waits, and then erases them, too.
func testIdentifiersIndexedBesideAnErasure(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	hash := [16]byte{0xf7}
	entries := []store.Identifier{{Hash: hash, Village: v, Family: id(1), Revision: 1}, {Hash: hash, Village: v, Family: id(2), Revision: 2}}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: v, Listed: entries}})
	})
	erased := make(chan error, 1)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if overtaken, err := tx.Directory().IndexIdentifiers(ctx, entries, map[uint32]uint64{v: 1}); err != nil || len(overtaken) > 0 {
			return errors.Join(err, fmt.Errorf("overtaken in %v", overtaken))
		}
		go func() {
			erased <- s.Write(requests(context.Background()), func(ctx context.Context, tx store.Tx) error {
				return tx.InVillage(ctx, v, func(of store.VillageTx) error { return of.Rewrite(ctx, &store.Rewrite{Family: id(1)}) })
			})
		}()
		select {
		case err := <-erased:
			return fmt.Errorf("it did not wait: %w", errors.Join(err, errors.New("erased")))
		case <-time.After(300 * time.Millisecond):
			return nil
		}
	})
	if err := <-erased; err != nil {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		shared, err := snap.SharedHashes(ctx, [][16]byte{hash})
		if len(shared) != 0 {
			t.Errorf("the erased one is in the index: %v", shared)
		}
		return err
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
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: v, Revision: 5, Writes: writes(t, ctx, tx, v), Entries: []store.Identifier{
			{Hash: hash, Family: id(1), Member: id(3), Revision: 1}, {Hash: hash, Family: id(1), Member: id(4), Revision: 1},
			{Hash: other, Family: id(2), Member: id(5), Revision: 2},
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

// IndexAnew is what a store has once it has made its index from the lists of family aa of
// village 7, of revision 5, whose household has a number fedcba9876543210 and whose member
// bb has 01, and of cc of village 8, which there is not, with 01.
func IndexAnew(t *testing.T, s store.Store, db *sql.DB) {
	t.Helper()
	ctx := store.WithScope(t.Context(), store.Scope{Villages: []uint32{7, 8}})
	indexed := func(want int) {
		t.Helper()
		n := 0
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM identifier`).Scan(&n); err != nil || n != want {
			t.Errorf("%d entries instead of %d, %v", n, want, err)
		}
	}
	indexed(3)
	a, c, one := merge.ID{0xaa}, merge.ID{0xcc}, [16]byte{1}
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		long := [16]byte{0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10}
		found, err := snap.Sharing(ctx, long, 10)
		if err != nil || len(found) != 1 || found[0] != (store.Identifier{Hash: long, Village: 7, Family: a, Revision: 5}) {
			t.Errorf("by the household's number are found %+v, %v", found, err)
		}
		found, err = snap.Sharing(ctx, one, 10)
		if err != nil || len(found) != 2 || found[0] != (store.Identifier{Hash: one, Village: 7, Family: a, Member: merge.ID{0xbb}, Revision: 5}) ||
			found[1].Family != c || int64(found[1].Revision) >= 0 {
			t.Errorf("by the member's number are found %+v, %v", found, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for village, family := range map[uint32]merge.ID{7: a, 8: c} {
		err := s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: village, Families: [][16]byte{family}, Writes: writes(t, ctx, tx, village)}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	indexed(0)
}
