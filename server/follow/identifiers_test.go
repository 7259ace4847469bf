package follow_test

import (
	"context"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// village is a store with one village to which changes are committed.
type village struct {
	t        *testing.T
	core     *ingest.Core
	number   uint32
	clock    merge.Clock
	counter  uint64
	families map[merge.ID]merge.State
}

func newVillage(t *testing.T, s store.Store, known *ingest.Identified) *village {
	t.Helper()
	ctx := t.Context()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := &village{t: t, clock: merge.Clock{Device: 1, Incarnation: 1}, families: map[merge.ID]merge.State{}}
	v.core = &ingest.Core{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Now: time.Now, Identified: known}
	if err = server.InitStore(ctx, s, rand.Reader); err == nil {
		err = s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			err := tx.Directory().PutAreas(ctx, []store.Area{
				{Code: "32", Name: "p"}, {Code: "32.04", Name: "k"}, {Code: "32.04.05", Name: "c"}, {Code: "32.04.05.2001", Name: "d"}, {Code: "32.04.05.2002", Name: "e"},
			})
			if err != nil {
				return err
			}
			list, err := tx.Snapshot().VillagesUnder(ctx, "32.04.05")
			if err == nil {
				v.number = list[0].Number
			}
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// neighbour is the other village of the store, of another Puskesmas.
func (v *village) neighbour() *village {
	v.t.Helper()
	other := &village{t: v.t, core: v.core, clock: merge.Clock{Device: 2, Incarnation: 1}, families: map[merge.ID]merge.State{}, counter: 1_000_000}
	err := v.core.Store.Read(store.AsOperator(v.t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.VillagesUnder(ctx, "32.04.05")
		if err == nil {
			other.number = list[1].Number
		}
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return other
}

func (v *village) id() merge.ID {
	v.counter++
	return merge.NewID(1, 1, v.counter)
}

// save commits one change of a family, as a session does.
func (v *village) save(family merge.ID, edits ...merge.RecordEdit) {
	v.t.Helper()
	state := v.families[family]
	state.Family = family
	now := time.Now().UnixMilli()
	c, _, err := merge.NewChange(&state, v.clock.Next(uint64(now)), edits)
	if err != nil {
		v.t.Fatal(err)
	}
	id := v.id()
	c.Id, c.Village, c.Author = id[:], v.number, 1
	delta, err := merge.FromChange(c)
	if err != nil {
		v.t.Fatal(err)
	}
	v.families[family] = merge.Join(state, delta)
	batch := []*ingest.Incoming{ingest.Prepare(c, &ingest.Sender{Trusted: true}, now)}
	if err := v.core.Anticipate(v.number, batch); err != nil {
		v.t.Fatal(err)
	}
	receipts, _, err := v.core.Commit(v.t.Context(), v.number, batch)
	if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		v.t.Fatal(receipts, err)
	}
}

// found tells whether exactly the member is found by the NIK.
func (v *village) found(nik uint64, family, member merge.ID) bool {
	v.t.Helper()
	hash, err := v.core.Vault.Ring().IdentifierHash(ingest.KindNIK, nik)
	if err != nil {
		v.t.Fatal(err)
	}
	var list []store.Identifier
	err = v.core.Store.Read(v.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		list, err = snap.Sharing(ctx, hash, 10)
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return len(list) == 1 && list[0].Village == v.number && list[0].Family == family && list[0].Member == member
}

func person(id merge.ID, nik uint64) merge.RecordEdit {
	return merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: id}, Set: &ksv1.Member{Nik: proto.Uint64(nik)}}
}

const firstNIK, secondNIK, thirdNIK = 3204051705890001, 3204051705890002, 3204051705890003

// The index is the same whether the follower is handed what a commit knows, in
// whole or in part, or has to read the families.
func TestIdentifiersAreFoundWhoeverReadsThem(t *testing.T) {
	t.Parallel()
	for name, hand := range map[string]func() *ingest.Identified{
		"handed over": func() *ingest.Identified { return &ingest.Identified{} }, "read": func() *ingest.Identified { return nil },
	} {
		onEachEngine(t, name, func(t *testing.T, open func() store.Store) {
			known := hand()
			v := newVillage(t, open(), known)
			f := &follow.Identifiers{Store: v.core.Store, Vault: v.core.Vault, Known: known}
			catch := func() {
				if err := f.Catch(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := v.misfound(); n != 0 {
					t.Errorf("verify finds %d families that are found otherwise", n)
				}
			}
			one, two, member, other := v.id(), v.id(), v.id(), v.id()
			home := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
			v.save(one, home, person(member, firstNIK))
			catch()
			if !v.found(firstNIK, one, member) {
				t.Error("not found after it was created")
			}
			// One family that the commit makes, one that it only alters.
			v.save(two, home, person(other, secondNIK))
			v.save(one, person(member, thirdNIK))
			catch()
			if !v.found(secondNIK, two, other) || !v.found(thirdNIK, one, member) || v.found(firstNIK, one, member) {
				t.Error("a change of NIK is not followed")
			}
			v.save(two, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{Reason: 1}}})
			catch()
			if v.found(secondNIK, two, other) {
				t.Error("a removed family is still found")
			}
		})
	}
}

// failing is a store of which one write fails.
type failing struct {
	store.Store
	writes, fails int
}

var errPlanned = errors.New("planned")

func (f *failing) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if f.writes++; f.writes == f.fails {
		return errPlanned
	}
	return f.Store.Write(ctx, fn)
}

// Whichever write of several fails, what was handed over before is read again,
// and nothing stays that no longer holds.
func TestWhatAFailedWriteLeftIsMended(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", whatAFailedWriteLeft)
}

func whatAFailedWriteLeft(t *testing.T, open func() store.Store) {
	for fails := 1; fails <= 3; fails++ {
		v := newVillage(t, open(), &ingest.Identified{})
		broken := &failing{Store: v.core.Store, fails: fails}
		f := &follow.Identifiers{Store: broken, Vault: v.core.Vault, Known: v.core.Identified}
		family, member := v.id(), v.id()
		v.save(family, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}, person(member, firstNIK))
		err := f.Catch(t.Context())
		if fails > 2 && broken.writes < fails {
			return // PostgreSQL writes lists and entries of a village at once
		}
		if !errors.Is(err, errPlanned) {
			t.Fatalf("write %d: %v", fails, err)
		}
		v.save(family, person(member, secondNIK))
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v.found(firstNIK, family, member) || !v.found(secondNIK, family, member) {
			t.Errorf("after write %d had failed", fails)
		}
	}
}

