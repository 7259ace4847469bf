package device

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The server may have got the family by the name that a change in it keeps, or may say that
// it is another's: what follows shares its fate.
func TestWhatFollowsInAFamilyThatKeepsItsNameKeepsIts(t *testing.T) {
	t.Parallel()
	s, id := openSaved(t)
	sendAll(t, s, 1<<16)
	saveHead(t, s, id, "Kedua")
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, err := s.Outbox(t.Context(), 10)
	if err != nil || len(out) != 3 {
		t.Fatalf("%d changes: %v", len(out), err)
	}
	if first, next := out[1].Change, out[0].Change; out[1].FamilyID != id || out[0].FamilyID != id || first.GetStamp().GetIncarnation() != next.GetStamp().GetIncarnation() {
		t.Errorf("the family's changes have come apart: %v, %v", first, next)
	}
	for _, page := range sendAll(t, s, 1<<16) {
		answer(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED)
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, err = s.Outbox(t.Context(), 10); err != nil || len(out) != 3 || out[0].FamilyID == id || out[0].FamilyID != out[1].FamilyID {
		t.Errorf("told to be another's, the changes are %+v: %v", out, err)
	}
}

// Told that one change of a family is another's, the device lets all of it go that follows,
// whatever incarnation it was named under, though each went alone.
func TestAFamilyThatIsAnothersIsLetGoWhole(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sent, edited bool }{
		"sent, and edited once the copy was met": {sent: true, edited: true}, "named by what it says": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, id := openSaved(t)
			saveHead(t, s, id, "Kedua")
			if c.sent {
				sendAll(t, s, 1<<16)
			}
			if err := s.reincarnate(t.Context()); err != nil {
				t.Fatal(err)
			}
			out, err := s.Outbox(t.Context(), 1)
			if err != nil || (out[0].FamilyID == id) != c.sent {
				t.Fatalf("%+v: %v", out, err)
			}
			family := out[0].FamilyID
			if c.edited {
				saveHead(t, s, family, "Sesudah")
			}
			for _, page := range sendAll(t, s, 1) {
				if toID(page.GetChanges()[0].GetFamilyId()) == family {
					answer(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED)
					break
				}
			}
			if err := s.reincarnate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if out, err = s.Outbox(t.Context(), 10); err != nil || out[0].FamilyID == family || out[0].FamilyID != out[1].FamilyID {
				t.Errorf("of family %s: %+v, %v", family, out, err)
			}
		})
	}
}

