package ingest_test

import (
	"context"
	"errors"
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

// takenID is a store where the change of one life of a database waits for a decision whose
// id another life has used for a household that has been taken. It gives the change.
func takenID(t *testing.T, core *ingest.Core, village uint32) *ksv1.Change {
	t.Helper()
	ctx, now := t.Context(), time.Now().UnixMilli()
	elsewhere, _ := newCore(t)
	elsewhere.Vault = core.Vault
	made := func(head string) *ksv1.Change {
		l := &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
		}
		return l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: &head})
	}
	waits := made("Siti")
	for _, c := range []struct {
		core   *ingest.Core
		change *ksv1.Change
		sender *ingest.Sender
		want   ksv1.ReceiptStatus
	}{
		{core, made("Budi"), collector, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
		{elsewhere, waits, &ingest.Sender{Account: 1, Device: 1}, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED},
	} {
		receipts, _, err := c.core.Commit(ctx, village, []*ingest.Incoming{ingest.Prepare(c.change, c.sender, now)})
		if err != nil || receipts[0].GetStatus() != c.want {
			t.Fatalf("%v, %v", receipts, err)
		}
	}
	putWaiting(t, elsewhere, core, village, merge.ID(waits.GetId()))
	return waits
}

// putWaiting has what waits for a decision in one store wait in another.
func putWaiting(t *testing.T, from, to *ingest.Core, village uint32, change merge.ID) {
	t.Helper()
	var waiting store.Quarantine
	err := from.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		waiting, err = snap.FindQuarantine(ctx, change)
		return err
	})
	if err == nil {
		err = to.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(v store.VillageTx) error {
				return v.Apply(ctx, &store.Commit{Village: v.Village(), Quarantine: []store.Quarantine{waiting}})
			})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

var collector = &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}

// It can't be admitted, and offered again it still waits, or is kept out: told to be a
// copy's, its device would send it under another id, past the supervisor.
func TestQuarantinedWorkWhoseIDIsAnothersStaysTheSupervisors(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	c := takenID(t, core, village)
	d := ingest.Decision{Admit: true, Note: "Isi lagi", Supervisor: 2, Villages: []uint32{village}}
	if _, err := core.Decide(t.Context(), merge.ID(c.GetId()), d); !errors.Is(err, ingest.ErrIDTaken) {
		t.Errorf("admitted: %v", err)
	}
	offer := func(when string) {
		t.Helper()
		receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(c), collector, time.Now().UnixMilli())})
		if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
			t.Errorf("offered again, %s: %v, %v", when, receipts, err)
		}
	}
	offer("while it waits")
	d.Admit = false
	if _, err := core.Decide(t.Context(), merge.ID(c.GetId()), d); err != nil {
		t.Fatal(err)
	}
	offer("kept out")
}

// A server whose clock was set back does not tell anybody to keep good work out.
func TestQuarantinedWorkAheadOfTheClockWaits(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := time.Now()
	core.Now = func() time.Time { return now }
	l := &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now.UnixMilli() - 1000)}},
	}
	c := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})
	receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(c, &ingest.Sender{Account: 1, Device: 1}, now.UnixMilli())})
	if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
		t.Fatalf("%v, %v", receipts, err)
	}
	d := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
	now = now.Add(-time.Hour)
	if _, err := core.Decide(t.Context(), merge.ID(c.GetId()), d); !errors.Is(err, ingest.ErrNotYetAdmissible) || errors.Is(err, ingest.ErrNotAdmissible) {
		t.Errorf("by a clock that is an hour behind: %v", err)
	}
	now = now.Add(time.Hour)
	if revision, err := core.Decide(t.Context(), merge.ID(c.GetId()), d); err != nil || revision == 0 {
		t.Errorf("by the right clock: revision %d, %v", revision, err)
	}
}

// Work about what was erased meanwhile is not told to be admitted, and can be kept out.
func TestQuarantinedWorkAboutTheErasedIsNotAdmitted(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	elsewhere, _ := newCore(t)
	elsewhere.Vault = core.Vault
	now := time.Now().UnixMilli()
	l := &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
	}
	made := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})
	later := l.save(t, &ksv1.Family{HeadName: proto.String("Siti Aminah")})
	for _, c := range []struct {
		core   *ingest.Core
		change *ksv1.Change
		sender *ingest.Sender
		want   ksv1.ReceiptStatus
	}{
		{core, made, collector, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
		{elsewhere, proto.CloneOf(made), collector, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
		{elsewhere, later, &ingest.Sender{Account: 1, Device: 1}, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED},
	} {
		receipts, _, err := c.core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(c.change, c.sender, now)})
		if err != nil || receipts[0].GetStatus() != c.want {
			t.Fatalf("%v, %v", receipts, err)
		}
	}
	if _, done, err := core.Erase(t.Context(), ingest.Erasure{Village: village, Family: l.state.Family, Change: merge.NewID(2, 1, 1), Device: 2, Incarnation: 1}); err != nil || done != ingest.ErasedNow {
		t.Fatalf("erased: %d, %v", done, err)
	}
	id := merge.ID(later.GetId())
	putWaiting(t, elsewhere, core, village, id)
	d := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
	if revision, err := core.Decide(t.Context(), id, d); !errors.Is(err, ingest.ErrNotAdmissible) {
		t.Errorf("admitted under revision %d: %v", revision, err)
	}
	d.Admit, d.Note = false, "Sudah dihapus"
	if _, err := core.Decide(t.Context(), id, d); err != nil {
		t.Errorf("kept out: %v", err)
	}
}

// What another life of the database submits or decides under the id of a change that
// waits is told to be a copy's, and the change can still be admitted.
func TestNoStepOfReviewTakesTheIDOfQuarantinedWork(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := time.Now().UnixMilli()
	l := &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
	}
	waits := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})
	if _, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(waits, &ingest.Sender{Account: 1, Device: 1}, now)}); err != nil {
		t.Fatal(err)
	}
	family, id := merge.NewID(1, 1, 1), merge.ID(waits.GetId())
	submission, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{Id: id[:], Village: village, Author: 1, FamilyIds: [][]byte{family[:]}}, collector)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		decision *ksv1.ReviewDecision
	}{
		{"a verdict", &ksv1.ReviewDecision{Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, JudgedDigest: make([]byte, len(merge.Digest{}))}},
		{"a decision on a double", &ksv1.ReviewDecision{Duplicate: &ksv1.DuplicateDecision{Action: review.Unknown, Tokens: [][]byte{make([]byte, review.TokenSize)}}}},
		{"a submission", nil},
	} {
		act := submission
		if d := c.decision; d != nil {
			d.VerdictId, d.Village, d.Author, d.FamilyId = id.String(), village, 1, family.String()
			if act, err = ingest.PrepareDecision(d, &ingest.Sender{Account: 1, Device: 1, MayReview: true, Covers: collector.Covers}); err != nil {
				t.Fatal(err)
			}
		}
		acted, _, err := core.Act(t.Context(), village, []*ingest.Act{act})
		if err != nil || acted[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
			t.Errorf("%s: %v, %v", c.name, acted, err)
		}
	}
	revision, err := core.Decide(t.Context(), id, ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}})
	if err != nil || revision == 0 {
		t.Errorf("admitted under revision %d: %v", revision, err)
	}
}
