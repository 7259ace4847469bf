package registration

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/ledger"
)

// registered is a registration of the first Puskesmas that Pusdatin has accepted.
func (w *world) registered(t *testing.T, list []*ksv1.NomineePerson) *Whole {
	t.Helper()
	ctx := t.Context()
	r, err := w.Create(ctx, w.bandung, []string{"P3204050101"})
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := w.SetPuskesmas(ctx, w.bandung, r.Number, List{Code: "P3204050101", People: list})
	_, err2 := w.SetLetter(ctx, w.bandung, r.Number, aLetter, aPDF)
	_, err3 := w.RecordCopy(ctx, w.bandung, r.Number, byPost, "")
	_, err4 := w.Submit(ctx, w.bandung, r.Number, nil, online, "")
	_, err5 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	_, err6 := w.Accept(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		t.Fatal(err)
	}
	return r
}

// replaced has somebody else admitted in a nominee's place.
func (w *world) replaced(t *testing.T, admin *access.Caller, nominee uint32, by *ksv1.NomineePerson) {
	t.Helper()
	fresh, err := w.Propose(t.Context(), admin, nominee, by, "pindah")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Admit(t.Context(), w.bandung, fresh.Number, ""); err != nil {
		t.Fatal(err)
	}
}

func TestWhoWasReplacedLooksUpNoMoreInAnotherRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, guides := w.issued(t)
	admin := w.activate(t, guides[0].Account)
	// Accepted as supervisor, typed in as surveyor.
	made, err := w.Accounts.CreateStaff(t.Context(), admin, []account.NewAccount{typed(t, 2, ksv1.Role_ROLE_SURVEYOR)})
	if err != nil {
		t.Fatal(err)
	}
	if !w.account(t, made[0].Number).Registered {
		t.Fatal("the accepted person may not look up")
	}
	w.replaced(t, admin, w.of(t, admin, ksv1.Role_ROLE_SUPERVISOR, standingAccepted).Number, nominee(0, 90))
	if a := w.account(t, made[0].Number); a.Registered || a.Disabled || !slices.Equal(a.Roles, []int32{int32(ksv1.Role_ROLE_SURVEYOR)}) {
		t.Errorf("registered %t, disabled %t, roles %v", a.Registered, a.Disabled, a.Roles)
	}
}

func TestWhoWasReplacedLosesEveryAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, admin := w.staffed(t)
	old := w.of(t, admin, ksv1.Role_ROLE_SUPERVISOR, standingAccepted)
	if err := w.Accounts.Disable(t.Context(), admin, old.Account); err != nil {
		t.Fatal(err)
	}
	made, err := w.Accounts.CreateStaff(t.Context(), admin, []account.NewAccount{typed(t, 2, ksv1.Role_ROLE_SUPERVISOR)})
	if err != nil {
		t.Fatal(err)
	}
	w.replaced(t, admin, old.Number, nominee(0, 90))
	if a := w.account(t, made[0].Number); a.Registered || !a.Disabled {
		t.Errorf("registered %t, disabled %t", a.Registered, a.Disabled)
	}
}

func TestWhoIsInTwoYearsListsIsReplacedInBoth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, admin := w.staffed(t)
	first := w.of(t, admin, ksv1.Role_ROLE_SUPERVISOR, standingAccepted)
	next := w.registered(t, people(0))
	list, _, err := w.Nominees(ctx, admin, NomineeFilter{Registration: next.Number, Standing: standingAccepted, Limit: 99})
	if err != nil {
		t.Fatal(err)
	}
	second := list[slices.IndexFunc(list, func(n Shown) bool { return n.Role == first.Role })]
	// Proposed through the older list, before somebody is admitted through the newer.
	late, err := w.Propose(ctx, admin, first.Number, nominee(0, 95), "")
	if err != nil {
		t.Fatal(err)
	}
	w.replaced(t, admin, second.Number, nominee(0, 90))
	if err := w.Accounts.Enable(ctx, admin, first.Account); err != nil {
		t.Fatal(err)
	}
	if a := w.account(t, first.Account); a.Registered {
		t.Error("enabled again, who was replaced may look up by an earlier year's form")
	}
	var standing *StandingError
	if _, err := w.Admit(ctx, w.bandung, late.Number, ""); !errors.As(err, &standing) || standing.Standing != standingReplaced {
		t.Errorf("a second one in the same place: %v", err)
	}
	if _, err := w.Propose(ctx, admin, first.Number, nominee(0, 96), ""); !errors.As(err, &standing) {
		t.Errorf("proposed for a place that somebody has: %v", err)
	}
}

