package device

import (
	"bytes"
	"database/sql"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// appliedWith has the server apply a verdict of the user, and gives what comes with its receipt.
func appliedWith(t *testing.T, s *Store, page *ksv1.UploadPage, proof []byte) *ksv1.ReviewDecision {
	t.Helper()
	d := &ksv1.ReviewDecision{
		VerdictId: s.nextID().String(), FamilyId: merge.ID(page.GetChanges()[0].GetFamilyId()).String(), Village: 7, Note: "NIK tertukar", MadeAtMs: s.wallMS(),
	}
	if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.insertDecision(t.Context(), tx, d) }); err != nil {
		t.Fatal(err)
	}
	tellVerdict(t, s, d, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, proof)
	return d
}

func tellVerdict(t *testing.T, s *Store, d *ksv1.ReviewDecision, status ksv1.ReceiptStatus, proof []byte) {
	t.Helper()
	ack := &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{{Status: status, Revision: 1, Proof: proof}}}
	if err := s.storeReceipts(t.Context(), &ksv1.UploadPage{Decisions: []*ksv1.ReviewDecision{d}}, ack); err != nil {
		t.Fatal(err)
	}
}

// offered is the page of verdicts that go to a server under a new epoch.
func offered(t *testing.T, s *Store) *ksv1.UploadPage {
	t.Helper()
	if _, err := s.openSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: 1, Epoch: s.identity.epoch + 1, Scope: &ksv1.SyncScope{}}); err != nil {
		t.Fatal(err)
	}
	for {
		page, err := s.readPending(t.Context(), 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetChanges())+len(page.GetSubmissions()) == 0 {
			return page
		}
	}
}

// proofsIn are the proofs of a page by the verdicts that are offered in it.
func proofsIn(page *ksv1.UploadPage) map[string][]byte {
	out := map[string][]byte{}
	for _, d := range page.GetDecisions() {
		out[d.GetVerdictId()] = nil
		for _, p := range page.GetProofs() {
			if toID(p.GetId()).String() == d.GetVerdictId() {
				out[d.GetVerdictId()] = p.GetProof()
			}
		}
	}
	return out
}

// A server that was restored is offered the proof with the verdict, and a file holds it; what a
// server that gives none says of the verdict takes it from nobody.
func TestTheProofOfAVerdictIsOfferedWithItAgain(t *testing.T) {
	t.Parallel()
	_, s, sent := openSent(t)
	receive(t, s, sent, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	proof := bytes.Repeat([]byte{7}, 32)
	d := appliedWith(t, s, sent, proof)
	plain := appliedWith(t, s, sent, nil)
	large := appliedWith(t, s, sent, make([]byte, syncing.ProofBytes+1))
	for range 2 {
		page := offered(t, s)
		if got := proofsIn(page); len(got) != 3 || !bytes.Equal(got[d.GetVerdictId()], proof) || got[plain.GetVerdictId()] != nil || got[large.GetVerdictId()] != nil {
			t.Fatalf("offered with %v", got)
		}
		sealed, err := s.Copied(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range sealed.Steps {
			if is := toID(item.GetId()).String() == d.GetVerdictId(); is != (len(item.GetProof()) > 0) {
				t.Errorf("a file has %x of %x", item.GetProof(), item.GetId())
			}
		}
		for _, each := range page.GetDecisions() {
			tellVerdict(t, s, each, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, nil)
		}
	}
}

// It is of the verdict as it was sent, and goes with its name or its note.
func TestTheProofOfAVerdictGoesWithWhatItIsOf(t *testing.T) {
	t.Parallel()
	_, s, sent := openSent(t)
	receive(t, s, sent, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	d := appliedWith(t, s, sent, bytes.Repeat([]byte{7}, 32))
	offered(t, s)
	tellVerdict(t, s, d, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED, nil)
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	page := offered(t, s)
	if len(page.GetDecisions()) != 1 || page.GetDecisions()[0].GetVerdictId() == d.GetVerdictId() || len(page.GetProofs()) > 0 {
		t.Errorf("under another name: %v", page)
	}
	tellVerdict(t, s, page.GetDecisions()[0], ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, bytes.Repeat([]byte{8}, 32))
	tellErasure(t, s, sent, &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}, HeadName: true})
	if kept, err := collect[int](t.Context(), s.db, `SELECT 1 FROM decision WHERE proof IS NOT NULL`); err != nil || len(kept) > 0 {
		t.Errorf("kept beside a verdict whose note was erased: %v, %v", kept, err)
	}
}

// Without its note a verdict is not what the server knows by its id: told to be another's, it
// took all unsent work along to new names.
func TestAVerdictThatLostItsNoteIsNotOfferedAgain(t *testing.T) {
	t.Parallel()
	_, s, sent := openSent(t)
	receive(t, s, sent, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	appliedWith(t, s, sent, bytes.Repeat([]byte{7}, 32))
	tellErasure(t, s, sent, &ksv1.FamilyErasure{MemberIds: [][]byte{make([]byte, 16)}, HeadName: true})
	if page := offered(t, s); len(page.GetDecisions()) > 0 {
		t.Errorf("offered: %v", page)
	}
}

// A damaged database's verdicts are offered again with theirs.
func TestTheProofOfAVerdictOutlastsADamagedFile(t *testing.T) {
	t.Parallel()
	o, s, sent := openSent(t)
	receive(t, s, sent, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	proof := bytes.Repeat([]byte{7}, 32)
	d := appliedWith(t, s, sent, proof)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := proofsIn(offered(t, salvagedOf(t, o))); len(got) != 1 || !bytes.Equal(got[d.GetVerdictId()], proof) {
		t.Errorf("offered with %v", got)
	}
}

// A file of before proofs were kept is read all the same.
func TestADamagedFileOfBeforeProofsLosesNoVerdict(t *testing.T) {
	t.Parallel()
	o, s, sent := openSent(t)
	receive(t, s, sent, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	d := appliedWith(t, s, sent, nil)
	for _, statement := range []string{`ALTER TABLE decision DROP COLUMN proof`, `DELETE FROM goose_db_version WHERE version_id = 33`} {
		if _, err := s.db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := proofsIn(offered(t, salvagedOf(t, o))); len(got) != 1 || got[d.GetVerdictId()] != nil {
		t.Errorf("offered with %v", got)
	}
}
