package follow_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// A database is followed by several at once: servers on one PostgreSQL, and beside a server
// the command that finds a person.

func home() merge.RecordEdit {
	return merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
}

// Who read a village earlier puts nothing over what another has written meanwhile,
// whichever write of it the other comes before, and whether it was handed what the commit
// knew: a family is found as it is, and nothing of what it was before is in the index.
func TestAFollowerThatWasOvertakenLeavesTheIndexAsItIs(t *testing.T) {
	t.Parallel()
	for name, hand := range map[string]func() *ingest.Identified{
		"handed over": func() *ingest.Identified { return &ingest.Identified{} }, "read": func() *ingest.Identified { return nil },
	} {
		onEachEngine(t, name, func(t *testing.T, open func() store.Store) {
			for _, revised := range []bool{false, true} {
				for at := 1; at <= 4; at++ {
					overtakenAt(t, newVillage(t, open(), hand()), at, revised)
				}
			}
		})
	}
}

// overtakenAt has another follow a family's next revision before a write of the follower;
// revised: the family is in the index already.
func overtakenAt(t *testing.T, v *village, at int, revised bool) {
	slow := &interrupted{Store: v.core.Store, at: at}
	f := &follow.Identifiers{Store: slow, Vault: v.core.Vault, Core: v.core, Known: v.core.Identified}
	other := &follow.Identifiers{Store: v.core.Store, Vault: v.core.Vault, Core: v.core}
	family, member := v.id(), v.id()
	v.save(family, home(), person(member, firstNIK))
	if revised {
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		v.save(family, person(member, thirdNIK))
	}
	slow.writes, slow.by = 0, func(ctx context.Context) error {
		v.save(family, person(member, secondNIK))
		return other.Catch(ctx)
	}
	if err := errors.Join(f.Catch(t.Context()), slow.err); err != nil {
		t.Fatal(err)
	}
	if slow.writes < at {
		return // the engine has fewer
	}
	for range 2 {
		if !v.found(secondNIK, family, member) {
			t.Errorf("overtaken at write %d (revised %t), the family is not found as it is", at, revised)
		}
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, nik := range []uint64{firstNIK, thirdNIK} {
		if v.indexed(nik) {
			t.Errorf("overtaken at write %d (revised %t), the earlier number %d is indexed", at, revised, nik)
		}
	}
}

// stepped is a store in which something happens before some of the writes, which fail with
// it.
type stepped struct {
	store.Store
	writes int
	before map[int]func() error
}

func (s *stepped) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	s.writes++
	if before := s.before[s.writes]; before != nil {
		if err := before(); err != nil {
			return err
		}
	}
	return s.Store.Write(ctx, fn)
}

// A family that another has followed to the end stays found, however far the one that read
// it earlier comes: that one is overtaken between its writes, or ends there.
func TestAFamilyThatWasFollowedIsNotLostByWhoReadItEarlier(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]func(v *village, server *follow.Identifiers) error{
		"overtaken again": func(v *village, server *follow.Identifiers) error {
			v.save(v.id(), home(), person(v.id(), secondNIK))
			return server.Catch(v.t.Context())
		},
		"ended": func(*village, *follow.Identifiers) error { return errPlanned },
	} {
		onEachEngine(t, name, func(t *testing.T, open func() store.Store) {
			v := newVillage(t, open(), nil)
			family, member := v.id(), v.id()
			v.save(family, home(), person(member, firstNIK))
			server := &follow.Identifiers{Store: v.core.Store, Vault: v.core.Vault, Core: v.core}
			command := &follow.Identifiers{Vault: v.core.Vault, Core: v.core, Store: &stepped{Store: v.core.Store, before: map[int]func() error{
				1: func() error { return server.Catch(t.Context()) },
				2: func() error { return second(v, server) },
			}}}
			if err := command.Catch(t.Context()); err != nil && !errors.Is(err, errPlanned) {
				t.Fatal(err)
			}
			if err := server.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !v.found(firstNIK, family, member) {
				t.Error("the family is not found any more")
			}
		})
	}
}

// A family that was told, which need not be followed by that, is where another has listed
// it by half since.
func TestWhoWasToldIsFoundAlthoughAnotherListedItByHalf(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		for range 2 {
			r := &resident{w.id(), w.id(), firstNIK}
			w.families = append(w.families, r)
			w.save(r.family, home(), person(r.member, r.nik))
		}
		server := &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
		half := &stepped{Store: w.core.Store, before: map[int]func() error{2: func() error { return errPlanned }}}
		command := &follow.Identifiers{Store: half, Vault: w.core.Vault, Core: w.core}
		if err := server.Catch(t.Context()); err != nil || w.doubled() != 2 {
			t.Fatal(err, w.doubled())
		}
		if err := command.Catch(t.Context()); !errors.Is(err, errPlanned) {
			t.Fatal(err)
		}
		if err := server.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.check(firstNIK)
	})
}

