package device

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// saveRemoval removes the store's family for another, which gets a note of so many letters, and
// gives both changes in the order of the save.
func saveRemoval(t *testing.T, s *Store, letters int) (changes []*ksv1.Change) {
	t.Helper()
	list, _ := s.Families(Query{})
	kept := s.NewFamilyID()
	changes, err := s.SaveAll(t.Context(),
		Saving{kept, 1, func(d *Draft) ([]merge.RecordEdit, error) {
			visits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("001/001")}}}
			for n := range letters / 1000 {
				visits = append(visits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindVisit, Record: d.NewID()}, Set: &ksv1.Visit{Note: proto.String(drawnText(uint64(n)+1, 1000))}})
			}
			return visits, nil
		}},
		Saving{list[0].ID, 0, func(*Draft) ([]merge.RecordEdit, error) {
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

// What a family gives away goes with what the other gets, and behind it: however large that is,
// and however little a page is to hold.
func TestARemovalIsSentWithWhatIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, letters := range []int{0, 40_000, 200_000} {
		t.Run(fmt.Sprint(letters), func(t *testing.T) {
			t.Parallel()
			s := openOverwritten(t)
			saved := saveRemoval(t, s, letters)
			var sent []string
			for _, page := range sendAll(t, s, 500) {
				var ids []string
				for _, c := range page.GetChanges() {
					ids = append(ids, toID(c.GetId()).String())
				}
				sent = append(sent, strings.Join(ids, " "))
			}
			var want []string
			for _, c := range saved {
				want = append(want, toID(c.GetId()).String())
			}
			if !slices.ContainsFunc(sent, func(page string) bool { return strings.Contains(page, strings.Join(want, " ")) }) {
				t.Errorf("%d changes, sent in %d pages", len(saved), len(sent))
			}
		})
	}
}

// What was refused because the other family did not get it is not sent by itself with the next
// save of its family.
func TestARemovalThatWasRefusedWithWhatItFollowsIsNotSentAlone(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	saved := saveRemoval(t, s, 0)
	for _, page := range sendAll(t, s, 1<<16) {
		ack := &ksv1.SyncUploadAck{}
		for _, c := range page.GetChanges() {
			r := &ksv1.Receipt{Id: c.GetId(), Status: ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, Revision: 1}
			if slices.ContainsFunc(saved, func(x *ksv1.Change) bool { return toID(x.GetId()) == toID(c.GetId()) }) {
				r.Status, r.Reason = ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, "INVALID_VALUE"
				if len(merge.LeadsTo(c)) > 0 {
					r.Reason = "OTHER_PART_REFUSED"
				}
			}
			ack.Receipts = append(ack.Receipts, r)
		}
		if err := s.storeReceipts(t.Context(), page, ack); err != nil {
			t.Fatal(err)
		}
	}
	again, err := s.Save(t.Context(), toID(saved[len(saved)-1].GetFamilyId()), 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi")}}}, nil
	})
	if err != nil || len(again) != 1 || len(merge.LeadsTo(again[0])) > 0 {
		t.Errorf("%v %v", again, err)
	}
}
