package registration

import (
	"context"
	"slices"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// acting is a surveyor of a Puskesmas who acts as its supervisor, with the person's entry.
func (w *world) acting(t *testing.T, admin *access.Caller) Shown {
	t.Helper()
	head := w.activate(t, w.of(t, admin, ksv1.Role_ROLE_PUSKESMAS_HEAD, standingAccepted).Account)
	surveyor := w.of(t, admin, ksv1.Role_ROLE_SURVEYOR, standingAccepted)
	w.activate(t, surveyor.Account)
	if err := w.Accounts.NameActing(t.Context(), head, surveyor.Account, w.now.Add(80*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	return surveyor
}

func TestWhoActsAndBecomesTheHeadActsNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, admin := w.staffed(t)
	surveyor := w.acting(t, admin)
	// A later request: the surveyor, person 3 of the list, is its head.
	w.registered(t, []*ksv1.NomineePerson{
		nominee(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, 0), nominee(ksv1.Role_ROLE_PUSKESMAS_HEAD, 3), nominee(ksv1.Role_ROLE_SUPERVISOR, 2),
		nominee(ksv1.Role_ROLE_SURVEYOR, 40), nominee(ksv1.Role_ROLE_SURVEYOR, 41),
	})
	if _, _, err := w.CreateStaff(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	a := w.account(t, surveyor.Account)
	if !slices.Contains(a.Roles, int32(ksv1.Role_ROLE_PUSKESMAS_HEAD)) {
		t.Fatal("roles", a.Roles)
	}
	if a.ActingUntilMS != 0 || access.Acts(&a, w.now) {
		t.Errorf("the head acts until %d", a.ActingUntilMS)
	}
}

// An account stored as acting beside the head's role must not act again when that role
// goes to somebody else.
func TestWhoLeavesTheHeadsPlaceDoesNotActAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, admin := w.staffed(t)
	head := w.of(t, admin, ksv1.Role_ROLE_PUSKESMAS_HEAD, standingAccepted)
	a := w.account(t, head.Account)
	a.Roles = append(a.Roles, int32(ksv1.Role_ROLE_SURVEYOR))
	a.ActingUntilMS = w.now.Add(time.Hour).UnixMilli()
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		_, err := tx.Directory().PutAccount(ctx, a)
		return err
	})
	if access.Acts(&a, w.now) {
		t.Error("the head acts")
	}
	w.replaced(t, admin, head.Number, nominee(0, 90))
	if a = w.account(t, head.Account); a.Disabled || slices.Contains(a.Roles, int32(ksv1.Role_ROLE_PUSKESMAS_HEAD)) {
		t.Fatal("roles", a.Roles)
	}
	if access.Acts(&a, w.now) {
		t.Errorf("who was the head acts until %d", a.ActingUntilMS)
	}
}
