package device

import (
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The server holds what it took while its clock was hours ahead. What follows is stamped
// after that; where the server refuses even that, as an older one does, or one that was put
// back, by its clock.
func TestARefusedStampFollowsWhatTheServerHolds(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	taken := merge.StampOf(page.GetChanges()[0].GetStamp())
	ack := &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, Revision: 1}}}
	if err := s.storeReceipts(t.Context(), page, ack); err != nil {
		t.Fatal(err)
	}
	list, _ := s.Families(Query{})
	now := time.Now()
	s.env.Now = func() time.Time { return now.Add(time.Minute) } // another stamp than the step after
	saveHead(t, s, list[0].ID, "Dikoreksi")
	server := uint64(now.Add(-5 * time.Hour).UnixMilli())
	after := taken
	after.Counter++
	for _, want := range []merge.Stamp{after, {TimeMS: server, Counter: 1, Device: taken.Device, Incarnation: taken.Incarnation}} {
		pending, err := s.readPending(t.Context(), 1<<16)
		if err != nil || len(pending.GetChanges()) != 1 {
			t.Fatalf("to be sent: %v, %v", pending, err)
		}
		ack := &ksv1.SyncUploadAck{ClockMs: server, Receipts: []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD}}}
		if err := s.storeReceipts(t.Context(), pending, ack); err != nil {
			t.Fatal(err)
		}
		out, err := s.Outbox(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if got := merge.StampOf(out[0].Change.GetStamp()); got != want {
			t.Errorf("stamped %v, want %v", got, want)
		}
	}
}
