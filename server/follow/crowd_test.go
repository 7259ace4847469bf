package follow_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/store"
)

// As many families of a number as are told of each other are, and no more are, whether they
// come at once or one after the other, and again when one has another number or is erased.
func TestHowManyShareANumberAloneTellsWhoIsTold(t *testing.T) {
	t.Parallel()
	const most = follow.SharersMax
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil), last: secondNIK}
		there := w.neighbour()
		w.villages = []*village{w.village, there}
		f := &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
		told := func(when string, want int) {
			t.Helper()
			for range 2 { // behind the revisions by which they are told, too
				if err := f.Catch(t.Context()); err != nil {
					t.Fatal(err)
				}
				if n := w.doubled() + there.doubled(); n != want {
					t.Errorf("%s, %d are told, want %d", when, n, want)
				}
			}
		}
		come := func(n int) {
			for range n {
				w.add(w.villages[len(w.families)%2], firstNIK)
			}
		}
		leave := func(n int) {
			for range n {
				r := w.families[len(w.families)-1]
				w.families = w.families[:len(w.families)-1]
				w.last++
				r.save(r.family, person(r.member, w.last))
			}
		}
		come(most + 2)
		told("too many at once", 0)
		leave(2)
		told("when two had left", most)
		come(1)
		told("when one more had come", 0)
		come(most)
		told("when many more had come", 0)
		leave(most)
		told("when they had left", 0)
		last := w.families[most]
		w.families = w.families[:most]
		if err := last.erase(t.Context(), last.family); err != nil {
			t.Fatal(err)
		}
		told("when one was erased", most)
		leave(most - 2)
		told("when two were left", 2)
		come(most)
		told("when many came at once", 0)
		come(10 * most)
		leave(10*most + 2)
		told("when they had left before anybody saw them", most)
	})
}

// A process that ends before any of its writes leaves nobody untold who shares a number
// when one of too many has left, nor told when one more has come.
func TestWhoIsOneTooManyIsToldOfAlthoughAProcessEnds(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		for at := 1; at <= 6; at++ {
			t.Run(fmt.Sprint(at), func(t *testing.T) {
				w := &crowd{village: newVillage(t, open(), nil), last: secondNIK}
				there := w.neighbour()
				for n := range follow.NarrowSharers {
					w.add([]*village{w.village, there}[n%2], firstNIK)
				}
				follower := func(s store.Store) *follow.Identifiers {
					core := *w.core
					core.Store = s
					f := &follow.Identifiers{Store: s, Vault: core.Vault, Core: &core}
					follow.Narrow(f)
					return f
				}
				f := follower(w.core.Store)
				told := func(when string, want int) {
					t.Helper()
					ends := &stepped{Store: w.core.Store, before: map[int]func() error{at: func() error { return errPlanned }}}
					if err := follower(ends).Catch(t.Context()); err != nil && !errors.Is(err, errPlanned) {
						t.Fatal(err)
					}
					for range 2 {
						if err := f.Catch(t.Context()); err != nil {
							t.Fatal(err)
						}
					}
					if n := w.doubled() + there.doubled(); n != want {
						t.Errorf("%s, %d are told, want %d", when, n, want)
					}
				}
				told("those who came", follow.NarrowSharers)
				one := w.add(there, firstNIK)
				told("when one more had come", 0)
				one.save(one.family, person(one.member, secondNIK))
				told("when it had left", follow.NarrowSharers)
				w.families[0].save(w.families[0].family, person(w.families[0].member, thirdNIK))
				told("when another had", follow.NarrowSharers-1)
			})
		}
	})
}
