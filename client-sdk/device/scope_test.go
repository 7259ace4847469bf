package device

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// An RT is taken away while work in one of its families is unsent, the family leaves
// it meanwhile, of which the feed of another RT tells nothing, and the RT is given
// back. What the back-fill does not bring is on its way out.
func TestAFamilyThatLeftAnRTWhileItWasTakenAwayIsNotKept(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	welcome := func(places ...string) {
		t.Helper()
		err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{Epoch: 1, Scope: &ksv1.SyncScope{Villages: []*ksv1.VillageScope{
			{Village: 7, Code: "32.04.05.2001", Places: places, DigestKey: make([]byte, 32), PuskesmasCode: "P1"}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	feed := func(page *ksv1.FeedPage) {
		t.Helper()
		page.Village = 7
		looked, err := LookAt(page)
		if err == nil {
			err = s.storePage(t.Context(), looked)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	leaving := func() (n int) {
		t.Helper()
		if err := s.db.QueryRowContext(t.Context(), `SELECT leaving FROM confirmed`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	id := s.NewFamilyID()
	confirmed := stateOf(t, id)
	backfilled := func() *ksv1.BackfillProgress { return &ksv1.BackfillProgress{Place: "001/001", Complete: true} }

	welcome("001/001")
	feed(&ksv1.FeedPage{Families: []*ksv1.FeedFamily{{State: confirmed, Revision: 1}}, Backfill: backfilled()})
	saveFamily(t, s, id)
	if leaving() != 0 {
		t.Fatal("a family of an RT in scope is on its way out")
	}
	welcome("001/002")
	if leaving() != 1 {
		t.Fatal("a family of an RT taken away stays")
	}
	feed(&ksv1.FeedPage{Cursor: &ksv1.VillageMark{Village: 7, Revision: 5, Hash: make([]byte, 16)}})
	welcome("001/001", "001/002")
	if leaving() != 0 {
		t.Fatal("an RT is given back, and its family is on its way out")
	}
	feed(&ksv1.FeedPage{Backfill: backfilled()})
	if leaving() != 2 {
		t.Error("a family that the back-fill did not bring is kept")
	}
	if f, err := s.Family(t.Context(), id); err != nil || len(f.State.Records) == 0 {
		t.Errorf("of the unsent work in it: %+v, %v", f, err)
	}
}

// stateOf is a family as another device has saved it.
func stateOf(t *testing.T, id merge.ID) []byte {
	t.Helper()
	change, _, err := merge.NewChange(&merge.State{Family: id}, merge.Stamp{TimeMS: 1 << 40, Device: 9}, []merge.RecordEdit{
		{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("001/001"), HeadName: proto.String("Siti")}}})
	if err != nil {
		t.Fatal(err)
	}
	state, err := merge.FromChange(change)
	if err != nil {
		t.Fatal(err)
	}
	return state.Encode(nil)
}
