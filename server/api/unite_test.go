package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// steppedWrites is a store in which something happens before one of the writes.
type steppedWrites struct {
	store.Store
	writes, at int
	before     func()
}

func (s *steppedWrites) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if s.writes++; s.writes == s.at {
		s.before()
	}
	return s.Store.Write(ctx, fn)
}

// twice is a family entered twice, each in a village, and a supervisor of both.
type twice struct {
	*testing.T
	store    *steppedWrites
	core     *ingest.Core
	clock    merge.Clock
	counter  uint64
	families [2]merge.State
}

func newTwice(t *testing.T) *twice {
	t.Helper()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: pasttest.Villages[0]}, {Code: pasttest.Villages[1]}})
	})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &twice{T: t, store: &steppedWrites{Store: s}, clock: merge.Clock{Device: 1, Incarnation: 1}}
	w.core = &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now}
	for i := range w.families {
		w.families[i].Family = w.id()
		w.save(i, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}})
	}
	return w
}

func (w *twice) id() merge.ID {
	w.counter++
	return merge.NewID(1, 1, w.counter)
}

// save is a device's.
func (w *twice) save(i int, edits ...merge.RecordEdit) {
	w.Helper()
	c, _, err := merge.NewChange(&w.families[i], w.clock.Next(uint64(time.Now().UnixMilli())), edits)
	if err != nil {
		w.Fatal(err)
	}
	id := w.id()
	c.Id, c.Village, c.Author = id[:], uint32(i+1), 1
	delta, err := merge.FromChange(c)
	if err != nil {
		w.Fatal(err)
	}
	w.families[i] = merge.Join(w.families[i], delta)
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	receipts, _, err := w.core.Commit(w.Context(), uint32(i+1), []*ingest.Incoming{ingest.Prepare(c, sender, time.Now().UnixMilli())})
	if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		w.Fatal(receipts, err)
	}
}

// unite has the supervisor make them one, over the store.
func (w *twice) unite(s store.Store, removed, kept int) error {
	core := *w.core
	core.Store = s
	services := &Services{Store: s, Vault: core.Vault, Now: time.Now, Backend: &session.Backend{Store: s, Vault: core.Vault, Core: &core, Changes: &core, Now: time.Now}}
	caller := &access.Caller{
		Account: store.Account{Number: 9, Roles: []int32{int32(ksv1.Role_ROLE_SUPERVISOR)}},
		Work:    []store.Village{{Number: 1, Code: pasttest.Villages[0]}, {Number: 2, Code: pasttest.Villages[1]}},
	}
	_, err := familyService{services: services}.MergeFamily(context.WithValue(w.Context(), callerKey{}, caller), &ksv1.MergeFamilyRequest{
		FamilyId: w.families[removed].Family.String(), KeptFamilyId: w.families[kept].Family.String(),
	})
	return err
}

func (w *twice) household(i int) (h *ksv1.Household, row store.Family) {
	w.Helper()
	err := w.store.Store.Read(w.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		if row, err = snap.FindFamily(ctx, []uint32{uint32(i + 1)}, w.families[i].Family); err != nil {
			return err
		}
		_, _, state, err := w.core.Vault.OpenFamily(&row)
		if err != nil {
			return err
		}
		h, err = merge.View(&state)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return h, row
}

// Two supervisors make the same two families one at one moment, each into the other's: one
// stays, whichever write of the one the other comes before.
func TestTwoWhoUniteAFamilyEachIntoTheOtherLeaveOne(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 2; at++ {
		for removed := range 2 {
			t.Run(fmt.Sprint(at, removed), func(t *testing.T) {
				t.Parallel()
				w := newTwice(t)
				w.store.at = at
				w.store.before = func() {
					if err := w.unite(w.store.Store, 1-removed, removed); err != nil {
						t.Error("the other:", err)
					}
				}
				err := w.unite(w.store, removed, 1-removed)
				t.Log("the one:", err)
				if n := w.standing(); n != 1 {
					t.Errorf("%d of the two stand", n)
				}
			})
		}
	}
}

// What a device sends of the family that goes, while it goes, is in the one that stays.
func TestWhatComesWhileFamiliesAreUnitedIsInTheOneThatStays(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 2; at++ {
		w := newTwice(t)
		w.store.at = at
		w.store.before = func() {
			w.save(1, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: w.id()}, Set: &ksv1.Member{Name: proto.String("BAYI BARU"), BirthDate: proto.String("2026-11-01")}})
		}
		if err := w.unite(w.store, 1, 0); err != nil {
			t.Fatal(err)
		}
		kept, row := w.household(0)
		if len(kept.GetMembers()) != 1 || row.Conflicts != 0 {
			t.Errorf("before write %d: the one that stays has %d members, %d conflicts", at, len(kept.GetMembers()), row.Conflicts)
		}
		if _, row := w.household(1); row.State == store.FamilyCounted {
			t.Errorf("before write %d: the other stands, too", at)
		}
	}
}

// Who is stopped before it is seen that both are removed tries again, in either direction, and
// one stands.
func TestTwoFamiliesThatAreBothRemovedForEachOtherAreMended(t *testing.T) {
	t.Parallel()
	for removed := range 2 {
		w := newTwice(t)
		w.store.at = 2
		w.store.before = func() {
			if err := w.unite(&stoppedWrites{Store: w.store.Store, left: 2}, 1, 0); err != nil {
				t.Error("the other:", err)
			}
		}
		if err := w.unite(&stoppedWrites{Store: w.store, left: 2}, 0, 1); !errors.Is(err, errStopped) {
			t.Fatalf("the one: %v", err)
		}
		if n := w.standing(); n != 0 {
			t.Fatalf("%d stand: this tests nothing", n)
		}
		t.Log("again:", w.unite(w.store.Store, removed, 1-removed))
		if n := w.standing(); n != 1 {
			t.Errorf("%d of the two stand", n)
		}
	}
}

func (w *twice) standing() (n int) {
	w.Helper()
	for i := range w.families {
		if _, row := w.household(i); row.State == store.FamilyCounted {
			n++
		}
	}
	return n
}

var errStopped = errors.New("stopped")

// stoppedWrites are a server that is stopped after some writes.
type stoppedWrites struct {
	store.Store
	left int
}

func (s *stoppedWrites) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if s.left--; s.left < 0 {
		return errStopped
	}
	return s.Store.Write(ctx, fn)
}
