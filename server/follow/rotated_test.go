package follow_test

import (
	"context"
	"crypto/rand"
	"errors"
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
		catch(t, f)
		if n := w.doubled() + there.doubled(); n != 2 {
			t.Fatalf("%d are told", n)
		}
		left := w.families[0]
		left.nik = secondNIK
		left.save(left.family, person(left.member, left.nik))
		r := &rotation.Rotation{
			Store: &stepped{Store: w.core.Store, before: map[int]func() error{1: func() error { return errPlanned }}}, Hold: &store.Hold{Settle: func(context.Context) error { return nil }}, Ring: w.core.Vault.Ring(), Again: true,
			Save: func(*record.Ring) error { return nil }, Now: time.Now, Rand: rand.Reader, Progress: func(string, int, int) error { return nil },
		}
		if _, err := r.Run(store.AsOperator(t.Context())); !errors.Is(err, errPlanned) {
			t.Fatalf("not all could be followed: %v", err)
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
