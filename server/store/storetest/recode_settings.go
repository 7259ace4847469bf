package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// Help desks follow the code of their area, safely where two change places; a desk that the
// new code has already stays, unless it was cleared.
func testRecodeSettings(t *testing.T, s store.Store) {
	desk := func(code string) string { return store.MetaSupport + code }
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.PutAreas(ctx, []store.Area{{Code: "32.05"}, {Code: "32.06"}, {Code: "32.07"}, {Code: "32.08"}}),
			d.PutMeta(ctx, desk("32.04"), "four"), d.PutMeta(ctx, desk("32.05"), "five"), d.PutMeta(ctx, desk("32.06"), "six"),
			d.PutMeta(ctx, desk("32.07"), ""), d.PutMeta(ctx, "other.32.04", "stays"))
	})
	recodeAt(t, s, 1, map[string]string{"32.04": "32.05", "32.05": "32.04"})
	recodeAt(t, s, 2, map[string]string{"32.04": "32.06", "32.05": "32.07"})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for name, want := range map[string]string{desk("32.04"): "", desk("32.05"): "", desk("32.06"): "six", desk("32.07"): "four", "other.32.04": "stays"} {
			if got, err := snap.Meta(ctx, name); err != nil || got != want {
				t.Errorf("%s is %q, %v; want %q", name, got, err, want)
			}
		}
		return nil
	})
}
