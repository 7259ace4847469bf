package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// What is asked for by ids is given, and no neighbour of it, whether the ids lie next
// to each other, as those of one device do, or far apart.
func testAmongNeighbours(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1001, 10, 20, 30, 40, 50)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v, func(x store.VillageTx) error {
			c := commitOf(x, 1001, 60)
			for _, n := range []byte{70, 72, 74} {
				c.Quarantine = append(c.Quarantine, store.Quarantine{Change: id(n), Village: v, Family: id(n + 1), Reason: "OUT_OF_SCOPE", Payload: []byte("x")})
			}
			return x.Apply(ctx, c)
		})
	})
	elsewhere := []merge.ID{merge.NewID(2, 2, 10), merge.NewID(1, 3, 20), {1}, {0xff}}
	for name, ids := range map[string][]merge.ID{
		"near":      {id(50), id(30), id(11), id(12), id(10), id(72), id(70), id(73)},
		"far":       append([]merge.ID{id(10), id(73), id(70)}, elsewhere...),
		"one":       {id(72)},
		"none":      nil,
		"at an end": {id(6), id(7), id(8), id(9), id(61), id(62), id(63), id(64)},
	} {
		committed, families, held := lookUp(t, s, v, ids)
		there := slices.DeleteFunc(slices.Clone(ids), func(i merge.ID) bool { return i != id(i[15]) || i[15]%10 != 0 || i[15] > 60 })
		if got := sorted(families); got != sorted(there) {
			t.Errorf("%s: families %s", name, got)
		}
		if got := sorted(committed); got != sorted(changesOf(there)) {
			t.Errorf("%s: changes %s", name, got)
		}
		// What waits is found by its change, and by its family.
		waits := slices.DeleteFunc([]merge.ID{id(70), id(72), id(74)}, func(i merge.ID) bool {
			return !slices.Contains(ids, i) && !slices.Contains(ids, id(i[15]+1))
		})
		if got := sorted(held); got != sorted(waits) {
			t.Errorf("%s: quarantined %s", name, got)
		}
	}
}

// lookUp asks for changes, families and what waits, within a commit.
func lookUp(t *testing.T, s store.Store, village uint32, ids []merge.ID) (committed, families, held []merge.ID) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(x store.VillageTx) error {
			changes, err := x.Committed(ctx, changesOf(ids))
			if err != nil {
				return err
			}
			rows, err := x.Families(ctx, ids)
			if err != nil {
				return err
			}
			waiting, err := x.Quarantined(ctx, ids, ids)
			for _, c := range changes {
				committed = append(committed, c.ID)
			}
			for i := range rows {
				families = append(families, rows[i].ID)
			}
			for i := range waiting {
				held = append(held, waiting[i].Change)
			}
			return err
		})
	})
	return committed, families, held
}

// changesOf are the changes that made the families (commitOf).
func changesOf(families []merge.ID) (changes []merge.ID) {
	for _, f := range families {
		f[15] += 100
		changes = append(changes, f)
	}
	return changes
}

func sorted(ids []merge.ID) string {
	texts := make([]string, len(ids))
	for i := range ids {
		texts[i] = ids[i].String()
	}
	slices.Sort(texts)
	return fmt.Sprint(texts)
}
