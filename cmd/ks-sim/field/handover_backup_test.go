package field

import (
	"bytes"
	"slices"
	"testing"

	"google.golang.org/grpc/metadata"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// backUpGranted is the file of a colleague who has never signed in on line on the device: an
// interview in the former user's area, submitted.
func (s *shift) backUpGranted(t *testing.T, u *clientsdk.User) (file []byte, made clientsdk.ID, changes int) {
	t.Helper()
	made = s.interview(t, u)
	counts, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Submit(t.Context(), []clientsdk.ID{made}, ""); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if out, err := u.Backup(t.Context(), &b); err != nil || out.Changes != counts.Pending || out.Steps != 1 {
		t.Fatalf("backup: %+v, %v", out, err)
	}
	return b.Bytes(), made, counts.Pending
}

// submitted tells that a family waits for a supervisor's verdict.
func (s *shift) submitted(t *testing.T, id clientsdk.ID) {
	t.Helper()
	mustSync(t, s.supervisor)
	if r, err := s.supervisor.Review(t.Context(), id); err != nil || r.GetState() != ksv1.ReviewState_REVIEW_STATE_SUBMITTED {
		t.Errorf("the family is %v, %v", r.GetState(), err)
	}
}

// The tablet breaks, or comes on line after all: either way the colleague's work is the
// colleague's, in the former user's area too, and waits for nobody.
func TestAColleaguesBackupFileIsTheColleagues(t *testing.T) {
	onEachEngine(t, 3, func(t *testing.T, f *Field) {
		s := handOver(t, f)
		u := s.accept(t)
		file, made, changes := s.backUpGranted(t, u)
		if err := f.Start(t.Context(), f.Address); err != nil {
			t.Fatal(err)
		}
		carry(t, s.supervisor, file)
		mustSync(t, s.supervisor) // records the hand-over, then brings the file
		files, err := s.supervisor.CarriedFiles(t.Context())
		if err != nil || len(files) != 1 || files[0].Applied != changes+1 {
			t.Errorf("the file: %+v, %v; want %d applied", files, err, changes+1)
		}
		if got := s.authors(t, made); !slices.Equal(got, []uint32{f.Surveyors[2].Account}) {
			t.Errorf("the family is by %v", got)
		}
		s.submitted(t, made)
		if result := s.sync(t, u); result.Quarantined+result.Refused > 0 {
			t.Errorf("the tablet itself: %+v", result)
		}
		s.submitted(t, made)
		s.at(t, 3, s.changes+changes)
	})
}

// Where the server has not heard of the hand-over yet, work and submission wait; the tablet's
// own sync adds nothing, and with the decision all is in.
func TestAColleaguesBackupFileBeforeTheHandoverIsRecordedWaits(t *testing.T) {
	onEachEngine(t, 3, func(t *testing.T, f *Field) {
		s := handOver(t, f)
		u := s.accept(t)
		file, made, changes := s.backUpGranted(t, u)
		if err := f.Start(t.Context(), f.Address); err != nil {
			t.Fatal(err)
		}
		statuses := map[ksv1.ReceiptStatus]int{}
		for _, r := range deliverAs(t, f, f.Supervisor, file) {
			statuses[r.GetStatus()]++
		}
		if statuses[ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED] != changes || statuses[ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED] != 1 {
			t.Errorf("the file is answered %v; want %d quarantined, and the submission taken", statuses, changes)
		}
		if got := s.authors(t, made); len(got) > 0 {
			t.Errorf("the family is there by %v", got)
		}
		if result := s.sync(t, u); result.Quarantined != changes || result.Refused > 0 {
			t.Errorf("the tablet itself: %+v", result)
		}
		admitAll(t, f, tokenFor(t, f, f.Supervisor), changes)
		s.submitted(t, made)
		s.at(t, 3, s.changes+changes)
		if got := s.authors(t, made); !slices.Equal(got, []uint32{f.Surveyors[2].Account}) {
			t.Errorf("the family is by %v", got)
		}
		var list struct{ Batches []struct{ BatchID string } }
		restGet(t, f, tokenFor(t, f, f.Supervisor), "/v1/review/batches", &list)
		if len(list.Batches) != 1 {
			t.Errorf("batches: %v", list.Batches)
		}
	})
}

// deliverAs brings a file to the server by itself: no sync goes before it.
func deliverAs(t *testing.T, f *Field, user string, file []byte) (receipts []*ksv1.Receipt) {
	t.Helper()
	parts, err := syncing.ReadBackup(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+tokenFor(t, f, user))
	for _, part := range parts {
		answer, err := ksv1.NewBackupServiceClient(rawConn(t, f)).DeliverBackup(ctx, &ksv1.DeliverBackupRequest{Part: part})
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, answer.GetReceipts()...)
	}
	return receipts
}
