package registration

import (
	"context"
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// ofIn is the first accepted nominee of a role in a Puskesmas.
func (w *world) ofIn(t *testing.T, puskesmas string, role ksv1.Role) Shown {
	t.Helper()
	list, _, err := w.Nominees(t.Context(), w.pusdatin, NomineeFilter{Puskesmas: puskesmas, Standing: standingAccepted, Limit: 99})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Role == int32(role) {
			return n
		}
	}
	t.Fatalf("no accepted %s in %s", role, puskesmas)
	return Shown{}
}

// garutWith is a request of Garut under verification that lists somebody as surveyor.
func (w *world) garutWith(t *testing.T, person *ksv1.NomineePerson) uint32 {
	t.Helper()
	ctx := t.Context()
	r, err := w.Create(ctx, w.garut, []string{"P3205010101"})
	if err != nil {
		t.Fatal(err)
	}
	list := people(200)
	list[3] = person
	_, err1 := w.SetPuskesmas(ctx, w.garut, r.Number, List{Code: "P3205010101", People: list})
	_, err2 := w.SetLetter(ctx, w.garut, r.Number, aLetter, aPDF)
	_, err3 := w.RecordCopy(ctx, w.garut, r.Number, byPost, "")
	_, err4 := w.Submit(ctx, w.garut, r.Number, nil, online, "")
	_, err5 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	return r.Number
}

// TestWhoHasLeftAPuskesmasIsAcceptedElsewhere: nobody follows them, so that their entry
// stands as accepted for ever.
func TestWhoHasLeftAPuskesmasIsAcceptedElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, admin := w.staffed(t)
	number := w.garutWith(t, nominee(ksv1.Role_ROLE_SURVEYOR, 3))
	gone := w.ofIn(t, "P3204050101", ksv1.Role_ROLE_SURVEYOR)
	var incomplete *IncompleteError
	if _, err := w.Accept(ctx, w.pusdatin, number, nil, ""); !errors.As(err, &incomplete) {
		t.Fatalf("accepted in two places: %v", err)
	}
	if err := w.Accounts.Disable(ctx, admin, gone.Account); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Accept(ctx, w.pusdatin, number, nil, ""); err != nil {
		t.Error("whose account was disabled is not accepted elsewhere:", err)
	}
}

// TestWhoIsInNoNewerListIsAcceptedElsewhere: no account of theirs was ever made.
func TestWhoIsInNoNewerListIsAcceptedElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, guides := w.issued(t)
	w.activate(t, guides[0].Account)
	number := w.garutWith(t, nominee(ksv1.Role_ROLE_SURVEYOR, 3))
	var incomplete *IncompleteError
	if _, err := w.Accept(ctx, w.pusdatin, number, nil, ""); !errors.As(err, &incomplete) {
		t.Fatalf("accepted in two places: %v", err)
	}
	w.now = w.now.AddDate(1, 0, 0)
	list := people(0)
	list[3] = nominee(ksv1.Role_ROLE_SURVEYOR, 160)
	w.registered(t, list)
	if _, err := w.Accept(ctx, w.pusdatin, number, nil, ""); err != nil {
		t.Error("who is in last year's list alone is not accepted elsewhere:", err)
	}
}

// TestTwoOfOneRequestChangePlaces: both have left, and each is admitted into the other's place.
func TestTwoOfOneRequestChangePlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, guides := w.issued(t)
	a1, a2 := w.activate(t, guides[0].Account), w.activate(t, guides[1].Account)
	_, _, err1 := w.CreateStaff(ctx, a1)
	_, _, err2 := w.CreateStaff(ctx, a2)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	one, two := w.ofIn(t, "P3204050101", ksv1.Role_ROLE_SURVEYOR), w.ofIn(t, "P3204050102", ksv1.Role_ROLE_SURVEYOR)
	p1, err1 := w.Propose(ctx, a1, one.Number, nominee(0, 23), "tukar tempat")
	p2, err2 := w.Propose(ctx, a2, two.Number, nominee(0, 3), "tukar tempat")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	var invalid *InvalidError
	if _, err := w.Admit(ctx, w.bandung, p1.Number, ""); !errors.As(err, &invalid) {
		t.Errorf("admitted while working elsewhere: %v", err)
	}
	err1, err2 = w.Accounts.Disable(ctx, a1, one.Account), w.Accounts.Disable(ctx, a2, two.Account)
	_, err3 := w.Admit(ctx, w.bandung, p1.Number, "")
	_, err4 := w.Admit(ctx, w.bandung, p2.Number, "")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	for number, puskesmas := range map[uint32]string{p1.Number: "P3204050101", p2.Number: "P3204050102"} {
		admin := map[string]*access.Caller{"P3204050101": a1, "P3204050102": a2}[puskesmas]
		if _, _, err := w.CreateStaff(ctx, admin); err != nil {
			t.Fatal(err)
		}
		n := w.nomineeNow(t, number)
		if a := w.account(t, n.Account); a.Disabled || a.Puskesmas != puskesmas {
			t.Errorf("the account in the new place: %+v", a)
		}
	}
}

// nomineeNow reads a nominee.
func (w *world) nomineeNow(t *testing.T, number uint32) (n store.Nominee) {
	t.Helper()
	err := w.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) (err error) {
		n, err = snap.FindNominee(ctx, number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOnlyTheNewestListGetsAccounts: last year's was accepted, and its staff never made.
func TestOnlyTheNewestListGetsAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, guides := w.issued(t)
	admin := w.activate(t, guides[0].Account)
	w.now = w.now.AddDate(1, 0, 0)
	list := people(0)
	list[2], list[3], list[4] = nominee(ksv1.Role_ROLE_SUPERVISOR, 160), nominee(ksv1.Role_ROLE_SURVEYOR, 161), nominee(ksv1.Role_ROLE_SURVEYOR, 162)
	w.registered(t, list)
	staff, _, err := w.CreateStaff(ctx, admin)
	if err != nil || len(staff) != 4 {
		t.Errorf("%d accounts of a list of 4: %+v, %v", len(staff), staff, err)
	}
	if _, _, err := w.CreateStaff(ctx, admin); !errors.Is(err, ErrNothingDue) {
		t.Errorf("once more: %v", err)
	}
}
