package device

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// tellErasure brings by the feed who was erased of the family of a page's change.
func tellErasure(t *testing.T, s *Store, page *ksv1.UploadPage, e *ksv1.FamilyErasure) {
	t.Helper()
	e.FamilyId = page.GetChanges()[0].GetFamilyId()
	notice := &ksv1.FeedNotice{Revision: 1, Notice: &ksv1.FeedNotice_Erasure{Erasure: e}}
	if err := s.storePage(t.Context(), &Page{FeedPage: &ksv1.FeedPage{Notices: []*ksv1.FeedNotice{notice}}}); err != nil {
		t.Fatal(err)
	}
}

// The receipt says no more than that the server has the change: it was lost before the
// erasure, or the work is offered once more to a restored server.
func TestAnErasureToldBeforeAReceiptIsToldAgainBehindIt(t *testing.T) {
	t.Parallel()
	member := &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}, HeadName: true}
	for name, c := range map[string]struct {
		erasure *ksv1.FamilyErasure
		receipt ksv1.ReceiptStatus
		before  Status
		after   Status
	}{
		"a member, applied":     {member, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, StatusApplied, StatusApplied},
		"a member, waiting":     {member, quarantined, StatusQuarantined, StatusQuarantined},
		"the family, applied":   {&ksv1.FamilyErasure{}, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, StatusApplied, StatusErased},
		"the family, not known": {&ksv1.FamilyErasure{}, ksv1.ReceiptStatus_RECEIPT_STATUS_ERASED, StatusErased, StatusErased},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, page := openSent(t)
			tellErasure(t, s, page, c.erasure)
			stands(t, "before the receipt", s, StatusPending, "")
			receive(t, s, page, c.receipt)
			stands(t, "behind the receipt", s, c.before, "")
			if after := welcome(t, s, 1); after != 0 {
				t.Errorf("notices are told behind the %d.", after)
			}
			tellErasure(t, s, page, c.erasure)
			stands(t, "told again", s, c.after, "")
			if list, err := s.Outbox(t.Context(), 10); err != nil || strings.Contains(list[0].Change.String(), "Budi") {
				t.Errorf("the change still tells of the erased: %v, %v", list, err)
			}
			if after := welcome(t, s, 1); after != 1 {
				t.Errorf("at last notices are told behind the %d.", after)
			}
		})
	}
}

// What an erasure takes nothing from does not have all notices told again.
func TestAnErasureThatUnsentWorkSaysNothingOfIsToldOnce(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	tellErasure(t, s, page, &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}})
	if after := welcome(t, s, 1); after != 1 {
		t.Errorf("notices are told behind the %d.", after)
	}
}

// A verdict whose receipt is still to come may tell of the erased in its note.
func TestAnErasureToldBeforeAVerdictsReceiptIsToldAgain(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	d := &ksv1.ReviewDecision{VerdictId: s.nextID().String(), FamilyId: merge.ID(page.GetChanges()[0].GetFamilyId()).String(), Note: "Budi sudah pindah"}
	if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.insertDecision(t.Context(), tx, d) }); err != nil {
		t.Fatal(err)
	}
	erasure := &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}}
	tellErasure(t, s, page, erasure)
	ack := &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE}}}
	if err := s.storeReceipts(t.Context(), &ksv1.UploadPage{Decisions: []*ksv1.ReviewDecision{d}}, ack); err != nil {
		t.Fatal(err)
	}
	if after := welcome(t, s, 1); after != 0 {
		t.Errorf("notices are told behind the %d.", after)
	}
	tellErasure(t, s, page, erasure)
	if list, err := s.Decisions(t.Context(), 10); err != nil || len(list) != 1 || list[0].Decision.GetNote() != "" {
		t.Errorf("the verdict still tells of the erased: %v, %v", list, err)
	}
}
