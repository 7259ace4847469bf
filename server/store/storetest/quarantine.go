package storetest

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// A supervisor sees nothing of a restricted family, nor of the work that waits on it, or on
// those into which what waits would bring its people; what waits stays for who lifts the
// restriction or erases the family.
func testQuarantineOfRestricted(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1, 2, 3)
	var waiting []store.Quarantine
	for n, q := range map[byte]struct {
		family, from, into byte // 60 and on: families that were never created
		state              store.QuarantineState
	}{
		50: {family: 1}, 51: {family: 2}, 52: {family: 60},
		// Split off the restricted family, edited, and split once more.
		53: {family: 61, from: 1, into: 61}, 54: {family: 61}, 55: {family: 62, from: 61, into: 62},
		// Merged into another, of which what waits may be of its people.
		56: {family: 1, from: 1, into: 3}, 57: {family: 3},
		// Of others.
		58: {family: 63, from: 2, into: 63}, 59: {family: 63},
		// Kept out, but what is left of the split does not say whence it comes.
		64: {family: 64, from: 1, into: 64, state: store.QuarantineKeptOut}, 65: {family: 64},
		66: {family: 1, from: 1, into: 2, state: store.QuarantineKeptOut},
	} {
		row := store.Quarantine{
			Change: id(n), Village: v, Family: id(q.family), State: q.state, Reason: "OUT_OF_SCOPE", ReceivedAtMS: int64(n), Payload: []byte("x"),
		}
		if q.into != 0 {
			row.From, row.Into = id(q.from), id(q.into)
		}
		waiting = append(waiting, row)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			c := commitOf(x, 1001, 4)
			c.Quarantine = waiting
			return errors.Join(x.Apply(ctx, c), x.Restrict(ctx, id(1), true))
		})
	})
	for _, c := range []struct {
		scope    store.Scope
		want     []byte
		unmerged int
	}{
		{store.Scope{Villages: []uint32{v}}, []byte{51, 52, 58, 59}, 4},
		{store.Scope{Villages: []uint32{v}, Restricted: true}, []byte{50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 65}, 13},
	} {
		err := s.Read(store.WithScope(t.Context(), c.scope), func(ctx context.Context, snap store.Snapshot) error {
			rows, err := snap.ListQuarantine(ctx, []uint32{v}, 0, merge.ID{}, 20)
			var got []byte
			for i := range rows {
				got = append(got, byte(rows[i].ReceivedAtMS))
			}
			if string(got) != string(c.want) {
				t.Errorf("restricted %t: %v wait, want %v", c.scope.Restricted, got, c.want)
			}
			unmerged, failed := snap.NotMerged(ctx, v, 0, merge.ID{}, 20)
			if len(unmerged) != c.unmerged {
				t.Errorf("restricted %t: %d are not merged, want %d", c.scope.Restricted, len(unmerged), c.unmerged)
			}
			err = errors.Join(err, failed)
			for _, n := range []byte{50, 53, 54, 55, 57} {
				q, found := snap.FindQuarantine(ctx, id(n))
				if shown := found == nil; shown != c.scope.Restricted || !shown && !errors.Is(found, store.ErrNotFound) {
					t.Errorf("restricted %t: %d found: %v", c.scope.Restricted, n, found)
				}
				if n == 53 && found == nil && (q.From != id(1) || q.Into != id(61)) {
					t.Errorf("would bring from %s into %s", q.From, q.Into)
				}
			}
			all, failed := snap.QuarantineOf(ctx, v, id(1))
			if len(all) != 3 {
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
