package device

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// openSent opens a store with one change, which was sent.
func openSent(t *testing.T) (Options, *Store, *ksv1.UploadPage) {
	t.Helper()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // some tests have closed it
	pages := sendAll(t, s, 1<<16)
	if len(pages) != 1 || len(pages[0].GetChanges()) != 1 {
		t.Fatalf("sent: %v", pages)
	}
	// Which sendAll's welcome took away.
	err = s.takeVillages(t.Context(), []*ksv1.VillageScope{{Village: 7, Code: "32.04.05.2001", Places: []string{"*"}, DigestKey: make([]byte, 32), PuskesmasCode: "P1"}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return o, s, pages[0]
}

// tell brings a supervisor's decision on a page's change by the feed.
func tell(t *testing.T, s *Store, page *ksv1.UploadPage, revision uint64, q *ksv1.QuarantineDecision) {
	t.Helper()
	q.ChangeId = page.GetChanges()[0].GetId()
	notice := &ksv1.FeedNotice{Revision: revision, Notice: &ksv1.FeedNotice_Quarantine{Quarantine: q}}
	if err := s.storePage(t.Context(), &Page{FeedPage: &ksv1.FeedPage{Notices: []*ksv1.FeedNotice{notice}}}); err != nil {
		t.Fatal(err)
	}
}

// receive brings the receipt of a page's change.
func receive(t *testing.T, s *Store, page *ksv1.UploadPage, status ksv1.ReceiptStatus) {
	t.Helper()
	ack := &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{{Status: status, Reason: "OUT_OF_SCOPE"}}}
	if err := s.storeReceipts(t.Context(), page, ack); err != nil {
		t.Fatal(err)
	}
}

// stands checks where the store's only change stands, and by which note; "": by none.
func stands(t *testing.T, when string, s *Store, status Status, note string) {
	t.Helper()
	list, err := s.Outbox(t.Context(), 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: outbox %v, %v", when, list, err)
	}
	if e := list[0]; e.Status != status || (e.Decision != nil) != (note != "") || e.Decision.GetNote() != note {
		t.Errorf("%s: the change is %d by %v; want %d, %q", when, e.Status, e.Decision, status, note)
	}
}

const (
	quarantined = ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED
	noteOut     = "Sudah didata Bu Siti"
	noteIn      = "Benar, terima kasih"
)

func TestADecisionCountsWhetherItOrTheReceiptComesFirst(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]bool{"decision first": true, "receipt first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, d := range []struct {
				decision *ksv1.QuarantineDecision
				want     Status
				families int
			}{
				{&ksv1.QuarantineDecision{Note: noteOut}, StatusKeptOut, 0},
				{&ksv1.QuarantineDecision{Note: noteIn, Admitted: true, Revision: 5}, StatusApplied, 1},
			} {
				o, s, page := openSent(t)
				if first {
					tell(t, s, page, 1, d.decision)
					stands(t, "before the receipt", s, StatusPending, "")
				}
				receive(t, s, page, quarantined)
				if !first {
					stands(t, "before the decision", s, StatusQuarantined, "")
					tell(t, s, page, 1, d.decision)
				}
				stands(t, "after both", s, d.want, d.decision.Note)
				if c, err := s.Counts(t.Context()); err != nil || c.Pending+c.Quarantined != 0 {
					t.Errorf("counts %+v, %v", c, err)
				}
				if list, total := s.Families(Query{}); total != d.families || total > 0 && (list[0].Unsent || list[0].Quarantined) {
					t.Errorf("%d families are shown: %+v", total, list)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				again, err := Open(t.Context(), o, formerPassword)
				if err != nil {
					t.Fatal(err)
				}
				stands(t, "opened again", again, d.want, d.decision.Note)
				if err := again.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The receipt of what was admitted meanwhile says that the server has it; the note follows.
func TestTheNoteOfWhatWasAdmittedComesBehindItsReceipt(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE)
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteIn, Admitted: true, Revision: 5})
	stands(t, "at the end", s, StatusApplied, noteIn)
}

