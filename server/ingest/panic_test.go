package ingest_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// newFamilies are changes of one device that make a family each.
func newFamilies(t *testing.T, village uint32, senders ...*ingest.Sender) []*ingest.Incoming {
	t.Helper()
	clock := merge.Clock{Device: 1, Incarnation: 1}
	var out []*ingest.Incoming
	for i, sender := range senders {
		state := merge.State{Family: merge.NewID(1, 1, uint64(1+i))}
		c, _, err := merge.NewChange(&state, clock.Next(uint64(time.Now().UnixMilli())), []merge.RecordEdit{
			{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		id := merge.NewID(1, 1, uint64(10+i))
		c.Id, c.Village, c.Author = id[:], village, 1
		out = append(out, ingest.Prepare(c, sender, time.Now().UnixMilli()))
	}
	return out
}

// A change on which the merge panics waits for a supervisor; its neighbours are
// applied, the village goes on, and the change can be admitted once the server
// can read it.
func TestAChangeThatMakesTheMergePanicIsSetAsideAlone(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	good := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	poison := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { panic("planned") }}
	batch := newFamilies(t, village, good, poison, good, good)
	batch[3].Poison() // by its preparation
	pipeline := ingest.NewPipeline(core, true)
	defer pipeline.Close()
	if err := core.Anticipate(village, batch); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and so again when it is sent again
		receipts, _, err := pipeline.Commit(t.Context(), village, batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range receipts {
			held := r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED && r.GetReason() == ingest.ReasonPanic
			if held != (i == 1 || i == 3) || !held && r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED && r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE {
				t.Errorf("change %d: %s %s", i, r.GetStatus(), r.GetReason())
			}
		}
	}
	for _, id := range []uint64{11, 13} {
		d := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
		if _, err := core.Decide(t.Context(), merge.NewID(1, 1, id), d); err != nil {
			t.Errorf("admit change %d: %v", id, err)
		}
	}
	err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.FamiliesByID(ctx, village, nil, merge.ID{}, 9)
		if len(list) != 4 {
			t.Errorf("%d families at the end, want 4", len(list))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
