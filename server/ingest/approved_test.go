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

// What comes late, of before what was approved and known to its author, changes nothing that
// was approved; what nobody had seen does.
func TestALateChangeReopensOnlyWhatItChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		seen bool
		want ksv1.ReviewState
	}{"overtaken": {true, review.Approved}, "seen by nobody": {false, review.Changed}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			now := time.Now().UnixMilli()
			l := &life{
				village: village, state: merge.State{Family: merge.NewID(1, 1, 1)}, next: 10,
				clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 10_000)}},
			}
			commit := func(c *ksv1.Change) {
				t.Helper()
				sender := *collector
				sender.Device = c.GetStamp().GetDevice()
				receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(c), &sender, now)})
				if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
					t.Fatalf("%v, %v", receipts, err)
				}
			}
			first := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti"), Address: proto.String("Satu")})
			other := &life{village: village, state: l.state, next: 10, clock: merge.Clock{Device: 2, Incarnation: 1, Last: l.clock.Last}}
			late := other.save(t, &ksv1.Family{Address: proto.String("Dua")})
			if c.seen {
				l.state = other.state
				l.clock.Observe(merge.StampOf(late.GetStamp()))
			}
			last := l.save(t, &ksv1.Family{Address: proto.String("Tiga")})
			commit(first)
			commit(last)
			approve(t, core, village, l.state.Family)
			commit(late)
			if f, r := reviewed(t, core, village, l.state.Family); r.GetState() != c.want {
				t.Errorf("%v with %d conflicts, want %v", r.GetState(), f.Conflicts, c.want)
			}
		})
	}
}

// approve submits a family and lets a supervisor approve it as it is.
func approve(t *testing.T, core *ingest.Core, village uint32, family merge.ID) {
	t.Helper()
	batch := merge.NewID(9, 9, 1)
	submission, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{Id: batch[:], Village: village, Author: 1, FamilyIds: [][]byte{family[:]}}, collector)
	if err != nil {
		t.Fatal(err)
	}
	if acted, _, err := core.Act(t.Context(), village, []*ingest.Act{submission}); err != nil || acted[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		t.Fatalf("%v, %v", acted, err)
	}
	f, _ := reviewed(t, core, village, family)
	digest, _, err := core.Vault.OpenCanonical(&f)
	if err != nil {
		t.Fatal(err)
	}
	decision, err := ingest.PrepareDecision(&ksv1.ReviewDecision{
		VerdictId: merge.NewID(9, 9, 2).String(), Village: village, Author: 2, FamilyId: family.String(),
		Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, JudgedDigest: digest[:],
	}, &ingest.Sender{Account: 2, Device: 9, MayReview: true, Covers: collector.Covers})
	if err != nil {
		t.Fatal(err)
	}
	if acted, _, err := core.Act(t.Context(), village, []*ingest.Act{decision}); err != nil || acted[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		t.Fatalf("%v, %v", acted, err)
	}
}

func reviewed(t *testing.T, core *ingest.Core, village uint32, family merge.ID) (f store.Family, r *ksv1.FamilyReview) {
	t.Helper()
	err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		f, err = snap.FindFamily(ctx, []uint32{village}, family)
		return err
	})
	if err == nil {
		r, err = core.Vault.FamilyReview(&f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f, r
}
