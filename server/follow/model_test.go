package follow_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// couple is a family of two with a number each; 0: none, or the person is erased.
type couple struct {
	*village
	family         merge.ID
	members        [2]merge.ID
	niks           [2]uint64
	closed, erased bool
}

// couples are families of two villages, to which anything happens.
type couples struct {
	villages    []*village
	all         []*couple
	used, wiped uint64
	places      int
	random      *rand.Rand // says what happens, and when
}

// Two or three follow two villages whose families come, change and share numbers, close and
// open again, and are erased, as a whole or one of the two; half the time writes fail. In the
// end the families as they stand alone say what each is told. What happens is by a seed, which
// is logged; how the followers run beside it is not.
func TestWhatFamiliesAreToldFollowsFromHowTheyStand(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		onEachEngine(t, fmt.Sprint(n), func(t *testing.T, open func() store.Store) {
			here := newVillage(t, open(), nil)
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			c := &couples{villages: []*village{here, here.neighbour()}, random: rand.New(rand.NewPCG(seed, 0))}
			c.follow(t, 2+n%2, n > 1)
			c.check(t)
		})
	}
}

// follow has followers at work while things happen, and then look until nothing is new.
func (c *couples) follow(t *testing.T, followers int, breaking bool) {
	here := c.villages[0]
	slow := jittered{here.core.Store, new(atomic.Bool)}
	slow.breaks.Store(breaking)
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	var all []*follow.Identifiers
	for range followers {
		core := *here.core
		core.Store = slow
		f := &follow.Identifiers{Store: slow, Vault: core.Vault, Core: &core}
		follow.Narrow(f)
		all = append(all, f)
		wait.Go(func() { keepUp(ctx, t, f) })
	}
	for range 150 {
		c.something(t)
		if c.random.IntN(3) == 0 {
			time.Sleep(time.Duration(c.random.IntN(8)) * time.Millisecond)
		}
	}
	stop()
	wait.Wait()
	slow.breaks.Store(false)
	for range 3 {
		for _, f := range all {
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (c *couples) something(t *testing.T) {
	if len(c.all) < 4 || c.random.IntN(4) == 0 {
		v := c.villages[c.random.IntN(2)]
		f := &couple{village: v, family: v.id(), members: [2]merge.ID{v.id(), v.id()}}
		f.niks[0] = c.pick(0)
		f.niks[1] = c.pick(f.niks[0])
		f.save(f.family, home(), person(f.members[0], f.niks[0]), person(f.members[1], f.niks[1]))
		c.all = append(c.all, f)
		return
	}
	f := c.all[c.random.IntN(len(c.all))]
	if f.erased { // what this test has of it does not know of that
		return
	}
	family := func(e merge.RecordEdit) { f.save(f.family, e) }
	key := merge.Key{Kind: merge.KindFamily}
	switch k, m := c.random.IntN(12), c.random.IntN(2); {
	case k == 0 && !f.closed:
		f.closed = true
		family(merge.RecordEdit{Key: key, Set: &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED}}})
	case k < 4 && f.closed:
		f.closed = false
		family(merge.RecordEdit{Key: key, Clear: []protowire.Number{(&ksv1.Family{}).ProtoReflect().Descriptor().Fields().ByName("removal").Number()}})
	case k == 4:
		f.niks = [2]uint64{}
		c.erase(t, f, merge.ID{})
	case k == 5:
		f.niks[m] = 0
		c.erase(t, f, f.members[m])
	case k == 6:
		c.places = (c.places + 1) % 1000 // never where it stands: that would be no change
		family(merge.RecordEdit{Key: key, Set: &ksv1.Family{Place: proto.String(fmt.Sprintf("004/%03d", c.places))}})
	default:
		if nik := c.pick(f.niks[1-m]); nik != f.niks[m] {
			f.niks[m] = nik
			f.save(f.family, person(f.members[m], nik))
		}
	}
}

// pick is a number that some have, or a new one; not that of the other of the two.
func (c *couples) pick(other uint64) uint64 {
	for {
		nik := firstNIK + uint64(c.random.IntN(6))
		if c.random.IntN(3) == 0 {
			c.used++
			nik = firstNIK + 100 + c.used
		}
		if nik != other {
			return nik
		}
	}
}

func (c *couples) erase(t *testing.T, f *couple, member merge.ID) {
	f.erased = true
	c.wiped++
	_, _, err := f.core.Erase(t.Context(), ingest.Erasure{Village: f.number, Family: f.family, Member: member, Change: merge.NewID(77, 77, c.wiped), Device: 77, Incarnation: 77})
	if err != nil {
		t.Fatal(err)
	}
}

// check compares of each family how many numbers it is told that it shares with each other.
func (c *couples) check(t *testing.T) {
	has := map[uint64][]*couple{}
	for _, f := range c.all {
		for _, nik := range f.niks {
			if nik != 0 && !f.closed {
				has[nik] = append(has[nik], f)
			}
		}
	}
	shared := map[*couple]map[*couple]int{}
	for _, sharers := range has {
		for _, f := range sharers {
			for _, other := range sharers {
				if f != other && len(sharers) <= follow.NarrowSharers {
					if shared[f] == nil {
						shared[f] = map[*couple]int{}
					}
					shared[f][other]++
				}
			}
		}
	}
	err := c.villages[0].core.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		for _, f := range c.all {
			row, err := snap.FindFamily(ctx, []uint32{f.number}, f.family)
			if err != nil {
				return err
			}
			review, err := f.core.Vault.FamilyReview(&row)
			if err != nil {
				return err
			}
			var told []int
			for _, d := range review.GetDuplicates().GetDoubles() {
				told = append(told, len(d.GetShared()))
			}
			slices.Sort(told)
			if want := slices.Sorted(maps.Values(shared[f])); !slices.Equal(told, want) || (len(told) > 0) != (row.Doubles != 0) {
				t.Errorf("a family with %d (closed %t, erased %t) is told of %d with flags %d, want %d", f.niks, f.closed, f.erased, told, row.Doubles, want)
			}
		}
		stale, err := snap.StaleIdentifiers(ctx, 1)
		if len(stale) > 0 {
			t.Errorf("who has %x is still to be told", stale[0].Hash)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