// Who is overtaken whenever it begins says so: what it was to find may not be found.
func TestWhoIsOvertakenAgainAndAgainSaysSo(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		v := newVillage(t, open(), nil)
		family, member := v.id(), v.id()
		v.save(family, home(), person(member, firstNIK))
		always := map[int]func() error{}
		for n := range 50 {
			always[n] = func() error { return v.erase(t.Context(), merge.NewID(7, 7, 7)) }
		}
		slow := &stepped{Store: v.core.Store, before: always}
		f := &follow.Identifiers{Store: slow, Vault: v.core.Vault, Core: v.core}
		if err := f.Catch(t.Context()); !errors.Is(err, store.ErrOvertaken) {
			t.Errorf("it says %v", err)
		}
		slow.before = nil
		if err := f.Catch(t.Context()); err != nil || !v.found(firstNIK, family, member) {
			t.Errorf("left alone it does not find the family, %v", err)
		}
	})
}

// jittered is a store whose reads and writes take some milliseconds longer or not.
type jittered struct{ store.Store }

func (j jittered) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	time.Sleep(time.Duration(rand.N(4)) * time.Millisecond)
	return j.Store.Write(ctx, fn)
}

func (j jittered) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	time.Sleep(time.Duration(rand.N(2)) * time.Millisecond)
	return j.Store.Read(ctx, fn)
}

// Two follow a village, one of whom is handed what the commits know, while families come,
// change, share numbers and are erased; each reads and writes a few families at a time. In
// the end each is found by its number and no other, and no number is in the index that
// nobody has.
func TestSeveralFollowAtOnce(t *testing.T) {
	t.Parallel()
	for n := range 3 {
		onEachEngine(t, fmt.Sprint(n), severalFollow)
	}
}

func severalFollow(t *testing.T, open func() store.Store) {
	w := &crowd{village: newVillage(t, open(), &ingest.Identified{}), used: map[uint64]bool{}, last: firstNIK}
	slow := jittered{w.core.Store}
	followers := []*follow.Identifiers{
		{Store: slow, Vault: w.core.Vault, Core: w.core, Known: w.core.Identified}, {Store: slow, Vault: w.core.Vault, Core: w.core},
	}
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for _, f := range followers {
		follow.Narrow(f)
		wait.Go(func() {
			for ctx.Err() == nil {
				if err := f.Catch(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrOvertaken) {
					t.Error(err)
				}
				time.Sleep(time.Duration(rand.N(5)) * time.Millisecond)
			}
		})
	}
	for range 150 {
		w.something()
		if rand.N(3) == 0 {
			time.Sleep(time.Duration(rand.N(8)) * time.Millisecond)
		}
	}
	stop()
	wait.Wait()
	for range 3 {
		for _, f := range followers {
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.check(slices.Collect(maps.Keys(w.used))...)
}

// crowd are families of a village, each of one person with a number.
type crowd struct {
	*village
	families []*resident
	used     map[uint64]bool
	last     uint64
}

type resident struct {
	family, member merge.ID
	nik            uint64
}

// something happens to one of them, or another one comes.
func (w *crowd) something() {
	w.last++
	nik := w.last
	if len(w.families) > 0 && rand.N(12) == 0 {
		nik = w.families[rand.N(len(w.families))].nik
	}
	w.used[nik] = true
	if len(w.families) == 0 || rand.N(3) == 0 {
		r := &resident{w.id(), w.id(), nik}
		w.families = append(w.families, r)
		w.save(r.family, home(), person(r.member, nik))
		return
	}
	r := w.families[rand.N(len(w.families))]
	if r.nik == nik {
		return
	}
	if rand.N(8) == 0 {
		if err := w.erase(w.t.Context(), r.family); err != nil {
			w.t.Fatal(err)
		}
	}
	r.nik = nik
	w.save(r.family, person(r.member, nik))
}

// check looks for numbers.
func (w *crowd) check(numbers ...uint64) {
	w.t.Helper()
	has := map[uint64][]string{}
	for _, r := range w.families {
		has[r.nik] = append(has[r.nik], r.family.String())
	}
	for _, nik := range numbers {
		want := has[nik]
		if len(want) == 0 {
			if w.indexed(nik) {
				w.t.Errorf("the number %d, which nobody has, is in the index", nik)
			}
			continue
		}
		slices.Sort(want)
		if got := w.holders(nik); got != strings.Join(want, " ") {
			w.t.Errorf("by the number %d are found %q instead of %q", nik, got, want)
		}
	}
}

// holders are the families that are found by a number.
func (w *crowd) holders(nik uint64) string {
	w.t.Helper()
	hash, err := w.core.Vault.Ring().IdentifierHash(ingest.KindNIK, nik)
	if err != nil {
		w.t.Fatal(err)
	}
	var found []string
	err = w.core.Store.Read(w.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.Sharing(ctx, hash, 100)
		for _, i := range list {
			found = append(found, i.Family.String())
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(found)
	return strings.Join(found, " ")
}
