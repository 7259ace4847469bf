package follow_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	rights "github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// Whoever is erased by NIK or NKK is erased also where she left, where she was entered
// twice, in families that are closed, and where the number is not the one that is shown.
func TestAPersonIsFoundByNumberWhereSheLeft(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "left", func(t *testing.T, open func() store.Store) {
		here := newVillage(t, open(), nil)
		there, other := here.neighbour(), here.neighbour()
		other.number, other.clock.Device, other.counter = here.number, 3, 2_000_000
		removed := func(reason ksv1.RemovalReason) *ksv1.Removal {
			return &ksv1.Removal{Reason: reason, Date: "2026-01-01"}
		}
		family := func(f *ksv1.Family) merge.RecordEdit {
			f.Place = proto.String("003/007")
			return merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: f}
		}
		gone := func(id merge.ID, reason ksv1.RemovalReason) merge.RecordEdit {
			return merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: id}, Set: &ksv1.Member{Removal: removed(reason)}}
		}
		const nkk = 3204050101200001
		left, lives, merged, concurrent := here.id(), there.id(), here.id(), here.id()
		here.save(left, family(&ksv1.Family{}), person(here.id(), secondNIK))
		for _, reason := range []ksv1.RemovalReason{ksv1.RemovalReason_REMOVAL_REASON_MOVED, ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE} {
			m := here.id()
			here.save(left, person(m, firstNIK))
			here.save(left, gone(m, reason))
		}
		there.save(lives, family(&ksv1.Family{}), person(there.id(), firstNIK))
		here.save(merged, family(&ksv1.Family{Nkk: proto.Uint64(nkk)}), person(here.id(), firstNIK))
		here.save(merged, family(&ksv1.Family{Removal: removed(ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE)}))
		m := here.id()
		here.save(concurrent, family(&ksv1.Family{}))
		other.families[concurrent] = here.families[concurrent]
		here.save(concurrent, person(m, firstNIK))
		other.clock.Last = here.clock.Last
		other.save(concurrent, person(m, thirdNIK)) // later, and not knowing of the first
		if err := (&follow.Identifiers{Store: here.core.Store, Vault: here.core.Vault, Core: here.core}).Catch(t.Context()); err != nil {
			t.Fatal(err)
		}

		p := &rights.Service{Store: here.core.Store, Core: here.core, Now: time.Now, Rand: rand.Reader, Ledger: filepath.Join(t.TempDir(), "erasures.jsonl")}
		ctx := store.AsOperator(t.Context())
		find := func(who rights.Selector) ([]rights.Found, error) {
			villages := 0
			found, err := p.FindEverywhere(ctx, who, func(done, all int) { villages = all - done })
			if villages != 0 {
				t.Errorf("%d villages are left", villages)
			}
			return found, err
		}
		if counted, err := p.Find(ctx, rights.Selector{NIK: firstNIK}); err != nil || len(counted) != 1 || counted[0].Row.ID != lives {
			t.Fatalf("by the index: %d, %v", len(counted), err)
		}
		if found, err := find(rights.Selector{NKK: nkk}); err != nil || len(found) != 1 || found[0].Row.ID != merged || !found[0].Member.IsZero() {
			t.Errorf("the merged family: %d, %v", len(found), err)
		}
		found, err := find(rights.Selector{NIK: firstNIK})
		in := map[merge.ID]int{}
		for _, f := range found {
			in[f.Row.ID]++
		}
		if err != nil || in[left] != 2 || in[lives] != 1 || in[merged] != 1 || in[concurrent] != 1 {
			t.Fatalf("found in %v, %v", in, err)
		}
		if done, err := p.Erase(ctx, found); err != nil || done != len(found) {
			t.Fatalf("erased %d: %v", done, err)
		}
		if again, err := find(rights.Selector{NIK: firstNIK}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("found again: %d, %v", len(again), err)
		}
		if kept, err := find(rights.Selector{NIK: secondNIK}); err != nil || len(kept) != 1 {
			t.Errorf("who stays is found %d times: %v", len(kept), err)
		}
	})
}
