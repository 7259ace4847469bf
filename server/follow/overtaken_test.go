package follow_test

import (
	"context"
	"errors"
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

// A family that another has listed by half, when it was revised by being told, is found.
func TestWhoWasToldIsFoundAlthoughAnotherListedItByHalf(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		w.settle(2, 2)
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

// A family that another one ceased to share its number with is told so, wherever the
// follower was overtaken.
func TestWhoNoLongerSharesIsToldAlthoughTheFollowerWasOvertaken(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		for at := 1; at <= 4; at++ {
			w := &crowd{village: newVillage(t, open(), nil)}
			w.settle(2, 2)
			slow := &stepped{Store: w.core.Store}
			f := &follow.Identifiers{Store: slow, Vault: w.core.Vault, Core: w.core}
			for range 2 { // behind the revisions by which they are told, too
				if err := f.Catch(t.Context()); err != nil || w.doubled() != 2 {
					t.Fatal(err, w.doubled())
				}
			}
			w.save(w.families[0].family, person(w.families[0].member, secondNIK))
			slow.writes, slow.before = 0, map[int]func() error{at: func() error { return w.erase(t.Context(), merge.NewID(7, 7, 7)) }}
			if err := f.Catch(t.Context()); err != nil || w.doubled() != 0 {
				t.Errorf("overtaken at write %d, %d families are told that they share a number, %v", at, w.doubled(), err)
			}
		}
	})
}

// A double that ends between the tellings of its two sides, or whose end a process did not
// live to tell, is told to neither for good.
func TestADoubleThatEndsWhileItIsToldIsNotToldForGood(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "between", func(t *testing.T, open func() store.Store) {
		for at := 1; at <= 4; at++ {
			w := &crowd{village: newVillage(t, open(), nil)}
			w.settle(1, 1)
			slow := &stepped{Store: w.core.Store}
			core := *w.core
			core.Store = slow
			f := &follow.Identifiers{Store: slow, Vault: w.core.Vault, Core: &core}
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.settle(1, 1)
			first := w.families[0]
			slow.writes, slow.before = 0, map[int]func() error{at: func() error {
				w.save(first.family, person(first.member, secondNIK))
				return nil
			}}
			for range 3 {
				if err := f.Catch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if n := w.doubled(); n != 0 && slow.writes >= at {
				t.Errorf("ended before write %d, %d families are told of it", at, n)
			}
		}
	})
	onEachEngine(t, "ended", func(t *testing.T, open func() store.Store) {
		for at := 1; at <= 5; at++ {
			endsBefore(t, newVillage(t, open(), nil), at)
		}
	})
}

// endsBefore has a process end before one of the writes by which it follows the end of a
// double, of families of two Puskesmas; another goes on.
func endsBefore(t *testing.T, here *village, at int) {
	t.Helper()
	there := here.neighbour()
	family, member := here.id(), here.id()
	here.save(family, home(), person(member, firstNIK))
	there.save(there.id(), home(), person(there.id(), firstNIK))
	told := func() int { return here.doubled() + there.doubled() }
	f := &follow.Identifiers{Store: here.core.Store, Vault: here.core.Vault, Core: here.core}
	for range 2 { // behind the revisions by which they are told, too
		if err := f.Catch(t.Context()); err != nil || told() != 2 {
			t.Fatal(err, told())
		}
	}
	here.save(family, person(member, secondNIK))
	ends := &stepped{Store: here.core.Store, before: map[int]func() error{at: func() error { return errPlanned }}}
	core := *here.core
	core.Store = ends
	err := (&follow.Identifiers{Store: ends, Vault: core.Vault, Core: &core}).Catch(t.Context())
	if err != nil && !errors.Is(err, errPlanned) || at == 1 && err == nil {
		t.Fatal(err)
	}
	if err := f.Catch(t.Context()); err != nil || told() != 0 {
		t.Errorf("ended before write %d, %d families are told of it, %v", at, told(), err)
	}
}

