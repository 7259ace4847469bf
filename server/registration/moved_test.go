package registration

import (
	"context"
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// toGarut has a Puskesmas go to the district of Garut, as a decree would.
func (w *world) toGarut(t *testing.T, code, name string) {
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: code, Name: name, District: "32.05"}})
	})
}

// reads is how many nominees a caller reads of the Puskesmas that goes.
func (w *world) reads(t *testing.T, c *access.Caller) int {
	t.Helper()
	list, _, err := w.Nominees(t.Context(), c, NomineeFilter{Puskesmas: "P3204050101", Limit: 99})
	whole, _, err1 := w.Nominees(t.Context(), c, NomineeFilter{Limit: 999})
	if err := errors.Join(err, err1); err != nil {
		t.Fatal(err)
	}
	of := 0
	for _, n := range whole {
		if n.Puskesmas == "P3204050101" {
			of++
		}
	}
	if of != len(list) {
		t.Errorf("%d nominees of the Puskesmas, %d among all", len(list), of)
	}
	return len(list)
}

// TestNomineesGoWithTheirPuskesmasToAnotherDistrict: whom it proposes the district admits
// that it is in now.
func TestNomineesGoWithTheirPuskesmasToAnotherDistrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number, admin := w.staffed(t)
	w.toGarut(t, "P3204050101", "Puskesmas Cileunyi")
	if former, present := w.reads(t, w.bandung), w.reads(t, w.garut); former != 0 || present != 5 {
		t.Errorf("the former district reads %d, the present one %d", former, present)
	}
	if own, whole := w.reads(t, admin), w.reads(t, w.pusdatin); own != 5 || whole != 5 {
		t.Errorf("the Puskesmas reads %d, Pusdatin %d", own, whole)
	}
	old := w.of(t, admin, ksv1.Role_ROLE_SURVEYOR, standingAccepted)
	boss := w.of(t, admin, ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, standingAccepted)
	fresh, err := w.Propose(ctx, admin, old.Number, nominee(0, 90), "pindah tugas")
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"admits":   second(w.Admit(ctx, w.bandung, fresh.Number, "")),
		"refuses":  second(w.RefuseReplacement(ctx, w.bandung, fresh.Number, "tidak")),
		"proposes": second(w.Propose(ctx, w.bandung, boss.Number, nominee(0, 92), "")),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the former district %s: %v", name, err)
		}
	}
	if _, err := w.Admit(ctx, w.garut, fresh.Number, ""); err != nil {
		t.Error("the present district does not admit:", err)
	}
	if a := w.account(t, old.Account); !a.Disabled {
		t.Error("who was replaced works on")
	}
	next, err1 := w.Propose(ctx, w.garut, boss.Number, nominee(0, 91), "")
	_, err2 := w.Admit(ctx, w.garut, next.Number, "")
	_, guide, err3 := w.AcceptReplacement(ctx, w.pusdatin, next.Number, "")
	if err := errors.Join(err1, err2, err3); err != nil || guide == nil {
		t.Errorf("another administrator: %v, %v", guide, err)
	}
	// The other Puskesmas of the request stays where it is.
	list, _, err := w.Nominees(ctx, w.bandung, NomineeFilter{Registration: number, Limit: 99})
	if err != nil || len(list) != 5 || list[0].Puskesmas != "P3204050102" {
		t.Errorf("of the request the former district reads %d, %v", len(list), err)
	}
	if list, _, err := w.Nominees(ctx, w.garut, NomineeFilter{Puskesmas: "P3204050102", Limit: 99}); err != nil || len(list) != 0 {
		t.Errorf("of the other Puskesmas the present district reads %d, %v", len(list), err)
	}
}

// TestAListThatWasNotDecidedOnIsNoDistrictsWhenItsPuskesmasGoes: the other Puskesmas of the
// request goes on, and the list is sent back and drawn up by the district of now.
func TestAListThatWasNotDecidedOnIsNoDistrictsWhenItsPuskesmasGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.inVerification(t)
	w.toGarut(t, "P3204050101", "Puskesmas Cileunyi")
	if former, present, whole := w.reads(t, w.bandung), w.reads(t, w.garut), w.reads(t, w.pusdatin); former != 0 || present != 0 || whole != 5 {
		t.Errorf("the former district reads %d, the present one %d, Pusdatin %d", former, present, whole)
	}
	var incomplete *IncompleteError
	if _, err := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, ""); !errors.As(err, &incomplete) {
		t.Errorf("accepted of the former district: %v", err)
	}
	_, err1 := w.Accept(ctx, w.pusdatin, number, []string{"P3204050102"}, "")
	_, err2 := w.Return(ctx, w.pusdatin, number, []string{"P3204050101"}, "pindah kabupaten")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Withdraw(ctx, w.bandung, number, []string{"P3204050101"}, "pindah kabupaten"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Create(ctx, w.garut, []string{"P3204050101"}); err != nil {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }
