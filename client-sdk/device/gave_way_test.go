package device

import (
	"database/sql"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// openTaken is a device whose work was saved in village 7, which has given way to 8.
func openTaken(t *testing.T) *Store {
	t.Helper()
	_, s, page := openSent(t)
	receive(t, s, page, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
	err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: 1, Epoch: 1, Scope: &ksv1.SyncScope{Villages: []*ksv1.VillageScope{
		{Village: 8, Code: "32.04.05.2002", Places: []string{"*"}, DigestKey: make([]byte, 32), PuskesmasCode: "P1"}}}})
	if err != nil {
		t.Fatal(err)
	}
	looked, err := LookAt(&ksv1.FeedPage{Village: 8, Families: []*ksv1.FeedFamily{{State: stateOf(t, merge.ID(page.GetChanges()[0].GetFamilyId())), Revision: 1}},
		Cursor: &ksv1.VillageMark{Village: 8, Revision: 1, Hash: make([]byte, 16)}})
	if err == nil {
		err = s.storePage(t.Context(), looked)
	}
	if err != nil {
		t.Fatal(err)
	}
	stands(t, "taken", s, StatusApplied, "")
	return s
}

func TestWorkOfAVillageThatGaveWayIsOfferedAgainWithThatWhichTookIt(t *testing.T) {
	t.Parallel()
	s := openTaken(t)
	if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.resetVillage(t.Context(), tx, 8) }); err != nil {
		t.Fatal(err)
	}
	stands(t, "reset", s, StatusPending, "")
}

func TestWorkOfAVillageThatIsThereNoMoreIsForgottenInTime(t *testing.T) {
	t.Parallel()
	s := openTaken(t)
	forget := func() {
		t.Helper()
		if err := s.write(t.Context(), func(tx *sql.Tx) error { return s.forgetApplied(t.Context(), tx, 8, 1) }); err != nil {
			t.Fatal(err)
		}
	}
	forget()
	stands(t, "in time", s, StatusApplied, "")
	const long = 36 * 24 * time.Hour
	if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET acked_ms = acked_ms - ?`, long.Milliseconds()); err != nil {
		t.Fatal(err)
	}
	forget()
	if list, err := s.Outbox(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("outbox %v, %v", list, err)
	}
}
