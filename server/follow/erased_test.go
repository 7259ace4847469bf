package follow_test

import (
	"context"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// between is a store in which something happens behind one of the writes.
type between struct {
	store.Store
	writes, at int
	then       func()
}

func (b *between) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	err := b.Store.Write(ctx, fn)
	if b.writes++; b.writes == b.at {
		b.then()
	}
	return err
}

// indexed tells whether the index has an entry of a number, of whatever family: another
// family that gets the number shares it then.
func (v *village) indexed(nik uint64) bool {
	v.t.Helper()
	hash, err := v.core.Vault.Ring().IdentifierHash(ingest.KindNIK, nik)
	if err != nil {
		v.t.Fatal(err)
	}
	probe := merge.NewID(9, 9, 9)
	var shared [][16]byte
	err = v.core.Store.Write(v.t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{Village: v.number, Families: [][16]byte{probe}, Entries: []store.Identifier{{Hash: hash, Family: probe}}}})
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

// Whichever writes of the follower an erasure falls between, nothing of the erased is in
// the index once everything is followed, nor when all is built anew.
func TestAnErasureWhileItsFamilyIsFollowedLeavesNoEntry(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "", func(t *testing.T, open func() store.Store) {
		for at := 1; at <= 3; at++ {
			v := newVillage(t, open(), nil)
			store := &between{Store: v.core.Store, at: at}
			f := &follow.Identifiers{Store: store, Vault: v.core.Vault, Core: v.core}
			home := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}}
			family, member := v.id(), v.id()
			v.save(family, home, person(member, firstNIK))
			store.then = func() { v.erase(family, member) }
			for range 2 {
				if err := f.Catch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if store.writes < at {
				continue // the engine has fewer
			}
			if v.indexed(firstNIK) {
				t.Errorf("erased behind write %d, its number is indexed", at)
			}
			store.writes = 0
			store.then = func() {}
			if err := f.Rebuild(t.Context(), func(int, int) error { return nil }); err != nil || v.indexed(firstNIK) {
				t.Errorf("erased behind write %d, its number is indexed when all is built anew, %v", at, err)
			}
		}
	})
}

// erase is what an erasure does to the index, and the revision behind it.
func (v *village) erase(family, member merge.ID) {
	v.t.Helper()
	err := v.core.Store.Write(v.t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, v.number, func(t store.VillageTx) error { return t.Rewrite(ctx, &store.Rewrite{Family: family}) })
	})
	if err != nil {
		v.t.Fatal(err)
	}
	v.save(family, person(member, secondNIK))
}
