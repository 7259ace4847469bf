package device

import (
	"database/sql"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The name that is kept beside a verdict which was not applied goes with an erasure in its family.
func TestAnErasureTakesTheNameBesideAVerdict(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	d := &ksv1.ReviewDecision{VerdictId: s.nextID().String(), FamilyId: merge.ID(page.GetChanges()[0].GetFamilyId()).String()}
	if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.insertDecision(t.Context(), tx, d) }); err != nil {
		t.Fatal(err)
	}
	ack := &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED, Reason: "NO_RIGHT"}}}
	if err := s.storeReceipts(t.Context(), &ksv1.UploadPage{Decisions: []*ksv1.ReviewDecision{d}}, ack); err != nil {
		t.Fatal(err)
	}
	id, err := merge.ParseID(d.GetVerdictId())
	if err != nil {
		t.Fatal(err)
	}
	name, err := s.vault.seal(tableHeadName, id, []byte("Budi"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(t.Context(), `UPDATE decision SET head_name = ?`, name); err != nil {
		t.Fatal(err)
	}
	if list, err := s.NotApplied(t.Context(), 10); err != nil || len(list) != 1 || list[0].HeadName != "Budi" {
		t.Fatalf("%+v, %v", list, err)
	}
	tellErasure(t, s, page, &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}, HeadName: true})
	if list, err := s.NotApplied(t.Context(), 10); err != nil || len(list) != 1 || list[0].HeadName != "" {
		t.Errorf("%+v, %v", list, err)
	}
}
