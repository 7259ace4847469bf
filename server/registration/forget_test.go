package registration

import (
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestThePersonsOfWhatWasRefusedAreForgottenInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.inVerification(t)
	_, err1 := w.Refuse(ctx, w.pusdatin, number, []string{"P3204050102"}, "Bukan Puskesmas.")
	_, err2 := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, "")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	forget := func(f Forgetting, want Forgotten) {
		t.Helper()
		if got, err := w.Forget(ctx, w.pusdatin, f); err != nil || got != want {
			t.Errorf("forgot %+v, %v, want %+v", got, err, want)
		}
	}
	has := func(nik string, want int) {
		t.Helper()
		if found, _, err := w.Nominees(ctx, w.pusdatin, NomineeFilter{NIK: nik, Limit: 10}); err != nil || len(found) != want {
			t.Errorf("%s: %d persons, %v, want %d", nik, len(found), err, want)
		}
	}
	gone, kept := nominee(ksv1.Role_ROLE_SURVEYOR, 24).GetNik(), nominee(ksv1.Role_ROLE_SURVEYOR, 4).GetNik()
	forget(Forgetting{Before: w.now.Add(-KeepRefused)}, Forgotten{}) // not yet
	has(gone, 1)
	w.now = w.now.Add(KeepRefused + 1)
	if _, err := w.Forget(ctx, w.bandung, Forgetting{Before: w.now}); !errors.Is(err, ErrForbidden) {
		t.Errorf("by a district: %v", err)
	}
	forget(Forgetting{Before: w.now}, Forgotten{Puskesmas: 1, Nominees: 5})
	has(gone, 0)
	has(kept, 1)
	forget(Forgetting{Before: w.now}, Forgotten{}) // again
	if d, err := w.Get(ctx, w.bandung, number); err != nil || d.Letter.GetPdfBytes() == 0 || d.Reasons["P3204050102"] != "Bukan Puskesmas." {
		t.Errorf("what is left of the request: %+v, %v", d, err)
	}
	// A request that was withdrawn whole loses its letter too, at once where it is asked.
	other := w.drawnUpOf(t, 40)
	if _, err := w.Withdraw(ctx, w.bandung, other, nil, "Salah daftar."); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(1e9)
	forget(Forgetting{Registration: other, Before: w.now}, Forgotten{Puskesmas: 2, Nominees: 10})
	has(nominee(ksv1.Role_ROLE_SURVEYOR, 44).GetNik(), 0)
	if _, err := w.Letter(ctx, w.bandung, other); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its letter: %v", err)
	}
	if _, err := w.Get(ctx, w.bandung, other); err != nil {
		t.Errorf("the request itself: %v", err)
	}
	if _, err := w.Forget(ctx, w.pusdatin, Forgetting{Registration: 99, Before: w.now}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such request: %v", err)
	}
}
