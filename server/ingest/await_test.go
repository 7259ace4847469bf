package ingest_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// awaiting is a family of two changes, from which its RT was taken away.
type awaiting struct {
	core    *ingest.Core
	village uint32
	changes []*ksv1.Change
	batch   *ksv1.BatchSubmission
	outside *ingest.Sender
}

func newAwaiting(t *testing.T) *awaiting {
	core, village := newCore(t)
	l := &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(time.Now().UnixMilli() - 1000)}},
	}
	x := &awaiting{core: core, village: village}
	x.changes = []*ksv1.Change{
		l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}), l.save(t, &ksv1.Family{Address: proto.String("Jalan Baru")}),
	}
	id := merge.NewID(1, 1, 50)
	x.batch = &ksv1.BatchSubmission{Id: id[:], Village: village, Author: 1, FamilyIds: [][]byte{l.state.Family[:]}}
	x.outside = &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return false }}
	return x
}

// step does what a letter says: w the work comes from outside, t from within, s it is submitted
// from outside, a and b the first and second change are admitted, x and y kept out.
func (x *awaiting) step(t *testing.T, what rune) {
	t.Helper()
	switch what {
	case 'w', 't':
		sender := x.outside
		if what == 't' {
			sender = collector
		}
		var batch []*ingest.Incoming
		for _, c := range x.changes {
			batch = append(batch, ingest.Prepare(proto.CloneOf(c), sender, time.Now().UnixMilli()))
		}
		if _, _, err := x.core.Commit(t.Context(), x.village, batch); err != nil {
			t.Fatal(err)
		}
	case 's':
		for _, want := range []ksv1.ReceiptStatus{ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE} {
			act, err := ingest.PrepareSubmission(x.batch, x.outside)
			if err != nil {
				t.Fatal(err)
			}
			acted, _, err := x.core.Act(t.Context(), x.village, []*ingest.Act{act})
			if err != nil || acted[0].Receipt.GetStatus() != want {
				t.Fatalf("%v, %v; want %s", acted, err, want)
			}
			_, stands := x.stands(t)
			named := acted[0].Receipt.GetNotQueued()
			if (stands == 0) != (len(named) == 0) || stands != 0 && named[0].GetNotQueued() != stands {
				t.Errorf("the receipt names %v, and the batch %s", named, stands)
			}
		}
	default:
		change, admit := x.changes[0], what == 'a' || what == 'b'
		if what == 'b' || what == 'y' {
			change = x.changes[1]
		}
		for range 2 {
			d := ingest.Decision{Admit: admit, Note: "Diperiksa", Supervisor: 2, Villages: []uint32{x.village}}
			if _, err := x.core.Decide(t.Context(), merge.ID(change.GetId()), d); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// stands reads how the village's row counts, and why the family is not in the queue by the batch.
func (x *awaiting) stands(t *testing.T) (v store.Village, why ksv1.NotQueued) {
	t.Helper()
	err := x.core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		if v, err = snap.Village(ctx, x.village); err != nil {
			return err
		}
		row, err := snap.FindBatch(ctx, []uint32{x.village}, merge.ID(x.batch.GetId()))
		if err != nil {
			return err
		}
		b, err := x.core.Vault.OpenBatch(&row)
		if err != nil {
			return err
		}
		if len(b.GetFamilies()) != 1 || b.GetState() != review.BatchStateOf(b) || row.State != int(b.GetState()) {
			t.Errorf("the batch is %v", b)
		}
		why = b.GetFamilies()[0].GetNotQueued()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return v, why
}

// A submission comes into the queue with the last of its author's work that is let in, in whatever order
// they come and however often; what is kept out, or nobody has, is told.
func TestASubmissionComesIntoTheQueueWithItsWork(t *testing.T) {
	t.Parallel()
	for steps, want := range map[string]ksv1.NotQueued{
		"wsab": 0, "swab": 0, "wasb": 0, "wabs": 0, "wsay": 0, "ts": 0, "st": 0, "wsabw": 0, "wsabs": 0,
		"ws": review.WorkWaits, "wsa": review.WorkWaits, "sw": review.WorkWaits, "wsx": review.WorkWaits,
		"wsxy": review.KeptOut, "swyx": review.KeptOut, "s": review.NoWork, "wxys": review.NoWork,
	} {
		t.Run(steps, func(t *testing.T) {
			t.Parallel()
			x, before := newAwaiting(t), false
			for _, what := range steps {
				if what == 's' && before {
					x.again(t)
					continue
				}
				before = before || what == 's'
				x.step(t, what)
			}
			v, why := x.stands(t)
			awaited := int64(0)
			if want == review.WorkWaits || want == review.NoWork {
				awaited = 1
			}
			if inQueue := v.Submitted == 1; why != want || inQueue != (want == 0) || v.Awaited != awaited {
				t.Errorf("%s, %d in the queue, %d awaited; want %s", why, v.Submitted, v.Awaited, want)
			}
		})
	}
}

// again brings the submission once more.
func (x *awaiting) again(t *testing.T) {
	t.Helper()
	act, err := ingest.PrepareSubmission(x.batch, x.outside)
	if err != nil {
		t.Fatal(err)
	}
	acted, _, err := x.core.Act(t.Context(), x.village, []*ingest.Act{act})
	if err != nil || acted[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE || len(acted[0].Receipt.GetNotQueued()) > 0 {
		t.Errorf("%v, %v", acted, err)
	}
}

// What was approved with a submission's work counts as submitted when that comes late, and
// nothing is re-opened by it.
func TestALateSubmissionOfApprovedWorkShowsTheVerdict(t *testing.T) {
	t.Parallel()
	x := newAwaiting(t)
	x.step(t, 't')
	first := proto.CloneOf(x.batch)
	other := merge.NewID(3, 1, 1)
	first.Id, first.Author = other[:], 3
	within := &ingest.Sender{Account: 3, Device: 3, MayCollect: true, Covers: collector.Covers}
	act, err := ingest.PrepareSubmission(first, within)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := x.core.Act(t.Context(), x.village, []*ingest.Act{act}); err != nil {
		t.Fatal(err)
	}
	verdict := merge.NewID(2, 1, 1)
	d := &ksv1.ReviewDecision{
		VerdictId: verdict.String(), Author: 2, Village: x.village, FamilyId: merge.ID(x.batch.GetFamilyIds()[0]).String(),
		Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, JudgedDigest: x.digest(t),
	}
	act, err = ingest.PrepareDecision(d, &ingest.Sender{Account: 2, Device: 2, MayReview: true, Covers: collector.Covers})
	if err != nil {
		t.Fatal(err)
	}
	acted, _, err := x.core.Act(t.Context(), x.village, []*ingest.Act{act})
	if err != nil || acted[0].Verdict == nil {
		t.Fatalf("%v, %v", acted, err)
	}
	x.step(t, 's')
	if v, why := x.stands(t); why != 0 || v.Approved != 1 || v.Submitted != 0 {
		t.Errorf("%s, %d approved, %d in the queue", why, v.Approved, v.Submitted)
	}
}

// digest is the family's.
func (x *awaiting) digest(t *testing.T) (out []byte) {
	t.Helper()
	err := x.core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{x.village}, merge.ID(x.batch.GetFamilyIds()[0]))
		if err != nil {
			return err
		}
		d, _, err := x.core.Vault.OpenCanonical(&row)
		out = d[:]
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Work that only keeps what is there is nobody's; more of its author's may come and wait.
func TestASubmissionWaitsAgainForWorkThatComesLater(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	lives := func(device uint32) *life { // the first device's clock is ahead
		return &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
			clock: merge.Clock{Device: device, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(time.Now().UnixMilli()-1000) - uint64(10*device)}},
		}
	}
	x := &awaiting{core: core, village: village}
	colleague := &ingest.Sender{Account: 3, Device: 3, MayCollect: true, Covers: collector.Covers}
	x.outside = &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return false }}
	bring := func(c *ksv1.Change, from *ingest.Sender) {
		c.Author = from.Account
		if _, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(c, from, time.Now().UnixMilli())}); err != nil {
			t.Fatal(err)
		}
	}
	l, other, own := lives(3), lives(3), lives(1)
	other.next, other.clock.Incarnation = 20, 2
	bring(l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}), colleague)
	bring(other.save(t, &ksv1.Family{HeadName: proto.String("Sita")}), colleague)
	own.state = merge.Join(l.state, other.state) // which shows the later incarnation's
	kept, entered := own.save(t, &ksv1.Family{HeadName: proto.String("Sita")}), own.save(t, &ksv1.Family{Address: proto.String("Jalan Baru")})
	x.changes = []*ksv1.Change{kept, entered}
	id := merge.NewID(1, 1, 50)
	x.batch = &ksv1.BatchSubmission{Id: id[:], Village: village, Author: 1, FamilyIds: [][]byte{own.state.Family[:]}}
	for n, step := range []struct {
		do   func()
		want ksv1.NotQueued
	}{
		{func() { bring(kept, x.outside); x.step(t, 's') }, review.WorkWaits},
		{func() { x.step(t, 'a') }, review.NoWork},
		{func() { bring(entered, x.outside) }, review.WorkWaits},
		{func() { x.step(t, 'b') }, 0},
	} {
		step.do()
		if v, why := x.stands(t); why != step.want || (v.Awaited == 1) != (why != 0) {
			t.Errorf("after step %d: %s, %d awaited; want %s", n+1, why, v.Awaited, step.want)
		}
	}
}
