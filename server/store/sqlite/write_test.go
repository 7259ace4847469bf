package sqlite

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// A context that ends within a write undoes all of it, also what is written behind that
// moment past database/sql, and leaves the writer free.
func TestAWriteWhoseContextEndsLeavesNothing(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), t.TempDir()+"/server.db", Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	found := []store.Identifier{{Hash: [16]byte{1}, Family: [16]byte{2}}, {Hash: [16]byte{3}, Family: [16]byte{4}}}
	ctx, cancel := context.WithCancel(t.Context())
	err = s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		cancel()
		return tx.Directory().PutIdentifiers(context.WithoutCancel(ctx), []store.IdentifierBatch{{ByHash: found}})
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the write ends with %v", err)
	}
	count := func() (n int) {
		if err := s.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM identifier").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{ByHash: found}})
	})
	if n := count(); err != nil || n != len(found) {
		t.Errorf("then %d rows, %v", n, err)
	}
}