func TestALaterDecisionReplacesAnEarlierOne(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, quarantined)
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteOut})
	tell(t, s, page, 2, &ksv1.QuarantineDecision{Note: noteIn, Admitted: true, Revision: 5})
	stands(t, "admitted after all", s, StatusApplied, noteIn)
	if _, total := s.Families(Query{}); total != 1 {
		t.Errorf("%d families are shown", total)
	}
}

// welcome begins a session with a server of an epoch.
func welcome(t *testing.T, s *Store, epoch uint64) (noticesAfter uint64) {
	t.Helper()
	open, err := s.openSession(t.Context(), "")
	if err == nil {
		err = s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: 1, Epoch: epoch, Scope: &ksv1.SyncScope{}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return open.GetNoticeRevision()
}

// A restored server may have lost the decision, the work, or both, or have got the work
// by another way.
func TestARestoredServerTellsAnewWhatIsKeptOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		receipt  ksv1.ReceiptStatus
		decision *ksv1.QuarantineDecision
		want     Status
		note     string
	}{
		"the decision holds":            {quarantined, &ksv1.QuarantineDecision{Note: noteOut}, StatusKeptOut, noteOut},
		"the decision is lost":          {quarantined, nil, StatusQuarantined, ""},
		"it is decided otherwise":       {quarantined, &ksv1.QuarantineDecision{Note: noteIn, Admitted: true, Revision: 2}, StatusApplied, noteIn},
		"it was merged another way":     {ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, nil, StatusApplied, ""},
		"nothing is known of it at all": {ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, nil, StatusApplied, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s, page := openSent(t)
			receive(t, s, page, quarantined)
			tell(t, s, page, 7, &ksv1.QuarantineDecision{Note: noteOut})
			welcome(t, s, 2)
			stands(t, "offered again", s, StatusPending, "")
			if list, total := s.Families(Query{}); total != 1 || !list[0].Unsent {
				t.Errorf("what is offered again is shown as %+v", list)
			}
			bare, err := collect[int](t.Context(), s.db, `SELECT seq FROM change WHERE escrow IS NULL`)
			if err != nil || len(bare) > 0 {
				t.Errorf("%v has no seal for the server, %v", bare, err)
			}
			if c.decision != nil {
				tell(t, s, page, 9, c.decision)
			}
			receive(t, s, page, c.receipt)
			stands(t, "at the end", s, c.want, c.note)
		})
	}
}

// Whoever restored what: the epoch may be the former one.
func TestAServerWhoseHistoryWasReplacedTellsAnewWhatWaits(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, quarantined)
	err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: 1, Epoch: 1, Scope: &ksv1.SyncScope{}, ResetVillages: []uint32{7}})
	if err != nil {
		t.Fatal(err)
	}
	stands(t, "offered again", s, StatusPending, "")
}

// The restored server gives numbers again that it gave before: what it told this device in
// the session that began behind them is not all.
func TestNoNoticeOfARestoredServerIsPassedBy(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, quarantined)
	tell(t, s, page, 7, &ksv1.QuarantineDecision{Note: noteOut})
	if after := welcome(t, s, 2); after != 7 {
		t.Fatalf("the session begins behind notice %d", after)
	}
	tell(t, s, page, 9, &ksv1.QuarantineDecision{Note: noteOut}) // and the 8th may be another
	if after := welcome(t, s, 2); after != 0 {
		t.Errorf("the next begins behind notice %d", after)
	}
	tell(t, s, page, 9, &ksv1.QuarantineDecision{Note: noteOut})
	if after := welcome(t, s, 2); after != 9 {
		t.Errorf("the last begins behind notice %d", after)
	}
}

