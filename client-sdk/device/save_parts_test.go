package device

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// saveRemoval removes the store's family for another, which gets a note of so many letters, and
// gives both changes in the order of the save.
func saveRemoval(t *testing.T, s *Store, letters int) (changes []*ksv1.Change) {
	t.Helper()
	list, _ := s.Families(Query{})
	kept := s.NewFamilyID()
	changes, err := s.SaveAll(t.Context(),
		Saving{Family: kept, Village: 1, Edit: func(d *Draft) ([]merge.RecordEdit, error) {
			visits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("001/001")}}}
			for n := range letters / 1000 {
				visits = append(visits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindVisit, Record: d.NewID()}, Set: &ksv1.Visit{Note: proto.String(drawnText(uint64(n)+1, 1000))}})
			}
			return visits, nil
		}},
		Saving{Family: list[0].ID, Edit: func(*Draft) ([]merge.RecordEdit, error) {
			return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
				Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: kept.String(), Date: "2026-01-02",
			}}}}, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// drawnText is text that does not compress much.
func drawnText(n uint64, letters int) string {
	var b strings.Builder
	for b.Len() < letters {
		n ^= n << 13
		n ^= n >> 7
		n ^= n << 17
		fmt.Fprintf(&b, "%x", n)
	}
	return b.String()[:letters]
}

// What a family gives away names the changes by which the other gets it, and is sent behind them:
// however large these are, and however little a page is to hold.
func TestARemovalIsSentBehindWhatIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, letters := range []int{0, 40_000, 200_000} {
		t.Run(fmt.Sprint(letters), func(t *testing.T) {
			t.Parallel()
			s := openOverwritten(t)
			saved := saveRemoval(t, s, letters)
			last := len(saved) - 1
			if len(saved[last].GetOtherParts()) != last {
				t.Fatalf("of %d other parts it names %d", last, len(saved[last].GetOtherParts()))
			}
			place, n := map[merge.ID]int{}, 0
			for _, page := range sendAll(t, s, 500) {
				for _, c := range page.GetChanges() {
					n++
					place[toID(c.GetId())] = n
				}
			}
			for i, part := range saved[last].GetOtherParts() {
				if toID(part) != toID(saved[i].GetId()) {
					t.Errorf("part %d is another", i)
				}
				if at := place[toID(part)]; at == 0 || at > place[toID(saved[last].GetId())] {
					t.Errorf("part %d is sent as number %d, the removal as %d", i, at, place[toID(saved[last].GetId())])
				}
			}
		})
	}
}

// answerSave stores receipts for what a store has to send: of what gives something away one that
// refuses it for the other part's sake, of the rest of the save as the status says, and nothing
// where that is unspecified.
func answerSave(t *testing.T, s *Store, saved []*ksv1.Change, parts ksv1.ReceiptStatus) {
	t.Helper()
	for _, page := range sendAll(t, s, 1<<16) {
		ack, answered := &ksv1.SyncUploadAck{}, &ksv1.UploadPage{}
		for _, c := range page.GetChanges() {
			r := &ksv1.Receipt{Id: c.GetId(), Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, Revision: 1}
			if slices.ContainsFunc(saved, func(x *ksv1.Change) bool { return toID(x.GetId()) == toID(c.GetId()) }) {
				r.Status, r.Reason = parts, "INVALID_VALUE"
				if len(merge.LeadsTo(c)) > 0 {
					r.Status, r.Reason = ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, review.OtherPartRefused
				}
			}
			if r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_UNSPECIFIED {
				answered.Changes, ack.Receipts = append(answered.Changes, c), append(ack.Receipts, r)
			}
		}
		if err := s.storeReceipts(t.Context(), answered, ack); err != nil {
			t.Fatal(err)
		}
	}
}

// What was refused because the other family did not get it does not show as gone, nor is it sent
// by itself with the next save of its family.
func TestARemovalThatWasRefusedWithItsOtherPartIsUndone(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	saved := saveRemoval(t, s, 0)
	family := toID(saved[len(saved)-1].GetFamilyId())
	removed := func() bool { return shown(t, s, family).GetFamily().GetRemoval() != nil }
	if !removed() {
		t.Error("the removal does not show before it is answered")
	}
	answerSave(t, s, saved, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID)
	if removed() {
		t.Error("the removal shows though it was refused with its other part")
	}
	again, err := s.Save(t.Context(), family, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi")}}}, nil
	})
	if err != nil || len(again) != 1 || len(merge.LeadsTo(again[0])) > 0 {
		t.Errorf("%v %v", again, err)
	}
}