// Who was split off from a family that keeps its name has left for where they are.
func TestASplitFromAFamilyThatKeepsItsNameHolds(t *testing.T) {
	t.Parallel()
	s, id := openSaved(t)
	stays, leaves := s.NewFamilyID(), s.NewFamilyID()
	_, err := s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{
			{Key: merge.Key{Kind: merge.KindMember, Member: stays}, Set: &ksv1.Member{Name: proto.String("A")}},
			{Key: merge.Key{Kind: merge.KindMember, Member: leaves}, Set: &ksv1.Member{Name: proto.String("B")}},
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sendAll(t, s, 1<<16)
	split := merge.Split{From: id, Persons: []merge.Leaving{{Member: leaves}}, LastDay: "2026-01-01"}
	off, _, err := s.Split(t.Context(), split, func(_ *Draft, edits []merge.RecordEdit) ([]merge.RecordEdit, error) { return edits, nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	household := shown(t, s, id)
	moved := ""
	for _, m := range household.GetMembers() {
		moved += m.GetMember().GetMovedToFamilyId()
	}
	to, err := merge.ParseID(moved)
	if _, there := s.Summary(to); err != nil || !there || to == off {
		t.Errorf("split off as %s, moved to %q, which is there: %t", off, moved, there)
	}
}

// What was refused stays so, and a correction of it says all that it said.
func TestARefusedFamilyIsCorrectedUnderItsOtherName(t *testing.T) {
	t.Parallel()
	s, id := openSaved(t)
	for _, page := range sendAll(t, s, 1<<16) {
		answer(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID)
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, err := s.Outbox(t.Context(), 1)
	if err != nil || out[0].FamilyID == id || out[0].Status != StatusRefused || out[0].Receipt.GetReason() != "X" {
		t.Fatalf("%+v: %v", out, err)
	}
	c, err := s.Save(t.Context(), out[0].FamilyID, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Betul")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	state, err := merge.FromChange(c[0])
	if err != nil || merge.Place(&state) == "" {
		t.Errorf("the correction says %v: %v", c, err)
	}
}

// A refused edit of a family that the server has keeps its name, and conflicts with nothing.
func TestARefusedEditKeepsItsName(t *testing.T) {
	t.Parallel()
	s, id := openSaved(t)
	saveHead(t, s, id, "Salah")
	saveHead(t, s, id, "Betul")
	const applied, refused = ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID
	pages := sendAll(t, s, 1<<16)
	if len(pages) != 1 || len(pages[0].GetChanges()) != 4 {
		t.Fatalf("pages %v; want one of four changes", pages)
	}
	answer(t, s, pages[0], applied, applied, refused, applied)
	before, err := s.Outbox(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.reincarnate(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := s.Outbox(t.Context(), 10)
	if err != nil || len(after) != len(before) {
		t.Fatalf("%+v: %v", after, err)
	}
	for i := range after {
		if !proto.Equal(after[i].Change, before[i].Change) || after[i].Status != before[i].Status {
			t.Errorf("%+v, formerly %+v", after[i], before[i])
		}
	}
}

// answer stores receipts of a page, the last given for all that follow.
func answer(t *testing.T, s *Store, page *ksv1.UploadPage, statuses ...ksv1.ReceiptStatus) {
	t.Helper()
	ack := &ksv1.SyncUploadAck{}
	for i := range page.GetChanges() {
		ack.Receipts = append(ack.Receipts, &ksv1.Receipt{Status: statuses[min(i, len(statuses)-1)], Revision: uint64(i + 1), Reason: "X"})
	}
	if err := s.storeReceipts(t.Context(), page, ack); err != nil {
		t.Fatal(err)
	}
}

// A family whose creation was refused is nobody's at the server, or another life's: it and
// its correction get another name, and so does what is not corrected yet.
func TestARefusedFamilyGetsAnotherName(t *testing.T) {
	t.Parallel()
	for name, corrected := range map[string]bool{"corrected": true, "to be corrected": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, id := openSaved(t)
			for _, page := range sendAll(t, s, 1<<16) {
				answer(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID)
			}
			if corrected {
				saveHead(t, s, id, "Betul")
			}
			if err := s.reincarnate(t.Context()); err != nil {
				t.Fatal(err)
			}
			out, err := s.Outbox(t.Context(), 10)
			if err != nil || out[0].FamilyID == id || out[0].Status == StatusPending != corrected {
				t.Errorf("%s of family %s, formerly %s: %v", out[0].Change, out[0].FamilyID, id, err)
			}
			if _, listed := s.Summary(id); listed {
				t.Errorf("family %s is listed under both names", id)
			}
		})
	}
}

func openSaved(t *testing.T) (*Store, merge.ID) {
	t.Helper()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	id := s.NewFamilyID()
	saveFamily(t, s, id)
	return s, id
}

func saveHead(t *testing.T, s *Store, id merge.ID, name string) {
	t.Helper()
	_, err := s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: &name}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// shown is a family as the device shows it.
func shown(t *testing.T, s *Store, family merge.ID) *ksv1.Household {
	t.Helper()
	f, err := s.Family(t.Context(), family)
	if err != nil {
		t.Fatal(err)
	}
	household, err := merge.View(&f.State)
	if err != nil {
		t.Fatal(err)
	}
	return household
}
