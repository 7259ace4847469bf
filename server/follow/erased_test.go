package follow_test

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	rights "github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// indexed tells whether the index has an entry of a number, of whatever family: another
// family that gets the number shares it then.
func (v *village) indexed(nik uint64) bool {
	v.t.Helper()
	hash, err := v.core.Vault.Ring().IdentifierHash(ingest.KindNIK, nik)
	if err != nil {
		v.t.Fatal(err)
	}
	probe := merge.NewID(9, 9, 9)
	var shared map[[16]byte]int
	err = v.core.Store.Write(v.t.Context(), func(ctx context.Context, tx store.Tx) error {
		_, writes, err := tx.Snapshot().FollowedTo(ctx, v.number)
		if err != nil {
			return err
		}
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{
			Village: v.number, Families: [][16]byte{probe}, Writes: writes,
			Entries: []store.Identifier{{Hash: hash, Family: probe, Revision: 1e6}}, // no family's of the village
		}})
	})
	if err == nil {
		err = v.core.Store.Read(v.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
			shared, err = snap.SharedHashes(ctx, [][16]byte{hash})
			return err
		})
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return len(shared) > 0
}

// Whichever writes of the follower an erasure falls between, and whether it waits for one,
// nothing of the erased is in the index once everything is followed, nor when all is built
// anew.
func TestAnErasureWhileItsFamilyIsFollowedLeavesNoEntry(t *testing.T) {
	t.Parallel()
	for name, during := range map[string]bool{"between writes": false, "during one": true} {
		onEachEngine(t, name, func(t *testing.T, open func() store.Store) {
			for at := 1; at <= 4; at++ {
				erasedAt(t, open(), at, during)
			}
		})
	}
}

// erasedAt has a family erased before a write of the follower, or while it is not over.
func erasedAt(t *testing.T, s store.Store, at int, during bool) {
	v := newVillage(t, s, nil)
	interrupted := &interrupted{Store: v.core.Store, at: at, during: during}
	f := &follow.Identifiers{Store: interrupted, Vault: v.core.Vault, Core: v.core}
	home := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
	family, member := v.id(), v.id()
	v.save(family, home, person(member, firstNIK))
	if err := f.Catch(t.Context()); err != nil { // another number, so that there is one to replace
		t.Fatal(err)
	}
	v.save(family, person(member, thirdNIK))
	interrupted.writes, interrupted.by = 0, func(ctx context.Context) error { return v.erase(ctx, family) }
	if err := f.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	interrupted.wait.Wait()
	if interrupted.err != nil {
		t.Fatal(interrupted.err)
	}
	if interrupted.writes < at {
		return // the engine has fewer
	}
	v.save(family, person(member, secondNIK)) // the revision behind the erasure
	if err := f.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, nik := range []uint64{firstNIK, thirdNIK} {
		if v.indexed(nik) {
			t.Errorf("erased at write %d, its number %d is indexed", at, nik)
		}
	}
	if err := f.Rebuild(t.Context(), func(int, int) error { return nil }); err != nil || v.indexed(thirdNIK) {
		t.Errorf("erased at write %d, its number is indexed when all is built anew, %v", at, err)
	}
}

// interrupted is a store in which something happens before one of the writes, or while it
// is not over.
type interrupted struct {
	store.Store
	writes, at int
	during     bool
	by         func(ctx context.Context) error
	wait       sync.WaitGroup
	err        error
}

func (i *interrupted) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	i.writes++
	if i.by == nil || i.writes != i.at {
		return i.Store.Write(ctx, fn)
	}
	if !i.during {
		i.err = i.by(ctx)
		return i.Store.Write(ctx, fn)
	}
	return i.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(fn(ctx, tx), i.beside(ctx))
	})
}

// beside begins what happens during a write, and returns once it waits for that, or need not.
func (i *interrupted) beside(ctx context.Context) error {
	before, err := waits(ctx, i.Store)
	ended := make(chan struct{})
	i.wait.Go(func() {
		defer close(ended)
		i.err = i.by(context.WithoutCancel(ctx))
	})
	for now := before; err == nil && now == before; {
		select {
		case <-ended:
			return nil
		case <-time.After(time.Millisecond):
		}
		now, err = waits(ctx, i.Store)
	}
	return err
}

// erase is what an erasure does to the index.
func (v *village) erase(ctx context.Context, family merge.ID) error {
	return v.core.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v.number, func(t store.VillageTx) error { return t.Rewrite(ctx, &store.Rewrite{Family: family}) })
	})
}

// Who shared a number with a family that is erased is told that it does no more.
func TestWhoSharedANumberWithTheErasedIsTold(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		for _, neighbours := range []bool{false, true} {
			here := newVillage(t, open(), nil)
			other := here
			if neighbours {
				other = here.neighbour()
			}
			family := here.id()
			here.save(family, home(), person(here.id(), firstNIK))
			other.save(other.id(), home(), person(other.id(), firstNIK))
			f := &follow.Identifiers{Store: here.core.Store, Vault: here.core.Vault, Core: here.core}
			if err := f.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx := store.AsOperator(t.Context())
			service := rights.Service{Store: here.core.Store, Core: here.core, Now: time.Now, Rand: rand.Reader, Ledger: filepath.Join(t.TempDir(), "erasures")}
			found, err := service.Find(ctx, rights.Selector{Family: family})
			if err == nil {
				_, err = service.Erase(ctx, found)
			}
			if err == nil {
				err = f.Catch(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			if n := here.doubled(); n != 0 {
				t.Errorf("%d families are told that they share a number with the erased", n)
			}
			if n := other.doubled(); n != 0 {
				t.Errorf("%d families of the other village are told so", n)
			}
		}
	})
}
