package storetest

import (
	"context"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// OfHistory names the changes of a family to Damage.
const OfHistory = "history"

// damage is what does not open: a history seems to be under a key that nobody has.
var damage = map[bool][]byte{false: make([]byte, 99), true: append([]byte{1, 9, 9, 9, 9}, make([]byte, 94)...)}

// Damage makes sealed columns of a family's row such that they do not open, or all its
// changes (OfHistory); mend puts back what was there.
func Damage(t testing.TB, s store.Store, village uint32, family merge.ID, columns ...string) (mend func()) {
	t.Helper()
	var undo []func()
	for _, column := range columns {
		table, of := sealedTable("family"), [][]any{{int64(village), family[:]}}
		table.Sealed = []string{column}
		if column == OfHistory {
			table, of = sealedTable("history"), revisionsOf(t, s, village, family)
		}
		undo = append(undo, replaceSealed(t, s, village, &table, of, damage[column == OfHistory]))
	}
	return func() {
		t.Helper()
		for _, f := range undo {
			f()
		}
	}
}

// EmptyNewest empties the newest change of a family, as an erasure would; mend puts it back.
func EmptyNewest(t testing.TB, s store.Store, village uint32, family merge.ID) (mend func()) {
	t.Helper()
	table := sealedTable("history")
	return replaceSealed(t, s, village, &table, revisionsOf(t, s, village, family)[:1], []byte{})
}

// Miscount makes a family count with nothing, and leaves the sums as they are.
func Miscount(t testing.TB, s store.Store, village uint32, family merge.ID) {
	t.Helper()
	err := s.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			rows, err := v.Families(ctx, []merge.ID{family})
			if err != nil || len(rows) != 1 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			rows[0].Provisional = 0
			return v.Apply(ctx, &store.Commit{Village: v.Village(), Families: rows, Day: 20260101})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sealedTable(name string) store.SealedTable {
	return store.SealedTables[slices.IndexFunc(store.SealedTables, func(t store.SealedTable) bool { return t.Name == name })]
}

func revisionsOf(t testing.TB, s store.Store, village uint32, family merge.ID) (keys [][]any) {
	t.Helper()
	err := s.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		entries, err := snap.History(ctx, village, family, 0, 10_000)
		for _, e := range entries {
			keys = append(keys, []any{int64(village), int64(e.Revision)})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// replaceSealed replaces what is sealed in the rows of the keys; mend puts it back.
func replaceSealed(t testing.TB, s store.Store, village uint32, table *store.SealedTable, keys [][]any, by []byte) (mend func()) {
	t.Helper()
	var was, now []store.SealedRow
	err := s.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		all, err := snap.SealedRows(ctx, table, store.SealedQuery{Limit: 10_000})
		for _, row := range all {
			if slices.ContainsFunc(keys, func(key []any) bool { return sameKey(row.Keys, key) }) {
				was = append(was, row)
				row.Sealed = slices.Repeat([][]byte{by}, len(row.Sealed))
				now = append(now, row)
			}
		}
		return err
	})
	if err != nil || len(was) != len(keys) {
		t.Fatalf("%s has %d of %d rows, %v", table.Name, len(was), len(keys), err)
	}
	put := func(rows []store.SealedRow) {
		t.Helper()
		err := s.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(store.VillageTx) error { return tx.Directory().PutSealed(ctx, table, rows) })
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(now)
	return func() { t.Helper(); put(was) }
}

func sameKey(a, b []any) bool {
	return slices.EqualFunc(a, b, func(x, y any) bool {
		if bytes, ok := x.([]byte); ok {
			other, ok := y.([]byte)
			return ok && slices.Equal(bytes, other)
		}
		return x == y
	})
}
