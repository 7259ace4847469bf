package storetest

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// recodeAt gives areas new codes at an instant.
func recodeAt(t *testing.T, s store.Store, atMS int64, pairs map[string]string) {
	t.Helper()
	err := s.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().Recode(ctx, atMS, renaming(pairs))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Codes are dated: through a swap, one that is left and given anew, two areas made one, and a
// village that gives way.
func testDatedCodes(t *testing.T, s store.Store) {
	const left, fresh, gone = "32.06", "32.07", "32.07.01.2001"
	put := func(areas ...store.Area) {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, areas) })
	}
	put(store.Area{Code: "32.05", Name: "Garut"}, store.Area{Code: left, Name: "Tasikmalaya"})
	recodeAt(t, s, 100, map[string]string{"32.04": "32.05", "32.05": "32.04"})
	recodeAt(t, s, 50, map[string]string{left: fresh}) // by a clock that was put back
	put(store.Area{Code: left, Name: "Baru"}, store.Area{Code: "32.07.01", Name: "Satu"}, store.Area{Code: gone, Name: "Kosong"})
	recodeAt(t, s, 200, map[string]string{"32.05.05": "32.07.01"}) // over a village without families
	recodeAt(t, s, 300, map[string]string{"32.04": left})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for code, want := range map[string][]store.DatedCode{
			"":      nil,
			"32":    {{Code: "32"}},
			"32.05": {{Code: "32.05", FromMS: 100}, {Code: "32.04", ToMS: 100}},
			fresh:   {{Code: fresh}, {Code: left, ToMS: 101}},
			left:    {{Code: left, FromMS: 101}, {Code: "32.04", FromMS: 100, ToMS: 300}, {Code: "32.05", ToMS: 100}},
			gone:    {{Code: gone, FromMS: 200}, {Code: "32.05.05.2001", ToMS: 200}, {Code: codeA, ToMS: 100}},
		} {
			if got, err := store.DatedCodes(ctx, snap, code); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("of %q: %+v, %v; want %+v", code, got, err, want)
			}
		}
		return nil
	})
}

// What is searched for by a code or a subject is of its time.
func testAuditOfATime(t *testing.T, s store.Store) {
	entries := []store.AuditEntry{auditEntry(7, 1, 100, "area:a"), auditEntry(7, 2, 200, "area:a"), auditEntry(7, 3, 300, "area:a", "family:b"), auditEntry(7, 4, 400, "family:b")}
	entries[1].District, entries[2].District = "32.05", "32.05"
	write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.Directory().AppendAudit(ctx, entries) })
	four, five := store.DatedCode{Code: "32.04"}, store.DatedCode{Code: "32.05"}
	early, late := four, five
	early.ToMS, late.FromMS = 400, 300
	of := func(from, to int64) store.DatedSubjects {
		return store.DatedSubjects{Subjects: []string{"area:a"}, FromMS: from, ToMS: to}
	}
	for name, c := range map[string]struct {
		query store.AuditQuery
		want  []uint64
	}{
		"of both":             {store.AuditQuery{Districts: []store.DatedCode{four, five}}, []uint64{4, 3, 2, 1}},
		"of both, in parts":   {store.AuditQuery{Districts: []store.DatedCode{four, five}, Limit: 2, Before: &entries[3]}, []uint64{3, 2}},
		"of each in its time": {store.AuditQuery{Districts: []store.DatedCode{late, early}}, []uint64{3, 1}},
		"of no district":      {store.AuditQuery{Districts: []store.DatedCode{}}, nil},
		"of a subject's time": {store.AuditQuery{Dated: []store.DatedSubjects{of(200, 300)}}, []uint64{2}},
		"of two times":        {store.AuditQuery{Dated: []store.DatedSubjects{of(0, 200), of(300, 0)}}, []uint64{3, 1}},
		"of all its time":     {store.AuditQuery{Dated: []store.DatedSubjects{of(0, 0)}}, []uint64{3, 2, 1}},
		"or of another":       {store.AuditQuery{Subjects: []string{"family:b"}, Dated: []store.DatedSubjects{of(300, 400)}}, []uint64{4, 3}},
	} {
		if c.query.Limit == 0 {
			c.query.Limit = 10
		}
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			var got []uint64
			list, err := snap.SearchAudit(ctx, c.query)
			for _, e := range list {
				got = append(got, e.Sequence)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
			return err
		})
	}
}
