package account

import (
	"context"
	"errors"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestAnOfficeOfAnUnknownAreaIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	national := &access.Caller{Account: store.Account{Number: 99, Roles: []int32{int32(ksv1.Role_ROLE_NATIONAL)}}}
	for area, role := range map[string]ksv1.Role{"77": ksv1.Role_ROLE_PROVINCE, "32.99": ksv1.Role_ROLE_DISTRICT} {
		a := NewAccount{Person: person("Siti", 1), Roles: []ksv1.Role{role}, Area: area}
		var invalid *InvalidError
		if _, err := w.CreateStaff(t.Context(), national, []NewAccount{a}); !errors.As(err, &invalid) || invalid.Field != "staff[0].area" {
			t.Errorf("%s: %v", area, err)
		}
	}
}

// Who may make accounts is told who has one elsewhere only by a call that would make one.
func TestMakingNothingTellsOfNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := func(puskesmas string) *access.Caller {
		return &access.Caller{Account: store.Account{Number: 99, Puskesmas: puskesmas, Roles: []int32{int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)}}}
	}
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P2", Name: "Dua", District: "32.04"}})
	})
	here, elsewhere := admin("P1"), admin("P2")
	const known, own = 11, 12
	if _, err := w.CreateStaff(t.Context(), elsewhere, []NewAccount{surveyor("Ani", known)}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreateStaff(t.Context(), here, []NewAccount{surveyor("Budi", own)}); err != nil {
		t.Fatal(err)
	}
	foreign, nameless, head := surveyor("Citra", 20), surveyor("", 20), surveyor("Citra", 20)
	foreign.Assigned, head.Roles = []string{"11.01.01.2001"}, []ksv1.Role{ksv1.Role_ROLE_DISTRICT}
	for name, beside := range map[string]func(asked NewAccount) NewAccount{
		"a foreign area":  func(NewAccount) NewAccount { return foreign },
		"no name":         func(NewAccount) NewAccount { return nameless },
		"an office":       func(NewAccount) NewAccount { return head },
		"the same person": func(asked NewAccount) NewAccount { return asked },
		"one of the own":  func(NewAccount) NewAccount { return surveyor("Budi", own) },
	} {
		told := map[string]bool{}
		for _, nik := range []uint64{known, known + 10} {
			asked := surveyor("Siapa", nik)
			_, err := w.CreateStaff(t.Context(), here, []NewAccount{asked, beside(asked)})
			if err == nil {
				t.Errorf("beside %s an account was made", name)
				continue
			}
			told[err.Error()] = true
		}
		if len(told) != 1 {
			t.Errorf("beside %s it is told whether somebody has an account elsewhere: %v", name, told)
		}
	}
	var person *PersonKnownError
	if _, err := w.CreateStaff(t.Context(), here, []NewAccount{surveyor("Dedi", 30), surveyor("Ani", known)}); !errors.As(err, &person) || person.Field != "staff[1].nik" {
		t.Errorf("who has an account elsewhere: %v", err)
	}
}
