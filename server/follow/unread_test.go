package follow_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

// damaged is a store in which what changed in a village can't be read; it counts readings of
// what changed in villages.
type damaged struct {
	store.Store
	village  uint32
	readings int
	broken   int // of them, those of that village
}

func (d *damaged) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	return d.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error { return fn(ctx, damagedSnapshot{snap, d}) })
}

type damagedSnapshot struct {
	store.Snapshot
	of *damaged
}

func (d damagedSnapshot) RevisedSince(ctx context.Context, village uint32, after uint64, limit int) ([]store.Revised, error) {
	d.of.readings++
	if village == d.of.village {
		d.of.broken++
		return nil, store.ErrDamaged
	}
	return d.Snapshot.RevisedSince(ctx, village, after, limit)
}

// A village that can't be read keeps no other from being followed, now or later. It is told of
// and left alone for a time, in which nothing is read anew, and followed when it can be, though
// nothing has changed in it since.
func TestAVillageThatCannotBeReadKeepsNoOtherFromBeingFollowed(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		there := w.neighbour()
		for n := range 2 {
			broken := &damaged{Store: w.core.Store, village: []uint32{w.number, there.number}[n]}
			f := &follow.Identifiers{Store: broken, Vault: w.core.Vault, Core: w.core}
			here, other := w.add(w.village, firstNIK+10*uint64(n)), w.add(there, secondNIK+10*uint64(n))
			readable, unreadable := []*resident{other, here}[n], []*resident{here, other}[n]
			found := func(when string, r *resident, want bool) {
				t.Helper()
				if r.found(r.nik, r.family, r.member) != want {
					t.Errorf("%s, %s is found: %t", when, r.family, !want)
				}
			}
			broke := func(when string) {
				t.Helper()
				if err := f.Catch(t.Context()); !errors.Is(err, store.ErrDamaged) {
					t.Errorf("%s: %v", when, err)
				}
			}
			broke("a village that can't be read")
			found("beside it", readable, true)
			read := broken.readings
			catch(t, f)
			// On PostgreSQL what has just changed is read until the transactions of its time are over.
			if _, atOnce := w.core.Store.(*sqlite.Store); broken.broken != 1 || atOnce && broken.readings != read {
				t.Errorf("%d readings when nothing had changed, %d of that village in all", broken.readings-read, broken.broken)
			}
			late := w.add(readable.village, thirdNIK+10*uint64(n))
			w.add(unreadable.village, thirdNIK+10*uint64(n)+1)
			catch(t, f)
			found("later", late, true)
			follow.Rested(f)
			broke("the village tried again")
			broken.village = 0
			catch(t, f)
			found("before it is tried again", unreadable, false)
			follow.Rested(f)
			catch(t, f)
			found("when it could be read", unreadable, true)
			last := w.add(unreadable.village, thirdNIK+10*uint64(n)+2)
			catch(t, f)
			found("from then on", last, true)
		}
	})
}

// damage makes a family such that it does not open: by a sealed column, with "payload" and
// its history.
func (v *village) damage(family merge.ID, column string) (mend func()) {
	v.t.Helper()
	columns := []string{column}
	if column == "payload" {
		columns = append(columns, storetest.OfHistory)
	}
	return storetest.Damage(v.t, v.core.Store, v.number, family, columns...)
}

