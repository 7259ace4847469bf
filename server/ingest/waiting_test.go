package ingest_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

// Work that waits for a decision is known when it is sent again, and once it is admitted,
// though a person in it was erased, before it came or since.
func TestWhatWaitsIsKnownThoughAPartOfItWasErased(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ before, otherLife bool }{
		"before it came": {before: true},
		"since":          {},
		"since, and another life of its database has written meanwhile": {otherLife: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			now := time.Now().UnixMilli()
			family, member := merge.NewID(1, 1, 1), merge.NewID(1, 1, 2)
			one := &life{
				village: village, state: merge.State{Family: family}, next: 10,
				clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
			}
			inFamily := merge.Key{Kind: merge.KindFamily}
			ofMember := merge.Key{Kind: merge.KindMember, Member: member}
			made := one.edit(t,
				merge.RecordEdit{Key: inFamily, Set: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")}},
				merge.RecordEdit{Key: ofMember, Set: &ksv1.Member{Name: proto.String("Budi")}})
			other := *one
			edit := one.edit(t,
				merge.RecordEdit{Key: inFamily, Set: &ksv1.Family{Address: proto.String("Jalan Baru"), HeadName: proto.String("Budiman")}},
				merge.RecordEdit{Key: ofMember, Set: &ksv1.Member{Name: proto.String("Budiman")}})
			noRight := *collector
			noRight.MayCollect = false
			send := func(c *ksv1.Change, sender ingest.Sender, want ksv1.ReceiptStatus) *ksv1.Receipt {
				t.Helper()
				receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(c), &sender, now)})
				if err != nil || receipts[0].GetStatus() != want {
					t.Fatalf("%v, %v; want %s", receipts, err, want)
				}
				return receipts[0]
			}
			erase := func() {
				t.Helper()
				e := ingest.Erasure{Village: village, Family: family, Member: member, Change: merge.NewID(9, 1, 1), Device: 9, Incarnation: 1}
				if _, done, err := core.Erase(t.Context(), e); err != nil || done != ingest.ErasedNow {
					t.Fatal(done, err)
				}
			}
			send(made, *collector, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
			if x.before {
				erase()
			}
			send(edit, noRight, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED)
			if x.otherLife {
				other.next = 100
				send(other.save(t, &ksv1.Family{Address: proto.String("Jalan Lain")}), *collector, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
			}
			if !x.before {
				erase()
			}
			// A stranger is not told that what they guess was so.
			send(edit, ingest.Sender{Account: 77, Device: 55, Deposited: true}, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED)
			foreign := *collector
			foreign.Device, foreign.Handed = 55, []ingest.Handed{{Device: 56, Incarnation: 1}}
			claimed := proto.CloneOf(edit)
			claimed.Stamp.Device = 56
			send(claimed, foreign, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED)
			heir := foreign
			heir.Handed = []ingest.Handed{{Device: 1, Incarnation: 1}}
			send(edit, heir, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED)
			send(edit, noRight, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED)
			decision := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
			if _, err := core.Decide(t.Context(), merge.ID(edit.GetId()), decision); err != nil {
				t.Fatal(err)
			}
			last := send(edit, noRight, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE)
			if own := last.GetStamp() != nil; own != x.otherLife {
				t.Errorf("under a source of its own: %t", own)
			}
		})
	}
}
