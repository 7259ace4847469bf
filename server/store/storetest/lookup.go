package storetest

import (
	"context"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func testLookUps(t *testing.T, s store.Store) {
	const yesterday, today, limit = 20261125, 20261126, 2
	count := func(day int, account uint32, n int64) (ok bool) {
		t.Helper()
		err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
			ok, err = tx.Directory().AddLookUps(ctx, day, account, n, limit)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for i, want := range []bool{true, true, false, false} {
		if got := count(today, 7, 1); got != want {
			t.Errorf("look-up %d: %v", i+1, got)
		}
	}
	if !count(today, 8, 1) || !count(yesterday, 7, 1) {
		t.Error("another account or another day has its own count")
	}
	if !count(today, 7, -1) || !count(today, 7, 1) || count(today, 7, 1) {
		t.Error("one taken back makes room for one")
	}
	if count(today, 9, limit+1) {
		t.Error("more at once than the limit")
	}
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().ForgetLookUps(ctx, today) })
	if err != nil {
		t.Fatal(err)
	}
	if !count(yesterday, 7, limit) || count(today, 7, 1) {
		t.Error("days before are forgotten, and only they")
	}
}
