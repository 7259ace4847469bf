package ingest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// life is one of the databases that write under a source.
type life struct {
	village uint32
	state   merge.State
	clock   merge.Clock
	next    uint64
}

// save makes a change to the life's family; what it writes, the life sees from then on.
func (l *life) save(t *testing.T, f *ksv1.Family) *ksv1.Change {
	t.Helper()
	return l.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: f})
}

func (l *life) edit(t *testing.T, edits ...merge.RecordEdit) *ksv1.Change {
	t.Helper()
	c, _, err := merge.NewChange(&l.state, l.clock.Next(l.clock.Last.TimeMS+1), edits)
	if err != nil {
		t.Fatal(err)
	}
	l.next++
	id := merge.NewID(l.clock.Device, l.clock.Incarnation, l.next)
	c.Id, c.Village, c.Author = id[:], l.village, 1
	delta, err := merge.FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	l.state = merge.Join(l.state, delta)
	return c
}

// Two lives of a database went on under one source. What the one wrote the other has not
// seen, whichever arrives first; joined under the names that it has, the one whose stamp
// is earlier would pass for superseded. A change that only arrives late is no such.
func TestAChangeOfAnotherLifeOfTheDatabaseIsNotJoined(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := uint64(time.Now().UnixMilli())
	clock := func(atMS uint64) merge.Clock {
		return merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: atMS}}
	}
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	send := func(c *ksv1.Change, sender *ingest.Sender) ksv1.ReceiptStatus {
		t.Helper()
		receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(c), sender, int64(now))})
		if err != nil {
			t.Fatal(err)
		}
		return receipts[0].GetStatus()
	}
	for name, c := range map[string]struct {
		family uint64
		// other is when the other life, copied once the family was made, wrote; the family
		// was made at 100, and this life wrote again at 200.
		other  uint64
		field  *ksv1.Family
		sender *ingest.Sender
		want   ksv1.ReceiptStatus
	}{
		"later":             {1, 300, &ksv1.Family{HeadName: proto.String("Siti")}, sender, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED},
		"earlier":           {2, 150, &ksv1.Family{HeadName: proto.String("Siti")}, sender, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED},
		"at the same time":  {9, 200, &ksv1.Family{HeadName: proto.String("Siti")}, sender, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED},
		"to another field":  {3, 300, &ksv1.Family{Address: proto.String("Jl. Melati")}, sender, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
		"an import":         {4, 150, &ksv1.Family{HeadName: proto.String("Siti")}, &ingest.Sender{Trusted: true}, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
		"waits for a word":  {5, 150, &ksv1.Family{HeadName: proto.String("Siti")}, &ingest.Sender{Account: 1, Device: 1}, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED},
		"deposited":         {7, 150, &ksv1.Family{HeadName: proto.String("Siti")}, &ingest.Sender{Device: 1, Deposited: true}, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED},
		"brought by others": {8, 300, &ksv1.Family{HeadName: proto.String("Siti")}, &ingest.Sender{Account: 1, Device: 1, Forked: true}, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED},
		"admitted, earlier": {6, 150, &ksv1.Family{HeadName: proto.String("Siti")}, &ingest.Sender{Account: 1, Device: 1, Admitted: true}, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
	} {
		one := &life{village: village, state: merge.State{Family: merge.NewID(1, 1, c.family)}, clock: clock(now - 1000 + 99), next: 1000 * c.family}
		made := one.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")})
		other := &life{village: village, state: one.state, clock: clock(now - 1000 + c.other - 1), next: 1000*c.family + 500}
		one.clock = clock(now - 1000 + 199)
		for _, own := range []*ksv1.Change{made, one.save(t, &ksv1.Family{HeadName: proto.String("Budiman")})} {
			if got := send(own, sender); got != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
				t.Fatalf("%s: the first life's own: %s", name, got)
			}
		}
		if got := send(other.save(t, c.field), c.sender); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if c.sender.Admitted && conflicts(t, core, village, one.state.Family) != 1 {
			t.Errorf("%s: what it wrote, or what it had not seen, is gone", name)
		}
	}
}

// What comes by one commit is compared as what came before.
func TestTwoLivesOfADatabaseAreToldApartWithinACommit(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := uint64(time.Now().UnixMilli())
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	for number, known := range []bool{true, false} {
		one := &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, uint64(1+number))}, next: uint64(1000 * (1 + number)),
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: now - 1000}},
		}
		made := one.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")})
		other := &life{village: village, state: one.state, clock: one.clock, next: one.next + 500}
		one.clock.Last.TimeMS += 100
		later, unseen := one.save(t, &ksv1.Family{HeadName: proto.String("Budiman")}), other.save(t, &ksv1.Family{HeadName: proto.String("Siti")})
		batches := [][]*ksv1.Change{{made, later, unseen}}
		if known {
			batches = [][]*ksv1.Change{{made}, {later, unseen}}
		}
		var got []ksv1.ReceiptStatus
		for _, changes := range batches {
			var batch []*ingest.Incoming
			for _, c := range changes {
				batch = append(batch, ingest.Prepare(c, sender, int64(now)))
			}
			receipts, _, err := core.Commit(t.Context(), village, batch)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range receipts {
				got = append(got, r.GetStatus())
			}
		}
		const applied, forked = ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED
		if !slices.Equal(got, []ksv1.ReceiptStatus{applied, applied, forked}) {
			t.Errorf("of a family that was there (%v): %v", known, got)
		}
	}
}

// conflicts counts the registers of a stored family that hold several values.
func conflicts(t *testing.T, core *ingest.Core, village uint32, family merge.ID) (n int) {
	t.Helper()
	err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{village}, family)
		if err != nil {
			return err
		}
		_, _, state, err := core.Vault.OpenFamily(&row)
		n = len(merge.Conflicts(&state))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAChangeThatArrivesLateIsJoined(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := time.Now().UnixMilli()
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	for commits := uint64(1); commits <= 3; commits += 2 {
		one := &life{village: village, state: merge.State{Family: merge.NewID(1, 1, commits)}, clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}}, next: 10 * commits}
		made := one.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")})
		late, last := one.save(t, &ksv1.Family{HeadName: proto.String("Budiman")}), one.save(t, &ksv1.Family{HeadName: proto.String("Budi Santoso")})
		var all []*ingest.Incoming
		for _, c := range []*ksv1.Change{made, last, late} {
			all = append(all, ingest.Prepare(c, sender, now))
		}
		for batch := range slices.Chunk(all, 3/int(commits)) {
			receipts, _, err := core.Commit(t.Context(), village, batch)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range receipts {
				if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
					t.Errorf("change %d of a commit of %d: %v", i, len(batch), r)
				}
			}
		}
	}
}
