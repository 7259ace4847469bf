package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// A supervisor sees nothing of a restricted family, nor of the work that waits on it;
// what waits stays for who lifts the restriction or erases the family.
func testQuarantineOfRestricted(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1, 2)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			c := commitOf(x, 1001, 3)
			for n, of := range map[byte]byte{50: 1, 51: 2, 52: 60} { // 60: a family that was never created
				c.Quarantine = append(c.Quarantine, store.Quarantine{
					Change: id(n), Village: v, Family: id(of), Reason: "OUT_OF_SCOPE", ReceivedAtMS: int64(n), Payload: []byte("x"),
				})
			}
			return errors.Join(x.Apply(ctx, c), x.Restrict(ctx, id(1), true))
		})
	})
	for _, c := range []struct {
		scope store.Scope
		want  []byte
	}{
		{store.Scope{Villages: []uint32{v}}, []byte{51, 52}},
		{store.Scope{Villages: []uint32{v}, Restricted: true}, []byte{50, 51, 52}},
	} {
		err := s.Read(store.WithScope(t.Context(), c.scope), func(ctx context.Context, snap store.Snapshot) error {
			rows, err := snap.ListQuarantine(ctx, []uint32{v}, 0, merge.ID{}, 10)
			var got []byte
			for i := range rows {
				got = append(got, byte(rows[i].ReceivedAtMS))
			}
			if string(got) != string(c.want) {
				t.Errorf("restricted %t: %v wait, want %v", c.scope.Restricted, got, c.want)
			}
			_, found := snap.FindQuarantine(ctx, id(50))
			if shown := found == nil; shown != c.scope.Restricted || !shown && !errors.Is(found, store.ErrNotFound) {
				t.Errorf("restricted %t: found: %v", c.scope.Restricted, found)
			}
			all, failed := snap.QuarantineOf(ctx, v, id(1))
			if len(all) != 1 {
				t.Errorf("restricted %t: of the family %d", c.scope.Restricted, len(all))
			}
			return errors.Join(err, failed)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
