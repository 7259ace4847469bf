package ingest_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// commitAll commits changes in one batch.
func commitAll(t *testing.T, x *awaiting, s *ingest.Sender, changes ...*ksv1.Change) {
	t.Helper()
	var batch []*ingest.Incoming
	for _, c := range changes {
		batch = append(batch, ingest.Prepare(proto.CloneOf(c), s, time.Now().UnixMilli()))
	}
	if _, _, err := x.core.Commit(t.Context(), x.village, batch); err != nil {
		t.Fatal(err)
	}
}

func lifeIn(village uint32, n uint64) *life {
	return &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, n)}, next: n,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(time.Now().UnixMilli() - 1000)}},
	}
}

// Work that waited, and was of an erased member alone, is waited for no more: nobody is left to
// decide on it.
func TestWhatIsErasedIsNotAwaited(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	from := newAwaiting(t)
	x := &awaiting{core: core, village: village, outside: from.outside, batch: from.batch}
	x.batch.Village = village
	l, member := lifeIn(village, 10), merge.NewID(1, 1, 100)
	key := merge.Key{Kind: merge.KindMember, Member: member}
	made := l.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}},
		merge.RecordEdit{Key: key, Set: &ksv1.Member{Name: proto.String("Eko")}})
	later := l.edit(t, merge.RecordEdit{Key: key, Set: &ksv1.Member{Name: proto.String("Eko Susanto")}})
	commitAll(t, x, collector, made)
	commitAll(t, x, x.outside, later)
	x.step(t, 's')
	if v, why := x.stands(t); why != review.WorkWaits || v.Awaited != 1 {
		t.Fatalf("%v, %d are awaited: its work should wait", why, v.Awaited)
	}
	e := ingest.Erasure{Village: village, Family: l.state.Family, Member: member, Change: merge.NewID(9, 1, 1), Device: 9, Incarnation: 1}
	if _, _, err := core.Erase(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if v, why := x.stands(t); why == review.WorkWaits || v.Awaited != 0 {
		t.Errorf("%v, and %d are awaited", why, v.Awaited)
	}
}

// A family that is restricted along with another in the same commit is read behind what the
// commit is waited for.
func TestWhatIsReadInACommitLeavesWhatIsAwaited(t *testing.T) {
	t.Parallel()
	x := newAwaiting(t)
	other, kept := lifeIn(x.village, 200), lifeIn(x.village, 300)
	for name, l := range map[string]*life{"A": other, "B": kept} {
		commitAll(t, x, collector, l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String(name)}))
	}
	if _, err := x.core.Restrict(t.Context(), ingest.Restriction{Village: x.village, Family: other.state.Family, Restricted: true}); err != nil {
		t.Fatal(err)
	}
	x.step(t, 's')
	reviewer := *collector
	reviewer.MayReview = true
	gone := other.save(t, &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: kept.state.Family.String()}})
	commitAll(t, x, &reviewer, append(append([]*ksv1.Change{}, x.changes...), gone)...)
	if v, why := x.stands(t); why != 0 || v.Awaited != 0 || v.Submitted != 1 {
		t.Errorf("%v, %d are awaited and %d submitted: the work is in", why, v.Awaited, v.Submitted)
	}
}

// Whoever submits ids of which no work ever comes has no village look for them without end.
func TestUnknownFamiliesAreAwaitedUpToABound(t *testing.T) {
	t.Parallel()
	const bound, each = 10_000, 1_000
	x := newAwaiting(t)
	for n := range bound/each + 1 {
		id := merge.NewID(1, 1, uint64(1000+n))
		b := &ksv1.BatchSubmission{Id: id[:], Village: x.village, Author: 1}
		for i := range each {
			family := merge.NewID(2, 1, uint64(1+n*each+i))
			b.FamilyIds = append(b.FamilyIds, family[:])
		}
		act, err := ingest.PrepareSubmission(b, x.outside)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := ingest.ActKnown(t.Context(), x.core, x.village, []*ingest.Act{act}); err != nil {
			t.Fatal(err)
		}
	}
	var v store.Village
	err := x.core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		v, err = snap.Village(ctx, x.village)
		return err
	})
	if err != nil || v.Awaited != bound {
		t.Errorf("%d are awaited, %v", v.Awaited, err)
	}
}