// TestAnAdministratorWhoSurveysTooIsPusdatinsToDisable: next year's surveyor, who waits
// for the account, becomes administrator through this year's list.
func TestAnAdministratorWhoSurveysTooIsPusdatinsToDisable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, admin := w.staffed(t)
	list := people(0)
	list[3] = nominee(ksv1.Role_ROLE_SURVEYOR, 160)
	w.registered(t, list)
	old := w.of(t, admin, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, standingAccepted)
	fresh, err1 := w.Propose(ctx, w.bandung, old.Number, nominee(0, 160), "")
	_, err2 := w.Admit(ctx, w.bandung, fresh.Number, "")
	_, guide, err3 := w.AcceptReplacement(ctx, w.pusdatin, fresh.Number, "")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.CreateStaff(ctx, w.activate(t, guide.Account)); err != nil {
		t.Fatal(err)
	}
	if roles := w.account(t, guide.Account).Roles; len(roles) != 2 {
		t.Fatalf("roles %v", roles)
	}
	if err := w.Accounts.Disable(ctx, w.pusdatin, guide.Account); err != nil || !w.account(t, guide.Account).Disabled {
		t.Errorf("disabled by Pusdatin: %v", err)
	}
}

// What takes an account away is not undone by a backup of before.
func TestWhoseAccountEndsIsInTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Accounts.Ledger = filepath.Join(t.TempDir(), "erasures.jsonl")
	_, admin := w.staffed(t)
	old := w.of(t, admin, ksv1.Role_ROLE_SUPERVISOR, standingAccepted)
	w.replaced(t, admin, old.Number, nominee(0, 90))
	surveyor := w.of(t, admin, ksv1.Role_ROLE_SURVEYOR, standingAccepted)
	err1 := w.Accounts.Disable(t.Context(), admin, surveyor.Account)
	err2 := w.Accounts.Enable(t.Context(), admin, surveyor.Account)
	lines, _, err3 := ledger.Read(w.Accounts.Ledger)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	line := func(deed ledger.Deed, account uint32) ledger.Line {
		return ledger.Line{Deed: deed, Account: account, MadeMS: w.account(t, account).CreatedMS, TimeMS: w.now.UnixMilli()}
	}
	want := []ledger.Line{line(ledger.Disable, old.Account), line(ledger.Disable, surveyor.Account), line(ledger.Enable, surveyor.Account)}
	if !slices.Equal(lines, want) {
		t.Errorf("%+v", lines)
	}
	// Where it can't be written, the account is disabled all the same, the caller is told, and
	// whoever repeats the call makes up for it.
	kept := w.Accounts.Ledger
	w.Accounts.Ledger = filepath.Join(t.TempDir(), "none", "erasures.jsonl")
	if err := w.Accounts.Disable(t.Context(), admin, surveyor.Account); err == nil || !w.account(t, surveyor.Account).Disabled {
		t.Errorf("a ledger that can't be written: %v", err)
	}
	w.Accounts.Ledger = kept
	if err := w.Accounts.Disable(t.Context(), admin, surveyor.Account); err != nil {
		t.Error(err)
	}
	if lines, _, err := ledger.Read(kept); err != nil || len(lines) != 4 || lines[3].Deed != ledger.Disable {
		t.Errorf("%+v, %v", lines, err)
	}
}
