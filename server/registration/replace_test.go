package registration

import (
	"context"
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

// staffed is a registration whose first Puskesmas works, with its administrator.
func (w *world) staffed(t *testing.T) (uint32, *access.Caller) {
	t.Helper()
	number, guides := w.issued(t)
	admin := w.activate(t, guides[0].Account)
	if _, _, err := w.CreateStaff(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	return number, admin
}

// of finds the first nominee of a role with a standing.
func (w *world) of(t *testing.T, c *access.Caller, role ksv1.Role, standing ksv1.NomineeStanding) Shown {
	t.Helper()
	list, _, err := w.Nominees(t.Context(), c, NomineeFilter{Puskesmas: "P3204050101", Standing: standing, Limit: 99})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Role == int32(role) {
			return n
		}
	}
	t.Fatalf("no %s that is %s", role, standing)
	return Shown{}
}

func TestAReplacementWorksFromAdmissionAndLooksUpFromAcceptance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, admin := w.staffed(t)
	old := w.of(t, admin, ksv1.Role_ROLE_SURVEYOR, standingAccepted)
	// The same fields as in the form, checked the same way.
	spoiled := nominee(0, 90)
	spoiled.Nik = "12"
	var invalid *InvalidError
	if _, err := w.Propose(ctx, admin, old.Number, spoiled, ""); !errors.As(err, &invalid) || invalid.Field != "person.nik" {
		t.Errorf("a person without a NIK: %v", err)
	}
	if _, err := w.Propose(ctx, admin, old.Number, people(0)[1], ""); !errors.As(err, &invalid) || invalid.Field != "person.nik" {
		t.Errorf("a person of the own list: %v", err)
	}
	if _, err := w.Propose(ctx, w.bandung, old.Number, nominee(0, 90), ""); !errors.Is(err, ErrForbidden) {
		t.Errorf("the district proposes a surveyor: %v", err)
	}
	fresh, err := w.Propose(ctx, admin, old.Number, nominee(0, 90), "pindah tugas")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Propose(ctx, admin, old.Number, nominee(0, 91), ""); !errors.As(err, &invalid) {
		t.Errorf("two in one place: %v", err)
	}
	var standing *StandingError
	if _, _, err := w.AcceptReplacement(ctx, w.pusdatin, fresh.Number, ""); !errors.As(err, &standing) || standing.Standing != standingProposed {
		t.Errorf("accepted before the district admitted: %v", err)
	}
	if _, err := w.Admit(ctx, w.garut, fresh.Number, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another district admits: %v", err)
	}
	if _, err := w.Admit(ctx, w.bandung, fresh.Number, ""); err != nil {
		t.Fatal(err)
	}
	if a := w.account(t, old.Account); !a.Disabled || a.Registered {
		t.Errorf("who was replaced keeps %+v", a)
	}
	staff, _, err := w.CreateStaff(ctx, admin)
	if err != nil || len(staff) != 1 || w.account(t, staff[0].Number).Registered {
		t.Fatalf("before Pusdatin's acceptance: %+v, %v", staff, err)
	}
	if _, _, err := w.AcceptReplacement(ctx, w.pusdatin, fresh.Number, ""); err != nil {
		t.Fatal(err)
	}
	if !w.account(t, staff[0].Number).Registered {
		t.Error("no look-ups after Pusdatin's acceptance")
	}
	if _, err := w.RefuseReplacement(ctx, w.pusdatin, fresh.Number, "salah"); !errors.Is(err, ErrForbidden) {
		t.Errorf("refused after the acceptance: %v", err)
	}
}

func TestARefusedFormLeavesThePlaceToAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, admin := w.staffed(t)
	old := w.of(t, admin, ksv1.Role_ROLE_SUPERVISOR, standingAccepted)
	// Refused by the district: nothing has changed.
	first, err := w.Propose(ctx, admin, old.Number, nominee(0, 90), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.RefuseReplacement(ctx, w.bandung, first.Number, "bukan pegawai kami"); err != nil {
		t.Fatal(err)
	}
	if w.account(t, old.Account).Disabled {
		t.Error("who stays has lost the account")
	}
	var standing *StandingError
	if _, err := w.Propose(ctx, admin, first.Number, nominee(0, 91), ""); !errors.As(err, &standing) {
		t.Errorf("in place of somebody who never had it: %v", err)
	}
	// Refused by Pusdatin: the account stays without look-ups until somebody follows.
	second, err1 := w.Propose(ctx, admin, old.Number, nominee(0, 92), "")
	_, err2 := w.Admit(ctx, w.bandung, second.Number, "")
	staff, _, err3 := w.CreateStaff(ctx, admin)
	_, err4 := w.RefuseReplacement(ctx, w.pusdatin, second.Number, "form tidak lengkap")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	if a := w.account(t, staff[0].Number); a.Disabled || a.Registered {
		t.Errorf("account of a refused form: %+v", a)
	}
	third, err1 := w.Propose(ctx, admin, second.Number, nominee(0, 93), "")
	_, err2 = w.Admit(ctx, w.bandung, third.Number, "")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if a := w.account(t, staff[0].Number); !a.Disabled {
		t.Errorf("two have one place: %+v", a)
	}
}

// TestARefusedFormsPlaceIsGivenOnce: A gives way to B, whom Pusdatin refuses, B to C,
// whom it refuses too, C to D. The place is D's alone.
func TestARefusedFormsPlaceIsGivenOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, admin := w.staffed(t)
	in := func(place uint32, n int) uint32 {
		t.Helper()
		fresh, err := w.Propose(ctx, w.bandung, place, nominee(0, n), "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Admit(ctx, w.bandung, fresh.Number, ""); err != nil {
			t.Fatal(err)
		}
		return fresh.Number
	}
	refused := func(number uint32) uint32 {
		t.Helper()
		if _, err := w.RefuseReplacement(ctx, w.pusdatin, number, "form salah"); err != nil {
			t.Fatal(err)
		}
		return number
	}
	a := w.of(t, admin, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, standingAccepted)
	b := refused(in(a.Number, 90))
	c := refused(in(b, 91))
	var standing *StandingError
	if _, err := w.Propose(ctx, w.bandung, b, nominee(0, 92), ""); !errors.As(err, &standing) {
		t.Errorf("in place of one whom somebody has followed: %v", err)
	}
	d := in(c, 93)
	if _, _, err := w.AcceptReplacement(ctx, w.pusdatin, d, ""); err != nil {
		t.Fatal(err)
	}
	for _, number := range []uint32{a.Number, b, c} {
		if _, err := w.Propose(ctx, w.bandung, number, nominee(0, 94), ""); !errors.As(err, &standing) {
			t.Errorf("in place of %d, whose place is taken: %v", number, err)
		}
	}
	in(d, 95)
	if list, err := w.administratorsNow(t); err != nil || len(list) != 0 {
		t.Errorf("administrators %+v, %v", list, err)
	}
}

func TestAnAdministratorIsReplacedByTheDistrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number, admin := w.staffed(t)
	old := w.of(t, admin, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, standingAccepted)
	fresh, err1 := w.Propose(ctx, w.bandung, old.Number, nominee(0, 90), "sakit")
	_, err2 := w.Admit(ctx, w.bandung, fresh.Number, "")
	_, guide, err3 := w.AcceptReplacement(ctx, w.pusdatin, fresh.Number, "")
	if err := errors.Join(err1, err2, err3); err != nil || guide == nil {
		t.Fatalf("guide %+v, %v", guide, err)
	}
	list, err := w.administratorsNow(t)
	if err != nil || len(list) != 1 || list[0].Number != guide.Account || !list[0].Registered {
		t.Errorf("administrators %+v, %v", list, err)
	}
	w.activate(t, guide.Account)
	if _, left, err := w.Package(ctx, w.bandung, number); err != nil || len(left) != 1 {
		t.Errorf("guides left: %+v, %v", left, err) // the other Puskesmas's
	}
}

