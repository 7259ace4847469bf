package follow_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// jittered is a store whose reads and writes take some milliseconds longer or not. While it
// breaks, one in ten writes fails, before it was made or, as its follower is told, after.
type jittered struct {
	store.Store
	breaks *atomic.Bool
}

var errBroken = errors.New("the store was lost")

func (j jittered) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	time.Sleep(time.Duration(rand.N(12)) * time.Millisecond)
	broken := j.breaks.Load() && rand.N(10) == 0
	if broken && rand.N(2) == 0 {
		return errBroken
	}
	err := j.Store.Write(ctx, fn)
	if broken {
		err = errors.Join(err, errBroken)
	}
	return err
}

func (j jittered) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	time.Sleep(time.Duration(rand.N(2)) * time.Millisecond)
	return j.Store.Read(ctx, fn)
}

// Two follow two villages, one of whom is handed what the commits know, while families come,
// change, share numbers and are erased; each reads and writes a few families at a time. In
// the end each is found by its number and no other, no number is in the index that
// nobody has, and who shares one is told so, unless too many do.
func TestSeveralFollowAtOnce(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		onEachEngine(t, fmt.Sprint(n), func(t *testing.T, open func() store.Store) { severalFollow(t, open(), n%2 == 0, n > 1) })
	}
}

func severalFollow(t *testing.T, s store.Store, erasing, breaking bool) {
	here := newVillage(t, s, &ingest.Identified{})
	w := &crowd{village: here, villages: []*village{here, here.neighbour()}, used: map[uint64]bool{}, last: firstNIK, erasing: erasing, sharers: follow.NarrowSharers}
	slow := jittered{w.core.Store, new(atomic.Bool)}
	slow.breaks.Store(breaking)
	followers := []*follow.Identifiers{
		{Store: slow, Vault: w.core.Vault, Core: w.core, Known: w.core.Identified}, {Store: slow, Vault: w.core.Vault, Core: w.core},
	}
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for _, f := range followers {
		follow.Narrow(f)
		wait.Go(func() { keepUp(ctx, t, f) })
	}
	for range 150 {
		w.something()
		if rand.N(3) == 0 {
			time.Sleep(time.Duration(rand.N(8)) * time.Millisecond)
		}
	}
	stop()
	wait.Wait()
	slow.breaks.Store(false)
	for range 3 {
		for _, f := range followers {
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.check(slices.Collect(maps.Keys(w.used))...)
}

// keepUp follows until the context ends.
func keepUp(ctx context.Context, t *testing.T, f *follow.Identifiers) {
	for ctx.Err() == nil {
		if err := f.Catch(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrOvertaken) && !errors.Is(err, errBroken) {
			t.Error(err)
		}
		time.Sleep(time.Duration(rand.N(5)) * time.Millisecond)
	}
}

// crowd are families of a village, and maybe of others, each of one person with a number.
type crowd struct {
	*village
	villages []*village // of the families that come to be
	families []*resident
	used     map[uint64]bool
	last     uint64
	// erasing: some are erased from the index.
	erasing bool
	// sharers are how many with a number are told of each other; 0: the usual ones.
	sharers int
}

type resident struct {
	*village
	family, member merge.ID
	nik            uint64
}

// settle has families come, each number of which some share.
func (w *crowd) settle(families, share int) {
	for n := range families {
		w.add(w.village, firstNIK+uint64(n/share))
	}
}

// add has a family come to a village.
func (w *crowd) add(in *village, nik uint64) *resident {
	r := &resident{in, in.id(), in.id(), nik}
	w.families = append(w.families, r)
	r.save(r.family, home(), person(r.member, nik))
	return r
}

// something happens to one of them, or another one comes.
func (w *crowd) something() {
	w.last++
	nik := w.last
	if len(w.families) > 0 && rand.N(3) == 0 {
		nik = w.families[rand.N(len(w.families))].nik
	}
	w.used[nik] = true
	if len(w.families) == 0 || rand.N(3) == 0 {
		w.add(w.villages[rand.N(len(w.villages))], nik)
		return
	}
	r := w.families[rand.N(len(w.families))]
	if r.nik == nik {
		return
	}
	if w.erasing && rand.N(8) == 0 {
		if err := r.erase(w.t.Context(), r.family); err != nil {
			w.t.Fatal(err)
		}
	}
	r.nik = nik
	r.save(r.family, person(r.member, nik))
}

// check looks for numbers.
func (w *crowd) check(numbers ...uint64) {
	w.t.Helper()
	has := map[uint64][]string{}
	for _, r := range w.families {
		has[r.nik] = append(has[r.nik], r.family.String())
	}
	doubled, most := 0, cmp.Or(w.sharers, follow.SharersMax)
	for _, families := range has {
		if len(families) > 1 && len(families) <= most {
			doubled += len(families)
		}
	}
	n, villages := 0, w.villages
	if villages == nil {
		villages = []*village{w.village}
	}
	for _, v := range villages {
		n += v.doubled()
	}
	if n != doubled {
		w.t.Errorf("%d families are told that they share a number, and %d are to be", n, doubled)
	}
	err := w.core.Store.Read(w.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		stale, err := snap.StaleIdentifiers(ctx, 1)
		if len(stale) > 0 {
			w.t.Errorf("who has %x is still to be told", stale[0].Hash)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
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
func (w *village) holders(nik uint64) string {
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