// Two villages' families share a number until one of them gets another, before one of the
// writes by which the two are told. Who follows that has read the other's village before, and
// finds nobody who was told.
func TestADoubleWhoseEndAnotherFollowsWhileItIsToldIsNotToldForGood(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		reached := 0
		for at := 1; at <= 6; at++ {
			if endsAsAnotherFollows(t, newVillage(t, open(), nil), at) {
				reached = at
			}
		}
		if reached < 3 {
			t.Errorf("only %d writes were reached", reached)
		}
	})
}

func endsAsAnotherFollows(t *testing.T, here *village, at int) (reached bool) {
	t.Helper()
	there := here.neighbour()
	follower := func(s store.Store) *follow.Identifiers {
		core := *here.core
		core.Store = s
		return &follow.Identifiers{Store: s, Vault: core.Vault, Core: &core}
	}
	tells, passes := &stepped{Store: here.core.Store}, &stepped{Store: here.core.Store}
	teller, passer := follower(tells), follower(passes)
	staying, stayingMember, ceasing, ceasingMember := here.id(), here.id(), there.id(), there.id()
	here.save(staying, home(), person(stayingMember, thirdNIK))
	there.save(ceasing, home(), person(ceasingMember, firstNIK))
	if err := errors.Join(teller.Catch(t.Context()), passer.Catch(t.Context())); err != nil {
		t.Fatal(err)
	}
	here.save(here.id(), home())
	there.save(there.id(), home())
	tells.writes, passes.writes = 0, 0
	goOn, passed := make(chan error, 2), make(chan error, 1) // goOn: at the write, and in the end
	tells.before = map[int]func() error{at: func() error {
		reached = true
		there.save(ceasing, person(ceasingMember, secondNIK))
		goOn <- nil
		return <-passed
	}}
	passes.before = map[int]func() error{1: func() error { // it has read both villages
		here.save(staying, person(stayingMember, firstNIK))
		go func() { goOn <- teller.Catch(t.Context()) }()
		return <-goOn
	}}
	err := passer.Catch(t.Context())
	passed <- nil
	if reached {
		err = errors.Join(err, <-goOn)
	}
	if err != nil && !errors.Is(err, store.ErrOvertaken) {
		t.Fatal(err)
	}
	for _, f := range []*follow.Identifiers{teller, teller, passer, teller, passer} {
		if err := f.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := here.doubled() + there.doubled(); reached && n != 0 {
		t.Errorf("ended before write %d, %d families are told that they share a number", at, n)
	}
	return reached
}

// distant is a store in which looking one thing up takes a millisecond, so that telling
// takes longer than reading.
type distant struct{ store.Store }

func (d distant) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	return d.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error { return fn(ctx, distantSnapshot{snap}) })
}

type distantSnapshot struct{ store.Snapshot }

func (d distantSnapshot) Sharing(ctx context.Context, hash [16]byte, limit int) ([]store.Identifier, error) {
	time.Sleep(time.Millisecond)
	return d.Snapshot.Sharing(ctx, hash, limit)
}

func (d distantSnapshot) FindFamily(ctx context.Context, villages []uint32, id merge.ID) (store.Family, error) {
	time.Sleep(time.Millisecond)
	return d.Snapshot.FindFamily(ctx, villages, id)
}

// Two who have much to tell, one of whom begins while the other tells, do not keep each
// other from finishing.
func TestTwoWhoHaveMuchToTellBothFinish(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		w.settle(100, 2)
		var wait sync.WaitGroup
		for n := range 2 {
			f := &follow.Identifiers{Store: distant{w.core.Store}, Vault: w.core.Vault, Core: w.core}
			wait.Go(func() {
				time.Sleep(time.Duration(n) * 200 * time.Millisecond)
				err := store.ErrOvertaken
				for looks := 0; looks < 8 && errors.Is(err, store.ErrOvertaken); looks++ {
					err = f.Catch(t.Context())
				}
				if err != nil {
					t.Errorf("follower %d: %v", n, err)
				}
			})
		}
		wait.Wait()
		w.check(firstNIK, firstNIK+49)
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
