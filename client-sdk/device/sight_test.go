package device

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A family's own work is applied, a later change waits in quarantine, and the RT is taken
// away: of the family the waiting change alone is left to be seen. What is written over
// that must not pass for having seen what was applied.
func TestADeviceThatLostSightOfItsOwnWorkWritesUnderAnotherSource(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	list, _ := s.Families(Query{})
	id := list[0].ID
	for i, page := range sendAll(t, s, 1) {
		receipts := &ksv1.SyncUploadAck{}
		for range page.GetChanges() {
			r := &ksv1.Receipt{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, Revision: 1}
			if i > 0 {
				r = &ksv1.Receipt{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED}
			}
			receipts.Receipts = append(receipts.Receipts, r)
		}
		if err := s.storeReceipts(t.Context(), page, receipts); err != nil {
			t.Fatal(err)
		}
	}
	out, err := s.Outbox(t.Context(), 10)
	if err != nil || len(out) != 2 {
		t.Fatalf("%d changes: %v", len(out), err)
	}
	made := out[0].Change
	if out[0].Status != StatusApplied {
		made = out[1].Change
	}
	welcome := func(places ...string) {
		t.Helper()
		err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{Epoch: 1, Scope: &ksv1.SyncScope{Villages: []*ksv1.VillageScope{
			{Village: 7, Code: "32.04.05.2001", Places: places, DigestKey: make([]byte, 32), PuskesmasCode: "P1"}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	welcome("*")
	state, err := merge.FromChange(made)
	if err != nil {
		t.Fatal(err)
	}
	page, err := LookAt(&ksv1.FeedPage{Village: 7, Families: []*ksv1.FeedFamily{{State: state.Encode(nil), Revision: 1}},
		Cursor: &ksv1.VillageMark{Village: 7, Revision: 1, Hash: make([]byte, 16)}})
	if err == nil {
		err = s.storePage(t.Context(), page)
	}
	if err != nil {
		t.Fatal(err)
	}
	held := s.identity.incarnation
	welcome("*")
	if s.identity.incarnation != held {
		t.Error("a device that lost sight of nothing took a new incarnation")
	}
	welcome("009/009")
	if confirmed, err := s.Confirmed(t.Context()); err != nil || len(confirmed) != 0 {
		t.Fatalf("the family is still held: %v, %v", confirmed, err)
	}
	blind, err := s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("004/004")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	after, err := merge.FromChange(blind[0])
	if err != nil {
		t.Fatal(err)
	}
	after = merge.Join(state, after)
	if len(merge.Conflicts(&after)) == 0 {
		t.Error("what was applied is gone, and nobody has superseded it")
	}
}

// A page that goes ahead of the welcome is taken, its receipts are lost, and the server is
// put back to a state that has it: it takes every database for a copy then, and under new
// names what it has would come twice. Of what a copy sends nobody takes anything.
func TestWhatWentAheadKeepsItsNameIfNobodyAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sessions int
		keeps    bool
	}{
		"told in the session in which it went": {1, false}, "told in the next": {2, true},
	} {
		s := openOverwritten(t)
		before, err := s.Outbox(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.sessions {
			if _, err := s.openSession(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			if i > 0 {
				break // told before it sends
			}
			if page, err := s.readPending(t.Context(), 1<<16); err != nil || len(page.GetChanges()) != len(before) {
				t.Fatalf("%s: %v, %v", name, page, err)
			}
		}
		if err := s.reincarnate(t.Context()); err != nil {
			t.Fatal(err)
		}
		after, err := s.Outbox(t.Context(), 10)
		if err != nil || len(after) != len(before) {
			t.Fatalf("%s: %v, %v", name, after, err)
		}
		for i := range after {
			if (after[i].ChangeID == before[i].ChangeID) != c.keeps {
				t.Errorf("%s: change %s is %s now", name, before[i].ChangeID, after[i].ChangeID)
			}
		}
	}
}
