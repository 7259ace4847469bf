package device

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// refuse has the server not apply a verdict on the family of a page, with which its head's name
// is kept.
func refuse(t *testing.T, s *Store, page *ksv1.UploadPage) *ksv1.ReviewDecision {
	t.Helper()
	d := &ksv1.ReviewDecision{VerdictId: s.nextID().String(), FamilyId: merge.ID(page.GetChanges()[0].GetFamilyId()).String(), Note: "NIK tertukar", MadeAtMs: s.wallMS()}
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
	if _, err := s.db.ExecContext(t.Context(), `UPDATE decision SET head_name = ? WHERE id = ?`, name, id[:]); err != nil {
		t.Fatal(err)
	}
	return d
}

// listsRefused checks that the only verdict that was not applied is told, with a head's name
// and a note.
func listsRefused(t *testing.T, when string, s *Store, name, note string) {
	t.Helper()
	list, err := s.NotApplied(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].HeadName != name || list[0].Decision.GetNote() != note || list[0].Receipt.GetReason() != "NO_RIGHT" {
		t.Fatalf("%s: %+v, %v", when, list, err)
	}
}

// The name that is kept beside a verdict which was not applied goes with an erasure in its family.
func TestAnErasureTakesTheNameBesideAVerdict(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	refuse(t, s, page)
	listsRefused(t, "refused", s, "Budi", "NIK tertukar")
	tellErasure(t, s, page, &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}, HeadName: true})
	listsRefused(t, "a member was erased", s, "", "")
}

// welcomeAfter has the store told that its server's clock went on.
func welcomeAfter(t *testing.T, s *Store, later time.Duration) {
	t.Helper()
	_, err := s.openSession(t.Context(), "")
	if err == nil {
		clock := uint64(s.toldMS() + later.Milliseconds())
		err = s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: clock, Epoch: s.identity.epoch, Scope: &ksv1.SyncScope{}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A family that left the device may be erased without a word to it: whom a verdict that was not
// applied was about, and what was written, stay as long as applied work, also where no area is
// left. That it was not applied is told until it is read.
func TestWhatTellsOfPeopleBesideARefusedVerdictIsForgotten(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	refuse(t, s, page)
	welcomeAfter(t, s, KeepAppliedFor-time.Hour)
	listsRefused(t, "before the time to keep", s, "Budi", "NIK tertukar")
	welcomeAfter(t, s, 2*time.Hour)
	listsRefused(t, "after it", s, "", "")
	welcomeAfter(t, s, KeepAppliedFor)
	listsRefused(t, "long after it", s, "", "")
}

// Whether what an earlier version was told was read then nobody knows, and it may have been
// judged again since.
func TestVerdictsThatWereRefusedBeforeTheUpgradeAreNotToldAnew(t *testing.T) {
	t.Parallel()
	o, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	refuse(t, s, page)
	before032(t, s)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if list, err := s.NotApplied(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("told: %+v, %v", list, err)
	}
	if list, err := s.Decisions(t.Context(), 10); err != nil || len(list) != 1 || list[0].Status != DecisionNotApplied {
		t.Errorf("passed: %+v, %v", list, err)
	}
	refuse(t, s, page)
	listsRefused(t, "refused since", s, "Budi", "NIK tertukar")
	welcomeAfter(t, s, KeepAppliedFor+time.Hour)
	if list, err := s.Decisions(t.Context(), 10); err != nil || len(list) != 2 || list[0].Decision.GetNote() != "" || list[1].Decision.GetNote() != "" {
		t.Errorf("after the time to keep: %+v, %v", list, err)
	}
}

// before032 makes a store, which it closes, one of before migration 032.
func before032(t *testing.T, s *Store) {
	t.Helper()
	var err error
	for _, statement := range []string{
		`DROP INDEX decision_refused`, `ALTER TABLE decision DROP COLUMN head_name`, `ALTER TABLE decision DROP COLUMN acknowledged`,
		`ALTER TABLE decision DROP COLUMN refused_ms`,
		`DELETE FROM goose_db_version WHERE version_id = 32`,
	} {
		_, failed := s.db.ExecContext(t.Context(), statement)
		err = errors.Join(err, failed)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// What the server answered to a verdict stands where the name beside it can't be read back: it
// is listed without one, and not offered again, when it might apply.
func TestADamagedNameBesideAVerdictTakesNothingElse(t *testing.T) {
	t.Parallel()
	o, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	refuse(t, s, page)
	if _, err := s.db.ExecContext(t.Context(), `UPDATE decision SET head_name = x'0102'`); err != nil {
		t.Fatal(err)
	}
	listsRefused(t, "damaged", s, "", "NIK tertukar")
	if list, err := s.Decisions(t.Context(), 10); err != nil || len(list) != 1 {
		t.Errorf("passed: %+v, %v", list, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	listsRefused(t, "unlocked", s, "", "NIK tertukar")
	if loss := s.Loss(); loss == nil || loss.DamagedRecords == 0 {
		t.Errorf("told of the damage: %+v", loss)
	}
	for _, sent := range sendAll(t, s, 1<<16) {
		if len(sent.GetDecisions()) > 0 {
			t.Errorf("offered again: %v", sent)
		}
	}
}
