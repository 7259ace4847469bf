package follow_test

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/store"
)

// steppedReads is a store in which something happens before one of the reads.
type steppedReads struct {
	store.Store
	reads, at int
	before    func()
}

func (s *steppedReads) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	if s.reads++; s.reads == s.at {
		s.before()
	}
	return s.Store.Read(ctx, fn)
}

// A process ended after one of two had been told, among more families than are told at once;
// the double ends as the next one looks at them in portions. Neither was told anything by
// the process that finds the end.
func TestADoubleThatEndsBetweenPortionsIsNotToldForGood(t *testing.T) {
	t.Parallel()
	const pairs = 105 // two portions
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		for at := 10; at <= 12; at++ {
			here := newVillage(t, open(), nil)
			there := here.neighbour()
			follower := func(s store.Store) *follow.Identifiers {
				core := *here.core
				core.Store = s
				return &follow.Identifiers{Store: s, Vault: core.Vault, Core: &core}
			}
			ceasing, ceasingMember := there.id(), there.id()
			there.save(ceasing, home(), person(ceasingMember, firstNIK))
			if err := follower(here.core.Store).Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
			here.save(here.id(), home(), person(here.id(), firstNIK))
			for n := range uint64(2 * pairs) {
				here.save(here.id(), home(), person(here.id(), thirdNIK+1+n/2))
			}
			ends := &stepped{Store: here.core.Store, before: map[int]func() error{}}
			for write := range 20 {
				ends.before[write] = func() error {
					if here.doubled() > 2*pairs {
						return errPlanned
					}
					return nil
				}
			}
			if err := follower(ends).Catch(t.Context()); !errors.Is(err, errPlanned) || there.doubled() != 0 {
				t.Fatalf("%v, %d and %d told", err, here.doubled(), there.doubled())
			}
			f := follower(&steppedReads{Store: here.core.Store, at: at, before: func() { there.save(ceasing, person(ceasingMember, secondNIK)) }})
			for range 4 {
				if err := f.Catch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if here.doubled() != 2*pairs || there.doubled() != 0 {
				t.Errorf("ended before read %d, %d and %d are told, want %d and none", at, here.doubled(), there.doubled(), 2*pairs)
			}
		}
	})
}

// A family that stands in two villages, as while one that moved is not closed yet, is told
// there at revisions that happen to be alike.
func TestAFamilyOfTwoVillagesIsToldInBoth(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "told", func(t *testing.T, open func() store.Store) {
		here := newVillage(t, open(), nil)
		there := here.neighbour()
		f := &follow.Identifiers{Store: here.core.Store, Vault: here.core.Vault, Core: here.core}
		moved, member := here.id(), here.id()
		for _, v := range []*village{here, there} {
			v.save(moved, home(), person(member, firstNIK))
			v.save(v.id(), home(), person(v.id(), firstNIK))
		}
		for range 3 {
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range []*village{here, there} {
			if n := v.doubled(); n != 2 {
				t.Errorf("village %d: %d families are told of who shares the number, not 2", v.number, n)
			}
		}
	})
}
