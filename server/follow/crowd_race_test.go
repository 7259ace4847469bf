package follow_test

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/store"
)

// afterWrite is a store in which something happens behind the first write.
type afterWrite struct {
	store.Store
	writes int
	then   func()
}

func (a *afterWrite) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	err := a.Store.Write(ctx, fn)
	if a.writes++; a.writes == 1 && err == nil {
		a.then()
	}
	return err
}

// atMost are two villages' families of one number, as many as are told of each other; they
// are told.
func atMost(t *testing.T, open func() store.Store) (w *crowd, there *village, follower func(s store.Store) *follow.Identifiers) {
	w = &crowd{village: newVillage(t, open(), nil), last: secondNIK}
	there = w.neighbour()
	for range follow.SharersMax {
		w.add(w.village, firstNIK)
	}
	follower = func(s store.Store) *follow.Identifiers {
		core := *w.core
		core.Store = s
		return &follow.Identifiers{Store: s, Vault: core.Vault, Core: &core}
	}
	catch(t, follower(w.core.Store))
	if n := w.doubled(); n != follow.SharersMax {
		t.Fatalf("%d are told", n)
	}
	return w, there, follower
}

// catch follows to the end, behind the revisions by which families are told, too.
func catch(t *testing.T, followers ...*follow.Identifiers) {
	t.Helper()
	for range 2 {
		for _, f := range followers {
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// So many come that none is told any more: of two villages, followed at the same time, each
// follower finding those of both; or of one, whose follower ends before it tells, and then of
// the other.
func TestTooManyAreToldNothingHoweverTheyCome(t *testing.T) {
	t.Parallel()
	come := func(w *crowd, to *village) {
		for range follow.SharersMax + 2 {
			w.add(to, firstNIK)
		}
	}
	onEachEngine(t, "at one time", func(t *testing.T, open func() store.Store) {
		w, there, follower := atMost(t, open)
		come(w, there)
		put, goOn, done := make(chan bool), make(chan bool), make(chan error)
		one := follower(&afterWrite{Store: w.core.Store, then: func() { put <- true; <-goOn }})
		other := follower(&stepped{Store: w.core.Store, before: map[int]func() error{1: func() error {
			come(w, w.village)
			go func() { done <- one.Catch(t.Context()) }()
			<-put
			return nil
		}}})
		err := other.Catch(t.Context())
		goOn <- true
		if err := errors.Join(err, <-done); err != nil {
			t.Fatal(err)
		}
		catch(t, one, other)
		if n := w.doubled() + there.doubled(); n != 0 {
			t.Errorf("%d are told", n)
		}
	})
	onEachEngine(t, "and one ended", func(t *testing.T, open func() store.Store) {
		w, there, follower := atMost(t, open)
		come(w, there)
		const telling = 3 // behind the lists and the index
		ends := &stepped{Store: w.core.Store, before: map[int]func() error{telling: func() error { return errPlanned }}}
		if err := follower(ends).Catch(t.Context()); !errors.Is(err, errPlanned) {
			t.Fatal(err)
		}
		come(w, w.village)
		catch(t, follower(w.core.Store))
		if n := w.doubled() + there.doubled(); n != 0 {
			t.Errorf("%d are told", n)
		}
	})
}

// A second person of a family with the same number makes no more families of it.
func TestWhoHasANumberTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w, _, follower := atMost(t, open)
		r := w.families[0]
		r.save(r.family, person(r.id(), firstNIK))
		f := follower(w.core.Store)
		catch(t, f)
		if n := w.doubled(); n != follow.SharersMax {
			t.Errorf("%d are told", n)
		}
		one := w.add(w.village, firstNIK)
		catch(t, f)
		if n := w.doubled(); n != 0 {
			t.Errorf("when one more had come, %d are told", n)
		}
		one.save(one.family, person(one.member, secondNIK))
		catch(t, f)
		if n := w.doubled(); n != follow.SharersMax {
			t.Errorf("when it had left, %d are told", n)
		}
	})
}