func (w *world) administratorsNow(t *testing.T) (list []store.Account, err error) {
	t.Helper()
	err = w.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		list, err = administrators(ctx, snap, "P3204050101")
		return err
	})
	return list, err
}

// TestLookUpsFollowTheFormAlone: an account that was typed in, disabled or enabled
// may look up exactly while a form of its person is accepted and in force.
func TestLookUpsFollowTheFormAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, guides := w.issued(t)
	admin := w.activate(t, guides[0].Account)
	claimed := typed(t, 99, ksv1.Role_ROLE_SURVEYOR)
	claimed.Registered = true
	// One of the accepted list, and a stranger who claims it.
	made, err := w.Accounts.CreateStaff(ctx, admin, []account.NewAccount{typed(t, 3, ksv1.Role_ROLE_SURVEYOR), claimed})
	if err != nil {
		t.Fatal(err)
	}
	listed, stranger := made[0].Number, made[1].Number
	if !w.account(t, listed).Registered || w.account(t, stranger).Registered {
		t.Errorf("listed %t, stranger %t", w.account(t, listed).Registered, w.account(t, stranger).Registered)
	}
	// The list's other accounts come without a second one for who has one.
	staff, _, err := w.CreateStaff(ctx, admin)
	if err != nil || len(staff) != 3 {
		t.Fatalf("staff %+v, %v", staff, err)
	}
	var place Shown
	list, _, err := w.Nominees(ctx, admin, NomineeFilter{Limit: 99})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Account == listed {
			place = n
		}
	}
	fresh, err1 := w.Propose(ctx, admin, place.Number, nominee(0, 90), "")
	_, err2 := w.Admit(ctx, w.bandung, fresh.Number, "")
	err3 := w.Accounts.Enable(ctx, admin, listed)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if a := w.account(t, listed); a.Disabled || a.Registered {
		t.Errorf("enabled again, who was replaced may look up: %+v", a)
	}
}

// TestAProposalTellsNothingOfPersonsElsewhere: whoever may propose could else ask about
// anybody. Who admits is told, and nobody has two places.
func TestAProposalTellsNothingOfPersonsElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number, admin := w.staffed(t)
	old := w.of(t, admin, ksv1.Role_ROLE_SURVEYOR, standingAccepted)
	garut, person := w.adminOf(t, "admin.garut", "P3205010101"), typed(t, 300, ksv1.Role_ROLE_SURVEYOR)
	if _, err := w.Accounts.CreateStaff(scoped(ctx, garut), garut, []account.NewAccount{person}); err != nil {
		t.Fatal(err)
	}
	free, abroad := nominee(0, 90), nominee(0, 91)
	abroad.Nik = nominee(0, 300).GetNik()
	var invalid *InvalidError
	for who, person := range map[string]*ksv1.NomineePerson{
		"of another Puskesmas": people(20)[3], "with an account abroad": abroad,
	} {
		fresh, err := w.Propose(ctx, admin, old.Number, person, "")
		if err != nil {
			t.Fatalf("somebody %s is told of: %v", who, err)
		}
		// As a draft, it stands in nobody's way.
		for _, c := range []*access.Caller{w.bandung, w.pusdatin} {
			if found, err := w.Check(ctx, c, number, "P3204050102"); err != nil || brief(found) != "" {
				t.Errorf("somebody %s who is proposed is in the way: %q, %v", who, brief(found), err)
			}
		}
		if _, err := w.Admit(ctx, w.bandung, fresh.Number, ""); !errors.As(err, &invalid) || invalid.Field != "nominee" {
			t.Errorf("somebody %s is admitted: %v", who, err)
		}
		if a := w.account(t, old.Account); a.Disabled {
			t.Error("who stays has lost the account")
		}
		if _, err := w.RefuseReplacement(ctx, w.bandung, fresh.Number, "sudah ada di tempat lain"); err != nil {
			t.Fatal(err)
		}
	}
	fresh, err1 := w.Propose(ctx, admin, old.Number, free, "")
	_, err2 := w.Admit(ctx, w.bandung, fresh.Number, "")
	if err := errors.Join(err1, err2); err != nil {
		t.Error(err)
	}
}