// What the user saved in a family stands, and is said again by its next save, though the change
// that says it was refused because it also removes the family for one that did not get it.
func TestOfARemovalThatIsUndoneTheRestStands(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	refuseAll := func() {
		for _, page := range sendAll(t, s, 1<<16) {
			ack := &ksv1.SyncUploadAck{}
			for _, c := range page.GetChanges() {
				r := &ksv1.Receipt{Id: c.GetId(), Status: ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, Reason: "INVALID_VALUE"}
				if len(merge.LeadsTo(c)) > 0 {
					r.Reason = review.OtherPartRefused
				}
				ack.Receipts = append(ack.Receipts, r)
			}
			if err := s.storeReceipts(t.Context(), page, ack); err != nil {
				t.Fatal(err)
			}
		}
	}
	refuseAll()
	saved := saveRemoval(t, s, 0)
	family := toID(saved[len(saved)-1].GetFamilyId())
	refuseAll()
	if f := shown(t, s, family).GetFamily(); f.GetHeadName() != "Kedua" || f.GetRemoval() != nil {
		t.Errorf("shows %v", f)
	}
	again, err := s.Save(t.Context(), family, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Mawar")}}}, nil
	})
	if err != nil || len(again) != 1 || len(merge.LeadsTo(again[0])) > 0 || len(again[0].GetOtherParts()) > 0 {
		t.Fatalf("%v %v", again, err)
	}
	if f := shown(t, s, family).GetFamily(); f.GetHeadName() != "Kedua" || f.GetAddress() != "Jl. Mawar" || f.GetRemoval() != nil {
		t.Errorf("shows %v", f)
	}
}

// A removal for a family that has all already, by work that the server has not merged, names that.
func TestARemovalNamesWhatTheOtherFamilyHasOnTheDeviceAlone(t *testing.T) {
	t.Parallel()
	for _, status := range []Status{StatusPending, StatusRefused, StatusQuarantined, StatusApplied} {
		s := openOverwritten(t)
		saved := saveRemoval(t, s, 0)
		part, removal := saved[0], saved[1]
		for _, x := range []struct {
			status Status
			change *ksv1.Change
		}{{status, part}, {StatusKeptOut, removal}} {
			if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET status = ?, revision = 1 WHERE id = ?`, x.status, x.change.GetId()); err != nil {
				t.Fatal(err)
			}
		}
		again, err := s.Save(t.Context(), toID(removal.GetFamilyId()), 0, func(*Draft) ([]merge.RecordEdit, error) {
			return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
				Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: toID(part.GetFamilyId()).String(), Date: "2026-01-02",
			}}}}, nil
		})
		if err != nil || len(again) != 1 {
			t.Fatal(again, err)
		}
		parts := again[0].GetOtherParts()
		if named := len(parts) == 1 && toID(parts[0]) == toID(part.GetId()); named != (status != StatusApplied) || len(parts) > 1 {
			t.Errorf("of one in state %d it names %d parts", status, len(parts))
		}
	}
}

// A correction of a refused removal does not name a part that another change has replaced, but
// that change.
func TestARemovalSaidAgainNamesWhatReplacedItsOtherPart(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	saved := saveRemoval(t, s, 0)
	if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET status = ?`, StatusRefused); err != nil {
		t.Fatal(err)
	}
	save := func(family []byte) *ksv1.Change {
		made, err := s.Save(t.Context(), toID(family), 0, func(*Draft) ([]merge.RecordEdit, error) {
			return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Mawar")}}}, nil
		})
		if err != nil || len(made) != 1 {
			t.Fatal(made, err)
		}
		return made[0]
	}
	part := save(saved[0].GetFamilyId())
	removal := save(saved[1].GetFamilyId())
	if parts := removal.GetOtherParts(); len(parts) != 1 || toID(parts[0]) != toID(part.GetId()) || len(merge.LeadsTo(removal)) != 1 {
		t.Errorf("names %d parts", len(parts))
	}
}

// What came before its other part, whose answer is still to come, is sent again.
func TestARemovalIsSentAgainWhereItsOtherPartHasNoAnswer(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	saved := saveRemoval(t, s, 0)
	answerSave(t, s, saved, ksv1.ReceiptStatus_RECEIPT_STATUS_UNSPECIFIED)
	pending, err := collect[int64](t.Context(), s.db, `SELECT seq FROM change WHERE seq IN unsent`)
	if err != nil || len(pending) != len(saved) {
		t.Errorf("%d changes wait, want %d: %v", len(pending), len(saved), err)
	}
}

// What gives away follows the other part to its new name, though it keeps its own.
func TestOtherPartsAreNamedAsTheyAreRenamed(t *testing.T) {
	t.Parallel()
	for _, stands := range []string{"", "copied = 1", "status = 2"} {
		s := openOverwritten(t)
		saved := saveRemoval(t, s, 0)
		last, keeps := saved[len(saved)-1], stands != ""
		if keeps {
			if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET `+stands+` WHERE id = ?`, last.GetId()); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.reincarnate(t.Context()); err != nil {
			t.Fatal(err)
		}
		rows, err := s.changes(t.Context(), s.db, `ORDER BY seq DESC LIMIT 2`)
		if err != nil {
			t.Fatal(err)
		}
		if kept := toID(rows[0].change.GetId()) == toID(last.GetId()); kept != keeps {
			t.Errorf("keeps its name: %t", kept)
		}
		if part := toID(rows[0].change.GetOtherParts()[0]); part != toID(rows[1].change.GetId()) || part == toID(saved[0].GetId()) {
			t.Errorf("the other part is named %s, is %s, was %s", part, toID(rows[1].change.GetId()), toID(saved[0].GetId()))
		}
	}
}