// The change of the id that was decided on may be another database's.
func TestADecisionStaysWithTheIDThatItIsAbout(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	family := merge.ID(page.GetChanges()[0].GetFamilyId())
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteOut})
	turnOut(t, s, []*ksv1.UploadPage{page}, family)
	again := sendAll(t, s, 1<<16)
	if len(again) != 1 || merge.ID(again[0].GetChanges()[0].GetId()) == merge.ID(page.GetChanges()[0].GetId()) {
		t.Fatalf("sent under its former id: %v", again)
	}
	receive(t, s, again[0], quarantined)
	stands(t, "under its new id", s, StatusQuarantined, "")
}

func TestASpoiledDecisionIsForgottenAndToldAgain(t *testing.T) {
	t.Parallel()
	o, s, page := openSent(t)
	receive(t, s, page, quarantined)
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteOut})
	_, err := s.db.ExecContext(t.Context(), `UPDATE change SET decision = randomblob(64)`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), o, formerPassword); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Loss() == nil {
		t.Error("the damage was not seen")
	}
	if after := welcome(t, s, 1); after != 0 {
		t.Errorf("notices are told behind the %d.", after)
	}
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteOut})
	receive(t, s, page, quarantined)
	stands(t, "told again", s, StatusKeptOut, noteOut)
}

func TestADamagedFilesDecisionsAreTakenOver(t *testing.T) {
	t.Parallel()
	o, s, page := openSent(t)
	receive(t, s, page, quarantined)
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteOut})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = salvagedOf(t, o)
	stands(t, "salvaged", s, StatusKeptOut, noteOut)
	// Nobody knows whether the server was restored since.
	welcome(t, s, 1)
	stands(t, "at the first welcome", s, StatusPending, "")
}

// before031 makes a store, which it closes, one of before migration 031.
func before031(t *testing.T, s *Store) {
	t.Helper()
	var err error
	for _, statement := range []string{
		`ALTER TABLE change DROP COLUMN decision`, `DELETE FROM goose_db_version WHERE version_id = 31`,
	} {
		_, failed := s.db.ExecContext(t.Context(), statement)
		err = errors.Join(err, failed)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// An earlier version dropped what came before the receipt, and every note.
func TestWhatAnEarlierVersionDroppedIsToldAgain(t *testing.T) {
	t.Parallel()
	o, s, page := openSent(t)
	receive(t, s, page, quarantined)
	tell(t, s, page, 4, &ksv1.QuarantineDecision{Note: noteOut})
	before031(t, s)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	stands(t, "brought to the present form", s, StatusKeptOut, "")
	if after := welcome(t, s, 1); after != 0 {
		t.Errorf("notices are told behind the %d.", after)
	}
	tell(t, s, page, 4, &ksv1.QuarantineDecision{Note: noteOut})
	stands(t, "told again", s, StatusKeptOut, noteOut)
}

// A file may be damaged before it is brought to the present form.
func TestADamagedFileOfAnEarlierVersionKeepsItsReceipts(t *testing.T) {
	t.Parallel()
	o, s, page := openSent(t)
	receive(t, s, page, quarantined)
	before031(t, s)
	saved, err := readDamaged(t.Context(), o, formerPassword)
	if err != nil || len(saved.changes) != 1 || saved.changes[0].receipt.GetReason() != "OUT_OF_SCOPE" {
		t.Errorf("salvaged %+v, %v", saved, err)
	}
}

// Who is told late, as long after the change was received as receipts are kept, reads it
// still after the next page of the feed.
func TestALateDecisionIsKeptForAsLongAsOthers(t *testing.T) {
	t.Parallel()
	_, s, page := openSent(t)
	receive(t, s, page, quarantined)
	const long = 36 * 24 * time.Hour
	if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET acked_ms = acked_ms - ?`, long.Milliseconds()); err != nil {
		t.Fatal(err)
	}
	tell(t, s, page, 1, &ksv1.QuarantineDecision{Note: noteOut})
	if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.forgetApplied(t.Context(), tx, 7, 1) }); err != nil {
		t.Fatal(err)
	}
	stands(t, "after the next page", s, StatusKeptOut, noteOut)
}
