package device

import (
	"errors"
	"strings"
	"testing"
	"time"

	"buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func rulesOf(t *testing.T, m proto.Message, field string) *validate.FieldRules {
	t.Helper()
	fd := m.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(field))
	rules, ok := proto.GetExtension(fd.Options(), validate.E_Field).(*validate.FieldRules)
	if !ok {
		t.Fatalf("%s has no rules", fd.FullName())
	}
	return rules
}

func TestLimitsOfReviewAreTheContracts(t *testing.T) {
	t.Parallel()
	for _, m := range []proto.Message{&ksv1.BatchSubmission{}, &ksv1.ReviewDecision{}} {
		if n := rulesOf(t, m, "note").GetString().GetMaxLen(); n != NoteCharacters {
			t.Errorf("note of %T: %d", m, n)
		}
	}
	if n := rulesOf(t, &ksv1.BatchSubmission{}, "family_ids").GetRepeated().GetMaxItems(); n != BatchFamilies {
		t.Errorf("families of a batch: %d", n)
	}
}

func TestABatchOverTheLimitsIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	if _, err := s.Submit(t.Context(), []merge.ID{id}, strings.Repeat("é", NoteCharacters+1)); !errors.Is(err, ErrNoteTooLong) {
		t.Errorf("a note that is too long: %v", err)
	}
	if _, err := s.Submit(t.Context(), make([]merge.ID, BatchFamilies+1), ""); !errors.Is(err, ErrTooManyFamilies) {
		t.Errorf("too many families: %v", err)
	}
	if _, err := s.Submit(t.Context(), []merge.ID{id}, strings.Repeat("é", NoteCharacters)); err != nil {
		t.Errorf("as long as may be: %v", err)
	}
}

func TestSubmissionsAreSentPageByPage(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	const batches = 100
	var want []merge.ID
	for range batches {
		batch, err := s.Submit(t.Context(), []merge.ID{id}, strings.Repeat("é", NoteCharacters))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, batch)
	}
	if _, err := s.openSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	var got []merge.ID
	for {
		page, err := s.readPending(t.Context(), syncing.ChunkBytes)
		if err != nil {
			t.Fatal(err)
		}
		if size := proto.Size(page); size > syncing.ChunkBytes {
			t.Errorf("a page of %d bytes", size)
		}
		if len(page.GetChanges())+len(page.GetSubmissions()) == 0 {
			break
		}
		for _, b := range page.GetSubmissions() {
			got = append(got, toID(b.GetId()))
		}
	}
	if len(got) != len(want) || got[0] != want[0] || got[batches-1] != want[batches-1] {
		t.Errorf("%d of %d batches are sent", len(got), len(want))
	}
}

// A clock that was years behind is no reason to keep a submission from a server that was
// restored; before and after the device shows what the server said of its families.
func TestWhatWasSubmittedByAWrongClockIsOfferedToARestoredServer(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	o.Env.Now = func() time.Time { return time.Now().AddDate(-5, 0, 0) }
	s, id := withOneSave(t, o)
	batch, err := s.Submit(t.Context(), []merge.ID{id}, "")
	if err != nil {
		t.Fatal(err)
	}
	for epoch, receipt := range []*ksv1.Receipt{
		{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, NotQueued: []*ksv1.BatchFamily{{FamilyId: id.String(), NotQueued: review.WorkWaits}}},
		{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID},
	} {
		err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: uint64(time.Now().UnixMilli()), Epoch: uint64(epoch + 1), Scope: &ksv1.SyncScope{}})
		if err != nil {
			t.Fatal(err)
		}
		s.submissionsRead = false
		page, err := s.readSubmissions(t.Context(), syncing.ChunkBytes)
		if err != nil || len(page.GetSubmissions()) != 1 {
			t.Fatalf("epoch %d: offered %v, %v", epoch+1, page, err)
		}
		receipt.Id = batch[:]
		if err := s.storeReceipts(t.Context(), page, &ksv1.SyncUploadAck{Receipts: []*ksv1.Receipt{receipt}}); err != nil {
			t.Fatal(err)
		}
		shown, err := s.Batches(t.Context(), 10)
		if err != nil || len(shown) != 1 {
			t.Fatalf("%v, %v", shown, err)
		}
		want := []ksv1.BatchState{ksv1.BatchState_BATCH_STATE_UPLOADED, ksv1.BatchState_BATCH_STATE_NOT_TAKEN}[epoch]
		why := []ksv1.NotQueued{review.WorkWaits, review.NoWork}[epoch]
		if shown[0].GetState() != want || shown[0].GetFamilies()[0].GetNotQueued() != why {
			t.Errorf("epoch %d: the device shows %v", epoch+1, shown[0])
		}
	}
}
