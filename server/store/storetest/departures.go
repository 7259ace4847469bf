package storetest

import (
	"context"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// A family leaves an RT under revision 2 and is changed under 4. Whose cursor stands
// between has not been brought it: the departure is told, until 4.
func testDepartures(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 1)
	for _, c := range []struct {
		family byte
		leaves bool
	}{{1, true}, {2, false}, {1, false}, {3, false}} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, v, func(x store.VillageTx) error {
				commit := commitOf(x, 1002, c.family)
				commit.Entries[0].Change = id(200 + byte(commit.Village.Revision))
				if c.leaves {
					commit.Departures = []store.Departure{{Revision: commit.Village.Revision, Family: id(c.family), Left: 1001, Entered: 1002}}
				}
				return x.Apply(ctx, commit)
			})
		})
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for after, want := range []int{1, 1, 1, 1, 0, 0} {
			got, err := snap.DeparturesSince(ctx, v, uint64(after), 5)
			if err != nil {
				return err
			}
			if len(got) != want || want > 0 && (got[0].Revision != 2 || got[0].Family != id(1)) {
				t.Errorf("after %d: %+v", after, got)
			}
		}
		early, err := snap.DeparturesSince(ctx, v, 0, 1)
		if len(early) != 0 {
			t.Errorf("up to a revision before: %+v", early)
		}
		return err
	})
}
