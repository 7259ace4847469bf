package device

import (
	"database/sql"
	"errors"
	"maps"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/sqlite"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// answered is a closed store with four families of which the server has applied, refused
// and quarantined one each, and a submission that it has had; the first of them was not
// sent. states is what the file tells of each change, by id.
func answered(t *testing.T) (o Options, states map[merge.ID][4]int64) {
	t.Helper()
	o, _ = former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]merge.ID, 3)
	for i := range ids {
		ids[i] = s.NewFamilyID()
		saveFamily(t, s, ids[i])
	}
	if _, err := s.Submit(t.Context(), ids[:1], ""); err != nil {
		t.Fatal(err)
	}
	pages := sendAll(t, s, 1)
	receipts := []ksv1.ReceiptStatus{ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID,
		ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED}
	for i, page := range pages[1:] { // of the first the answer is lost
		err := s.storeReceipts(t.Context(), page, &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{{Status: receipts[i], Revision: 1, Reason: "X"}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	states = statesOf(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o, states
}

// statesOf are status, time of the receipt, copied and time of the save by change.
func statesOf(t *testing.T, s *Store) map[merge.ID][4]int64 {
	t.Helper()
	out := map[merge.ID][4]int64{}
	err := eachRow(t.Context(), s.db, `SELECT id, status, acked_ms, copied, saved_ms FROM change`, nil, func(rows *sql.Rows) error {
		var id []byte
		var v [4]int64
		err := rows.Scan(&id, &v[0], &v[1], &v[2], &v[3])
		out[merge.ID(id)] = v
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// salvagedOf is the store that is made of a file that was damaged.
func salvagedOf(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := salvage(t.Context(), o, formerPassword, errors.New("damaged"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestADamagedFilesWorkKeepsWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	o, want := answered(t)
	s := salvagedOf(t, o)
	for id, state := range want {
		if Status(state[0]) == StatusApplied { // offered again
			state[0] = int64(StatusPending)
			if state[1] == 0 {
				t.Fatalf("%s was not acked", id)
			}
		}
		want[id] = state
	}
	if got := statesOf(t, s); !maps.Equal(got, want) {
		t.Errorf("status, acked, copied, saved: %v, want %v", got, want)
	}
	list, err := s.Outbox(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if (e.Status == StatusRefused || e.Status == StatusQuarantined) && e.Receipt.GetReason() != "X" {
			t.Errorf("why a change is %d is not told any more: %v", e.Status, e.Receipt)
		}
	}
}

// The server knows it by its names: under others it would take it twice. What it refused it
// does not have.
func TestWhatADamagedFileHadSentKeepsItsNames(t *testing.T) {
	t.Parallel()
	o, before := answered(t)
	s := salvagedOf(t, o)
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := statesOf(t, s)
	for id, state := range before {
		if _, ok := after[id]; ok == (Status(state[0]) == StatusRefused) {
			t.Errorf("change %s of status %d keeps its name: %t", id, state[0], ok)
		}
	}
	pages := sendAll(t, s, 1<<16)
	if last := pages[len(pages)-1]; len(last.GetSubmissions()) != 1 {
		t.Errorf("the submission that the server has had is not offered again: %v", last)
	}
}

func TestASpoiledAnswerInADamagedFileCostsTheAnswerAlone(t *testing.T) {
	t.Parallel()
	o, before := answered(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.db.ExecContext(t.Context(), `UPDATE change SET receipt = randomblob(64) WHERE receipt IS NOT NULL`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if got := statesOf(t, salvagedOf(t, o)); len(got) != len(before) {
		t.Errorf("%d changes of %d were taken over", len(got), len(before))
	}
}

// What a damaged database offers again may be all that there is of it, and go into a
// backup file or on by a hand-over before the next sync.
func TestWhatADamagedDatabaseOffersAgainIsSealedForTheServer(t *testing.T) {
	t.Parallel()
	o, states := answered(t)
	db, err := sql.Open("sqlite3", sqlite.DSN(o.Path, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `UPDATE change SET chain_hash = zeroblob(32) WHERE seq = 2`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if s.Loss() == nil {
		t.Fatal("the damage was not seen")
	}
	offered := 0
	for id, state := range statesOf(t, s) {
		if Status(state[0]) == StatusPending && Status(states[id][0]) == StatusApplied {
			offered++
		}
	}
	bare, err := collect[int](t.Context(), s.db, `SELECT seq FROM change WHERE status = 0 AND escrow IS NULL`)
	if err != nil || offered == 0 || len(bare) > 0 {
		t.Errorf("%d are offered again, of which %v have no seal, %v", offered, bare, err)
	}
}