// A family that was revised while its village was being read comes in two batches:
// only what the later one says is found, also by who asks what to forget.
func TestAFamilyReadTwiceIsFoundAsItWasLast(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", aFamilyReadTwice)
}

func aFamilyReadTwice(t *testing.T, open func() store.Store) {
	v := newVillage(t, open(), nil)
	reader := &revising{Store: v.core.Store}
	f := &follow.Identifiers{Store: reader, Vault: v.core.Vault, Core: v.core}
	home := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
	family, member := v.id(), v.id()
	v.save(family, home, person(member, firstNIK))
	// As many others as a reading takes at most, so that there is a second one.
	for range follow.ReadFamilies {
		v.save(v.id(), home)
	}
	reader.afterFirst = func() { v.save(family, person(member, secondNIK)) }
	catch := func() {
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	catch()
	if v.found(firstNIK, family, member) || !v.found(secondNIK, family, member) {
		t.Error("the earlier number is found, or the later is not")
	}
	v.save(family, person(member, thirdNIK))
	catch()
	if v.found(secondNIK, family, member) || !v.found(thirdNIK, family, member) {
		t.Error("what was found before is not forgotten")
	}
}

// revising is a store in which something happens once a village's families were
// read for the first time.
type revising struct {
	store.Store
	afterFirst func()
}

func (r *revising) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	look := &looking{}
	err := r.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		look.Snapshot = snap
		return fn(ctx, look)
	})
	if then := r.afterFirst; look.states && then != nil {
		r.afterFirst = nil
		then()
	}
	return err
}

// looking notes whether states were read.
type looking struct {
	store.Snapshot
	states bool
}

func (l *looking) StatesSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) ([]store.Family, error) {
	l.states = true
	return l.Snapshot.StatesSince(ctx, village, after, places, limit)
}

// Who is told that it shares a number is followed as before.
func TestWhoWasToldIsStillFollowed(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", whoWasTold)
}

func whoWasTold(t *testing.T, open func() store.Store) {
	v := newVillage(t, open(), nil)
	f := &follow.Identifiers{Store: v.core.Store, Vault: v.core.Vault, Core: v.core}
	home := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
	one, two, member, other := v.id(), v.id(), v.id(), v.id()
	v.save(one, home, person(member, firstNIK))
	v.save(two, home, person(other, firstNIK))
	catch := func() {
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	catch()
	catch()
	if n := v.doubled(); n != 2 {
		t.Fatalf("%d of two families know that they share a number", n)
	}
	v.save(two, person(other, secondNIK))
	catch()
	if !v.found(firstNIK, one, member) || !v.found(secondNIK, two, other) {
		t.Error("a number changed after the family was told is not followed")
	}
	catch()
	if n := v.doubled(); n != 0 {
		t.Errorf("%d families are still said to share a number", n)
	}
}

// doubled counts the families that are marked as sharing a number.
func (v *village) doubled() (n int) {
	v.t.Helper()
	err := v.core.Store.Read(store.AsOperator(v.t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		revised, err := snap.RevisedSince(ctx, v.number, 0, 1000)
		for _, r := range revised {
			if r.Doubled {
				n++
			}
		}
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return n
}