// A family that did not open is followed once it does, whoever was to follow it then, with
// those who share a number with it; one that is erased meanwhile is tried no more.
func TestAFamilyThatOpensAgainIsFollowed(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		there := w.neighbour()
		known := w.add(there, firstNIK)
		follower := func() *follow.Identifiers {
			return &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
		}
		catch(t, follower())
		came, gone, late := w.add(w.village, firstNIK), w.add(w.village, thirdNIK), w.add(there, secondNIK)
		mend := map[*resident]func(){came: came.damage(came.family, "payload"), known: known.damage(known.family, "payload"), gone: gone.damage(gone.family, "payload")}
		var e *follow.UnreadError
		f := follower()
		if err := f.Catch(t.Context()); !errors.As(err, &e) || len(e.Unread) != 2 || !late.found(secondNIK, late.family, late.member) {
			t.Errorf("two that do not open: %v", err)
		}
		if err := f.Catch(t.Context()); err != nil { // not yet again
			t.Error(err)
		}
		unread := func(want int) {
			t.Helper()
			err := w.core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
				list, err := snap.UnreadFamilies(ctx, 10)
				if len(list) != want {
					t.Errorf("%d do not open, want %d", len(list), want)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		unread(2)
		mend[came]()
		if err := follower().Catch(t.Context()); !errors.As(err, &e) || len(e.Unread) != 2 { // gone, and known, whose number it has
			t.Errorf("when one opens: %v", err)
		}
		unread(2)
		mend[known]()
		mend[gone]()
		erasure := ingest.Erasure{Village: w.number, Family: gone.family, Change: merge.NewID(77, 77, 1), Device: 77, Incarnation: 77}
		if _, _, err := w.core.Erase(t.Context(), erasure); err != nil {
			t.Fatal(err)
		}
		catch(t, follower())
		unread(0)
		if n := w.doubled() + there.doubled(); n != 2 {
			t.Errorf("%d are told that they share a number", n)
		}
	})
}

// A family that does not open keeps no other from being found and told, and is told of once,
// at each look. What it was told, and what others were told of it, stays.
func TestAFamilyThatDoesNotOpenKeepsNoOtherFromBeingFollowed(t *testing.T) {
	t.Parallel()
	for _, column := range []string{"payload", "review"} {
		onEachEngine(t, column, func(t *testing.T, open func() store.Store) {
			w := &crowd{village: newVillage(t, open(), nil), last: thirdNIK}
			here, there := w.village, w.neighbour()
			f := &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
			catch := func(when string, told int, unread merge.ID) {
				t.Helper()
				err := f.Catch(t.Context())
				var e *follow.UnreadError
				if unread == (merge.ID{}) && err != nil || unread != (merge.ID{}) && (!errors.As(err, &e) || len(e.Unread) != 1 || !strings.Contains(err.Error(), unread.String())) {
					t.Errorf("%s: %v", when, err)
				}
				if n := here.doubled() + there.doubled(); n != told {
					t.Errorf("%s, %d are told, want %d", when, n, told)
				}
			}
			var none merge.ID
			spoilt, other := w.add(here, firstNIK), w.add(there, firstNIK)
			catch("before", 2, none)
			catch("before", 2, none)
			here.damage(spoilt.family, column)
			catch("when nothing happened", 2, none)
			came := w.add(here, thirdNIK)
			one, two := w.add(here, secondNIK), w.add(there, secondNIK)
			if column == "payload" {
				here.damage(came.family, column)
				catch("when one came that does not open", 4, came.family)
			} else {
				catch("when others came", 4, none)
			}
			catch("behind it", 4, none)
			if found := here.holders(secondNIK); found != one.family.String()+" "+two.family.String() {
				t.Errorf("found are %s", found)
			}
			w.add(there, firstNIK)
			catch("when one came with its number", 5, spoilt.family)
			catch("when that was told of the other", 5, spoilt.family)
			catch("behind it", 5, none)
			two.save(two.family, person(two.member, w.last+2))
			other.save(other.family, person(other.member, w.last+1))
			catch("when others had left", 1, spoilt.family)
			catch("when all were told", 1, spoilt.family)
			catch("behind it", 1, none)
		})
	}
}

// A family whose state alone does not open is followed by what its history joins to, read
// within a snapshot or behind one, also where the index is made anew.
func TestAFamilyIsFollowedByItsHistory(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		w := &crowd{village: newVillage(t, open(), nil)}
		there := w.neighbour()
		f := &follow.Identifiers{Store: w.core.Store, Vault: w.core.Vault, Core: w.core}
		here, other := w.add(w.village, firstNIK), w.add(there, secondNIK)
		w.add(there, firstNIK)
		storetest.Damage(t, w.core.Store, w.number, here.family, "payload")
		catch(t, f)
		if n := w.doubled() + there.doubled(); n != 2 {
			t.Errorf("%d are told that a damaged family shares a number", n)
		}
		storetest.Damage(t, w.core.Store, there.number, other.family, "payload")
		if err := f.Rebuild(t.Context(), func(int, int) error { return nil }); err != nil {
			t.Error(err)
		}
		if !other.found(other.nik, other.family, other.member) {
			t.Error("a damaged family is not found in the index made anew")
		}
	})
}
