package device

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// sendAll reads all that is to be sent, of which a session with a server that has
// accepted the database would note that it keeps its names.
func sendAll(t *testing.T, s *Store, maxBytes int) (pages []*ksv1.UploadPage) {
	t.Helper()
	if _, err := s.openSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: 1, Epoch: 1, Scope: &ksv1.SyncScope{}}); err != nil {
		t.Fatal(err)
	}
	for {
		page, err := s.readPending(t.Context(), maxBytes)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetChanges())+len(page.GetSubmissions()) == 0 {
			return pages
		}
		pages = append(pages, page)
	}
}

// turnOut stores receipts up to the page whose first change is of a family, which turns
// out to be another's, and draws new names.
func turnOut(t *testing.T, s *Store, pages []*ksv1.UploadPage, family merge.ID) {
	t.Helper()
	for _, page := range pages {
		status := ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED
		forked := merge.ID(page.Changes[0].GetFamilyId()) == family
		if forked {
			status = ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED
		}
		ack := &ksv1.SyncUploadAck{}
		for range page.Changes {
			ack.Receipts = append(ack.Receipts, &ksv1.Receipt{Status: status, Revision: 1})
		}
		if err := s.storeReceipts(t.Context(), page, ack); err != nil {
			t.Fatal(err)
		}
		if forked {
			break // the session is over
		}
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// The other life's family has the id, too: nothing of this life's may be joined to it,
// also what had been sent behind before the server told.
func TestAFamilyThatIsAnothersKeepsItsNameInNoLaterPage(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id := s.NewFamilyID()
	saveFamily(t, s, id)
	name := "Kedua"
	_, err = s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: &name}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	turnOut(t, s, sendAll(t, s, 1), id) // a change a page
	out, err := s.Outbox(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	renamed := map[merge.ID]int{}
	for _, e := range out {
		if e.Status == StatusPending {
			renamed[e.FamilyID]++
		}
	}
	if len(renamed) != 1 || renamed[id] != 0 {
		t.Errorf("pending changes by family: %v; want two of one that is not %s", renamed, id)
	}
}

func TestASubmissionNamesItsFamilyAsItIsRenamed(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, _ := s.Families(Query{})
	family := list[0].ID
	if _, err := s.Submit(t.Context(), []merge.ID{family}, ""); err != nil {
		t.Fatal(err)
	}
	turnOut(t, s, sendAll(t, s, 1<<16), family)
	out, err := s.Outbox(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := collectIDs(t.Context(), s.db, `SELECT id FROM submission WHERE status = 0`)
	if err != nil || len(ids) != 1 {
		t.Fatalf("%d submissions wait: %v", len(ids), err)
	}
	b, err := s.submission(t.Context(), s.db, ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if named := merge.ID(b.FamilyIds[0]); named == family || named != out[0].FamilyID {
		t.Errorf("the submission names %s, the family is %s", named, out[0].FamilyID)
	}
}

// openOverwritten opens the store of former, with a second change that overwrites the name in the
// first.
func openOverwritten(t *testing.T) *Store {
	t.Helper()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	list, _ := s.Families(Query{})
	name := "Kedua"
	_, err = s.Save(t.Context(), list[0].ID, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: &name}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Of work that came to the server by another way first, such as the former user's of a
// device that changed hands, the receipt tells the stamp; it may lie behind what was
// written over it, whose own receipt stands in the same answer.
func TestAStampOfTheServersMayLieBehindWhatFollows(t *testing.T) {
	t.Parallel()
	for _, second := range []ksv1.ReceiptStatus{
		ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED, ksv1.ReceiptStatus_RECEIPT_STATUS_UNSPECIFIED,
	} {
		t.Run(second.String(), func(t *testing.T) {
			t.Parallel()
			s := openOverwritten(t)
			pages := sendAll(t, s, 1<<16)
			if len(pages) != 1 || len(pages[0].GetChanges()) != 2 {
				t.Fatalf("%d pages; want one of two changes", len(pages))
			}
			stamp := merge.StampOf(pages[0].GetChanges()[1].GetStamp())
			stamp.TimeMS, stamp.Device = stamp.TimeMS+uint64(time.Minute.Milliseconds()), stamp.Device+1
			err := s.storeReceipts(t.Context(), pages[0], &ksv1.SyncUploadAck{ClockMs: uint64(time.Now().UnixMilli()), Receipts: []*ksv1.Receipt{
				{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, Revision: 1, Stamp: stamp.Proto()}, {Status: second, Revision: 2},
			}})
			if err != nil {
				t.Fatal(err)
			}
			out, err := s.Outbox(t.Context(), 10) // newest first
			if err != nil || len(out) != 2 {
				t.Fatalf("%d changes: %v", len(out), err)
			}
			if got := merge.StampOf(out[1].Change.GetStamp()); got != stamp {
				t.Errorf("the first has the stamp %v; the server's is %v", got, stamp)
			}
			if out[0].Status == StatusPending && merge.StampOf(out[0].Change.GetStamp()).Compare(stamp) <= 0 {
				t.Errorf("what follows is unsent and still lies before it: %v", out[0].Change.GetStamp())
			}
			for _, e := range out {
				if _, err := merge.FromChange(e.Change); err != nil {
					t.Errorf("change %s can't be read any more: %v", e.ChangeID, err)
				}
			}
		})
	}
}

// So may all of what follows it that is still unsent: none is read before each has its new
// stamp.
func TestAStampOfTheServersMayLieBehindAllThatFollows(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	list, _ := s.Families(Query{})
	_, err := s.Save(t.Context(), list[0].ID, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("002/002")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pages := sendAll(t, s, 1<<16)
	if len(pages) != 1 || len(pages[0].GetChanges()) != 3 {
		t.Fatalf("%d pages; want one of three changes", len(pages))
	}
	later := func(c *ksv1.Change, minutes int) *ksv1.Stamp {
		stamp := merge.StampOf(c.GetStamp())
		stamp.TimeMS, stamp.Incarnation = stamp.TimeMS+uint64(minutes)*uint64(time.Minute.Milliseconds()), stamp.Incarnation+1
		return stamp.Proto()
	}
	changes := pages[0].GetChanges()
	err = s.storeReceipts(t.Context(), pages[0], &ksv1.SyncUploadAck{ClockMs: uint64(time.Now().UnixMilli()), Receipts: []*ksv1.Receipt{
		{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, Revision: 1, Stamp: later(changes[0], 2)}, {}, {},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if list, _ := s.Families(Query{}); len(list) != 1 || list[0].Place.String() != "002/002" {
		t.Errorf("the family is %+v; want what was written last", list)
	}
}

// A device's number changes where it changes hands, or its server is put back; a stamp
// given since bears the new one, the id the old.
func TestUnsentWorkOfAnEarlierNumberIsRenumbered(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	list, _ := s.Families(Query{})
	for _, number := range []uint32{5, 7} { // twice
		if err := s.Adopt(t.Context(), number, bytes.Repeat([]byte{1}, ed25519.SeedSize)); err != nil {
			t.Fatal(err)
		}
		saveHead(t, s, list[0].ID, fmt.Sprint("Atas nomor ", number))
	}
	for _, status := range []ksv1.ReceiptStatus{ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED} {
		for _, page := range sendAll(t, s, 1<<16) {
			ack := &ksv1.SyncUploadAck{ClockMs: uint64(time.Now().UnixMilli())}
			for range page.GetChanges() {
				ack.Receipts = append(ack.Receipts, &ksv1.Receipt{Status: status})
			}
			if err := s.storeReceipts(t.Context(), page, ack); err != nil {
				t.Fatal(err)
			}
			if status == ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD {
				break // what is unsent is read again, without end
			}
		}
	}
	before, err := s.Outbox(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, err := s.Outbox(t.Context(), 10)
	if err != nil || len(out) != 4 {
		t.Fatalf("%d changes: %v", len(out), err)
	}
	for i, e := range out {
		if e.ChangeID == before[i].ChangeID {
			t.Errorf("change %s keeps the name that is another's", e.ChangeID)
		}
	}
}

// A submission alone, of which the server has another life's under its id, is named anew like
// the changes of that number.
func TestASubmissionOfAnEarlierNumberIsRenumbered(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	list, _ := s.Families(Query{})
	batch, err := s.Submit(t.Context(), []merge.ID{list[0].ID}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Adopt(t.Context(), 5, bytes.Repeat([]byte{1}, ed25519.SeedSize)); err != nil {
		t.Fatal(err)
	}
	for _, page := range sendAll(t, s, 1<<16) {
		ack := &ksv1.SyncUploadAck{}
		for range page.GetChanges() {
			ack.Receipts = append(ack.Receipts, &ksv1.Receipt{Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED})
		}
		for range page.GetSubmissions() {
			ack.Receipts = append(ack.Receipts, &ksv1.Receipt{Id: batch[:], Status: ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED})
		}
		if err := s.storeReceipts(t.Context(), page, ack); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	shown, err := s.Batches(t.Context(), 10)
	if err != nil || len(shown) != 1 || shown[0].GetBatchId() == batch.String() {
		t.Errorf("the batch keeps the name that is another's: %v, %v", shown, err)
	}
}
