package field

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/store"
)

// letterPDF is the smallest file that is taken for a letter.
var letterPDF = base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n%%EOF\n"))

func TestTwoDistrictsAtOnceGetOneProvincialOffice(t *testing.T) {
	onEachEngine(t, 1, twoDistrictsAtOnceGetOneProvincialOffice)
}

func twoDistrictsAtOnceGetOneProvincialOffice(t *testing.T, f *Field) {
	ctx := t.Context()
	r := f.Server.Services().Registrations
	caller := func(name string, role ksv1.Role, area string) *access.Caller {
		t.Helper()
		if err := f.AddOffice(ctx, name, role, area); err != nil {
			t.Fatal(err)
		}
		c := &access.Caller{}
		err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
			c.Account, err = snap.FindAccountByName(ctx, name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	pusdatin := caller("pusdatin", ksv1.Role_ROLE_NATIONAL, "")
	if err := r.SetRules(ctx, pusdatin, &ksv1.RegistrationRules{Administrators: 1}); err != nil {
		t.Fatal(err)
	}
	var numbers []uint32
	for i, district := range []string{"33.01", "33.02"} {
		code := "P330" + strconv.Itoa(i+1) + "010101"
		err := f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return errors.Join(tx.Directory().PutAreas(ctx, []store.Area{{Code: "33", Name: "Jawa Tengah"}, {Code: district, Name: district}}),
				tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: code, Name: code, District: district}}))
		})
		office := caller("dinkes-"+district, ksv1.Role_ROLE_DISTRICT, district)
		w, err1 := r.Create(ctx, office, []string{code})
		_, err2 := r.SetPuskesmas(ctx, office, w.Number, registration.List{Code: code, People: []*ksv1.NomineePerson{nominated(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, 10+i)}})
		_, err3 := r.SetOffices(ctx, office, w.Number, nominated(0, 20+i), nil)
		_, err4 := r.SetLetter(ctx, office, w.Number, &ksv1.RegistrationLetter{Number: "1", Date: "2026-01-05", Signatory: "Dewi"}, []byte("%PDF-1.4\n%%EOF\n"))
		_, err5 := r.RecordCopy(ctx, office, w.Number, ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST, "")
		_, err6 := r.Submit(ctx, office, w.Number, nil, ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE, "")
		_, err7 := r.BeginVerification(ctx, pusdatin, w.Number, nil, "")
		_, err8 := r.Accept(ctx, pusdatin, w.Number, nil, "")
		if err := errors.Join(err, err1, err2, err3, err4, err5, err6, err7, err8); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, w.Number)
	}
	var wait sync.WaitGroup
	for _, number := range append(numbers, numbers...) { // and each twice
		wait.Add(1)
		go func() {
			defer wait.Done()
			_, _, err := r.Issue(ctx, pusdatin, number, nil, "")
			if err != nil && !errors.Is(err, registration.ErrNothingDue) {
				t.Errorf("registration %d: %v", number, err)
			}
		}()
	}
	wait.Wait()
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		offices, err := snap.ListAccounts(ctx, store.AccountQuery{Area: "33", Limit: 9})
		if len(offices) != 1 {
			t.Errorf("%d accounts of the provincial office", len(offices))
		}
		for i := range numbers {
			list, err := snap.ListAccounts(ctx, store.AccountQuery{Puskesmas: "P330" + strconv.Itoa(i+1) + "010101", Limit: 9})
			if err != nil || len(list) != 1 {
				t.Errorf("%d accounts of an administrator, %v", len(list), err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// nominated is a person without mistakes whose numbers end in n.
func nominated(role ksv1.Role, n int) *ksv1.NomineePerson {
	return &ksv1.NomineePerson{
		Role: role, FullName: "Orang Contoh", NotCivilServant: true, Nik: fmt.Sprintf("33010141019%05d", n+1), Position: "Pelaksana",
		Mobile: fmt.Sprintf("0812345600%02d", n), Email: fmt.Sprintf("orang%d@dinkes.example", n),
	}
}
