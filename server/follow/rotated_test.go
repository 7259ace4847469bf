package follow_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/store"
)

// Keys are rotated before anybody has followed that a family has another number: who shared
// the former one is told of the end, though no hash of it is known afterwards.
func TestWhoNoLongerSharesIsToldAlthoughKeysWereRotated(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		there := w.neighbour()
		w.villages = []*village{w.village, there}
		w.add(w.village, firstNIK)
		w.add(there, firstNIK)
		f := &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
		for range 2 { // behind the revisions by which they are told, too
			if err := f.Catch(t.Context()); err != nil || w.doubled()+there.doubled() != 2 {
				t.Fatal(err, w.doubled(), there.doubled())
			}
		}
		left := w.families[0]
		left.nik = secondNIK
		left.save(left.family, person(left.member, left.nik))
		r := &rotation.Rotation{
			Store: w.core.Store, Hold: &store.Hold{Settle: func(context.Context) error { return nil }}, Ring: w.core.Vault.Ring(), Again: true,
			Save: func(*record.Ring) error { return nil }, Now: time.Now, Rand: rand.Reader, Progress: func(string, int, int) error { return nil },
		}
		outcome, err := r.Run(store.AsOperator(t.Context()))
		if err != nil || outcome.Left > 0 {
			t.Fatal(outcome, err)
		}
		vault := ingest.NewVault(outcome.Ring, rand.Reader)
		if err := (&follow.Identifiers{Store: w.core.Store, Vault: vault}).Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.core.Vault = vault
		w.check(firstNIK, secondNIK)
	})
}
