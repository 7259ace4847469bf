package ingest_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// A change sent again under another stamp tells what its own device's next change has seen.
// Another device's, in the same batch, has seen what it says.
func TestAStampSentAgainSpeaksForItsOwnDevice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		device    uint32 // that saves the last change
		asItself  bool   // the one that was committed before comes under its device's own stamp
		conflicts int
	}{
		"of its own device": {1, true, 0}, "of another, whose stamp it pretends to have": {3, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			now := time.Now().UnixMilli()
			family := merge.NewID(1, 1, 10)
			by := func(device uint32, seen ...*ksv1.Change) *life {
				l := &life{village: village, state: merge.State{Family: family}, next: uint64(10 + len(seen)), clock: merge.Clock{Device: device, Incarnation: 2}}
				l.clock.Last.TimeMS = uint64(now - 10_000)
				for _, c := range seen {
					delta, err := merge.FromChange(c)
					if err != nil {
						t.Fatal(err)
					}
					l.state = merge.Join(l.state, delta)
					l.clock.Observe(merge.StampOf(c.GetStamp()))
				}
				return l
			}
			commit := func(batch ...*ksv1.Change) {
				t.Helper()
				var in []*ingest.Incoming
				for _, c := range batch {
					sender := *collector
					sender.Device, _, _, _ = merge.ID(c.GetId()).Source()
					in = append(in, ingest.Prepare(proto.CloneOf(c), &sender, now))
				}
				receipts, _, err := core.Commit(t.Context(), village, in)
				for _, r := range receipts {
					if s := r.GetStatus(); s != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED && s != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE {
						t.Errorf("receipt %v", r)
					}
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			first := by(1).save(t, &ksv1.Family{Place: proto.String("003/007"), Address: proto.String("Satu")})
			second := by(2, first).save(t, &ksv1.Family{Address: proto.String("Dua")})
			again := proto.CloneOf(first)
			var last *ksv1.Change
			if c.asItself {
				// It was committed under the stamp that it had in a file.
				again.Stamp.TimeMs, again.Stamp.Incarnation = again.GetStamp().GetTimeMs()+1, 3
				commit(first)
				last = by(c.device, again).save(t, &ksv1.Family{Address: proto.String("Tiga")})
			} else {
				commit(first)
				commit(second)
				again.Stamp = second.GetStamp()
				last = by(c.device, first, second).save(t, &ksv1.Family{Address: proto.String("Tiga")})
			}
			commit(again, last)
			err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
				f, err := snap.FindFamily(ctx, []uint32{village}, family)
				if err == nil && f.Conflicts != c.conflicts {
					t.Errorf("%d conflicts, want %d", f.Conflicts, c.conflicts)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// What came under its other name, by a file or from its device, nobody brings once more under
// its own: both are one change, whatever has become of it.
func TestWhatCameUnderItsOtherNameIsNotTakenUnderItsOwn(t *testing.T) {
	t.Parallel()
	const (
		applied     = ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED
		duplicate   = ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE
		quarantined = ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED
		another     = ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED
	)
	byFile, noRight := *collector, *collector
	byFile.Forked, noRight.MayCollect = true, false
	admit, keepOut := true, false
	for name, x := range map[string]struct {
		sender ingest.Sender
		came   ksv1.ReceiptStatus
		admit  *bool // nil: nobody decides
		again  ksv1.ReceiptStatus
	}{
		"waits":                   {byFile, quarantined, nil, quarantined},
		"admitted":                {byFile, quarantined, &admit, duplicate},
		"kept out":                {byFile, quarantined, &keepOut, quarantined},
		"waits for want of right": {noRight, quarantined, nil, quarantined},
		"taken":                   {*collector, applied, nil, duplicate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			now := time.Now().UnixMilli()
			one := &life{
				village: village, state: merge.State{Family: merge.NewID(1, 1, 1)}, next: 10,
				clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
			}
			send := func(c *ksv1.Change, sender ingest.Sender, want ksv1.ReceiptStatus) {
				t.Helper()
				receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(c), &sender, now)})
				if err != nil || receipts[0].GetStatus() != want {
					t.Errorf("%v, %v; want %s", receipts, err, want)
				}
			}
			send(one.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")}), *collector, applied)
			edit := one.save(t, &ksv1.Family{HeadName: proto.String("Budiman")})
			other := proto.CloneOf(edit)
			id := merge.OtherName(merge.ID(edit.GetId()), merge.ContentHash(edit))
			other.Id, other.Stamp.Incarnation = id[:], 7
			send(other, x.sender, x.came)
			if x.admit != nil {
				decision := ingest.Decision{Admit: *x.admit, Supervisor: 2, Villages: []uint32{village}}
				if _, err := core.Decide(t.Context(), id, decision); err != nil {
					t.Fatal(err)
				}
			}
			send(edit, *collector, another)
			send(other, *collector, x.again)
		})
	}
}
