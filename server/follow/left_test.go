package follow_test

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/store"
)

// Where each village has transactions of its own, one in which another is always quicker
// does not keep the follower from those that it read together with it.
func TestAVillageThatIsLeftKeepsNoOtherWaiting(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		here := newVillage(t, open(), nil)
		if here.core.Store.ManyVillages() {
			return // all are written by the same transactions
		}
		there, nik := here.neighbour(), uint64(firstNIK)
		for left, kept := range map[*village]*village{here: there, there: here} {
			nik += 2
			family, member := kept.id(), kept.id()
			kept.save(family, home(), person(member, nik))
			left.save(left.id(), home(), person(left.id(), nik+1))
			always := map[int]func() error{}
			for n := range 100 {
				always[n] = func() error { return left.erase(t.Context(), merge.NewID(7, 7, 7)) }
			}
			f := &follow.Identifiers{Store: &stepped{Store: here.core.Store, before: always}, Vault: here.core.Vault, Core: here.core}
			if err := f.Catch(t.Context()); !errors.Is(err, store.ErrOvertaken) {
				t.Fatalf("overtaken in village %d it says %v", left.number, err)
			}
			if !kept.found(nik, family, member) {
				t.Errorf("overtaken in village %d, the family of village %d is not found", left.number, kept.number)
			}
			if followed, revision := kept.followed(); followed != revision {
				t.Errorf("overtaken in village %d, village %d is followed to %d of %d", left.number, kept.number, followed, revision)
			}
		}
	})
}

// followed is how far the village has been followed, and how far it goes.
func (v *village) followed() (followed, revision uint64) {
	v.t.Helper()
	err := v.core.Store.Read(store.AsOperator(v.t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, v.number)
		if err == nil {
			revision = row.Revision
			followed, _, err = snap.FollowedTo(ctx, v.number)
		}
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return followed, revision
}
