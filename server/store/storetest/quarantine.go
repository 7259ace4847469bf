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
			unmerged, failed := snap.NotMerged(ctx, v, 0, merge.ID{}, 10)
			if len(unmerged) != len(c.want) {
				t.Errorf("restricted %t: %d are not merged, want %v", c.scope.Restricted, len(unmerged), c.want)
			}
			err = errors.Join(err, failed)
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

// What was kept out is listed no more, and is not merged either; what was admitted is.
func testNotMerged(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			c := commitOf(x, 1001, 1)
			for n, state := range []store.QuarantineState{store.QuarantineWaiting, store.QuarantineAdmitted, store.QuarantineKeptOut, store.QuarantineWaiting} {
				c.Quarantine = append(c.Quarantine, store.Quarantine{
					Change: id(byte(50 + n)), Village: v, Family: id(60), Reason: "OUT_OF_SCOPE", ReceivedAtMS: int64(n), State: state, Payload: []byte("x"),
				})
			}
			return x.Apply(ctx, c)
		})
	})
	err := s.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		got, after := []byte{}, store.Quarantine{ReceivedAtMS: -1}
		for {
			rows, err := snap.NotMerged(ctx, v, after.ReceivedAtMS, after.Change, 1)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			after = rows[0]
			got = append(got, after.Change[len(after.Change)-1])
		}
		want := []byte{id(50)[15], id(52)[15], id(53)[15]}
		if string(got) != string(want) {
			t.Errorf("%v are not merged, want %v", got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
