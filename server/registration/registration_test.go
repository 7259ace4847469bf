package registration

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestEachPuskesmasIsAcceptedOrReturnedByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.inVerification(t)
	_, err1 := w.Return(ctx, w.pusdatin, number, []string{"P3204050102"}, "Surat tidak memuat nama supervisor.")
	r, err2 := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, "")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if r.find("P3204050101").State != int32(accepted) || r.find("P3204050102").State != int32(returned) || r.State() != returned {
		t.Fatalf("states %+v", r.Puskesmas)
	}
	// The complete one goes ahead, the returned one comes back alone.
	_, guides, err := w.Issue(ctx, w.pusdatin, number, nil, "")
	if err != nil || len(guides) != 1 || guides[0].PlaceCode != "P3204050101" {
		t.Fatalf("guides %+v, %v", guides, err)
	}
	d, err := w.Get(ctx, w.bandung, number)
	if err != nil || d.Reasons["P3204050102"] != "Surat tidak memuat nama supervisor." || d.Guides != 1 {
		t.Errorf("the district sees %+v, %v", d, err)
	}
	// Not without a new copy to the province.
	if _, err := w.Submit(ctx, w.bandung, number, nil, online, ""); !errors.Is(err, ErrCopyMissing) {
		t.Errorf("submitted again without a copy: %v", err)
	}
	// Nor with one of another list than is submitted.
	_, err1 = w.RecordCopy(ctx, w.bandung, number, online, "")
	_, err2 = w.SetPuskesmas(ctx, w.bandung, number, List{Code: "P3204050102", People: people(60)})
	if _, err := w.Submit(ctx, w.bandung, number, nil, online, ""); errors.Join(err1, err2) != nil || !errors.Is(err, ErrCopyMissing) {
		t.Errorf("another list than the province has: %v, %v, %v", err1, err2, err)
	}
	_, err1 = w.RecordCopy(ctx, w.bandung, number, online, "")
	r, err2 = w.Submit(ctx, w.bandung, number, nil, online, "")
	if err := errors.Join(err1, err2); err != nil || r.find("P3204050102").State != int32(submitted) || r.find("P3204050101").State != int32(issued) {
		t.Errorf("submitted again: %+v, %v", r, err)
	}
}

func TestABlankReasonIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.inVerification(t)
	_, err1 := w.Return(ctx, w.pusdatin, number, nil, "   ")
	_, err2 := w.Refuse(ctx, w.pusdatin, number, nil, "\n ")
	_, err3 := w.Withdraw(ctx, w.bandung, number, nil, "\t")
	for _, err := range []error{err1, err2, err3} {
		var invalid *InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "reason" {
			t.Errorf("%v", err)
		}
	}
}

func TestExactlyOneAccountForEachOfficeAndAdministrator(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	// Central Java has no provincial office yet; Semarang's district has.
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P3322010101", Name: "Ungaran", District: "33.22"}, {Code: "P3322010102", Name: "Lerep", District: "33.22"}})
	})
	r, err := w.Create(ctx, w.semarang, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := w.SetPuskesmas(ctx, w.semarang, r.Number, List{Code: "P3322010101", Name: "UPTD Puskesmas UNGARAN", People: people(40)})
	_, err2 := w.SetLetter(ctx, w.semarang, r.Number, aLetter, aPDF)
	_, err3 := w.RecordCopy(ctx, w.semarang, r.Number, byPost, "")
	_, err4 := w.Submit(ctx, w.semarang, r.Number, nil, byPost, "")
	_, err5 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	// Nobody is responsible for the province: it can't be accepted.
	var incomplete *IncompleteError
	if _, err := w.Accept(ctx, w.pusdatin, r.Number, nil, ""); !errors.As(err, &incomplete) || incomplete.Findings[0].Role != ksv1.Role_ROLE_PROVINCE {
		t.Fatalf("accepted without a provincial office: %v", err)
	}
	_, err1 = w.Return(ctx, w.pusdatin, r.Number, nil, "Penanggung jawab provinsi belum ada.")
	_, err2 = w.SetOffices(ctx, w.semarang, r.Number, nominee(0, 60), nil)
	_, err3 = w.RecordCopy(ctx, w.semarang, r.Number, byPost, "")
	_, err4 = w.Submit(ctx, w.semarang, r.Number, nil, byPost, "")
	_, err5 = w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	_, err6 := w.Accept(ctx, w.pusdatin, r.Number, nil, "")
	_, guides, err7 := w.Issue(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		t.Fatal(err)
	}
	if len(guides) != 2 || guides[0].Role != ksv1.Role_ROLE_PROVINCE || guides[0].PlaceCode != "33" || guides[1].PlaceCode != "P3322010101" {
		t.Fatalf("guides %+v", guides)
	}
	for _, g := range guides {
		if a := w.account(t, g.Account); !a.Waiting() || !a.Registered {
			t.Errorf("account %+v", a)
		}
	}
	var step *StepError
	if _, _, err := w.Issue(ctx, w.pusdatin, r.Number, []string{"P3322010101"}, ""); !errors.As(err, &step) || step.State != issued {
		t.Errorf("issued twice: %v", err)
	}
}

func TestAGuideIsThereUntilItIsHandedOverAndNoLonger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number, guides := w.issued(t)
	r, again, err := w.Package(ctx, w.bandung, number)
	if err != nil || len(again) != 2 || again[0].Code != guides[0].Code {
		t.Fatalf("the package: %+v, %v", again, err)
	}
	if _, _, err := w.Package(ctx, w.province, number); !errors.Is(err, ErrForbidden) {
		t.Errorf("the province gets the codes: %v", err)
	}
	if _, _, err := w.Package(ctx, w.garut, number); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another district gets the codes: %v", err)
	}
	for format, want := range map[ksv1.PackageFormat][]string{
		ksv1.PackageFormat_PACKAGE_FORMAT_PDF:  {"%PDF-", "%%EOF"},
		ksv1.PackageFormat_PACKAGE_FORMAT_HTML: {guides[0].Code, guides[1].UserName, "Puskesmas Cileunyi", "<svg", "Panduan aktivasi", "Permendagri 61/2015"},
		ksv1.PackageFormat_PACKAGE_FORMAT_CSV:  {guides[0].UserName + "," + guides[0].Code, "Administrator"},
	} {
		file, err := Print(r, again, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !bytes.Contains(file.GetContent(), []byte(text)) {
				t.Errorf("%s lacks %q", file.GetFileName(), text)
			}
		}
	}
	// Nothing of the codes is in the file in plain.
	_ = w.Store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		files, err := snap.RegistrationFiles(ctx, number, "")
		for _, f := range files {
			if bytes.Contains(f.Payload, []byte(guides[0].Code)) || bytes.Contains(f.Payload, []byte("surat")) {
				t.Errorf("%s is in the clear", f.Name)
			}
		}
		return err
	})
	if _, err := w.Distribute(ctx, w.bandung, number, []string{"P3204050101"}, "diterima dr. Ana"); err != nil {
		t.Fatal(err)
	}
	if _, left, err := w.Package(ctx, w.bandung, number); err != nil || len(left) != 1 || left[0].PlaceCode != "P3204050102" {
		t.Errorf("after one was handed over: %+v, %v", left, err)
	}
	// A code that has ended is not shown either.
	w.now = w.now.Add(account.CodeLifetime + time.Hour)
	if _, _, err := w.Package(ctx, w.pusdatin, number); !errors.Is(err, ErrNothingDue) {
		t.Errorf("after the code has ended: %v", err)
	}
}

func TestActivationFollowsWithoutASkippedState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number, guides := w.issued(t)
	// The first guide is used though the district has not said that it was given.
	w.activate(t, guides[0].Account)
	if _, err := w.Distribute(ctx, w.bandung, number, []string{guides[1].PlaceCode}, ""); err != nil {
		t.Fatal(err)
	}
	w.activate(t, guides[1].Account)
	events, err := w.Events(ctx, w.province, number, 0, 99)
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{guides[0].PlaceCode, guides[1].PlaceCode} {
		var states []ksv1.RegistrationState
		for _, e := range events {
			if e.Puskesmas == code && e.Before != e.After {
				states = append(states, ksv1.RegistrationState(e.After))
			}
		}
		if want := []ksv1.RegistrationState{submitted, inVerification, accepted, issued, distributed, activated}; !slices.Equal(states, want) {
			t.Errorf("%s went %v", code, states)
		}
	}
}

func TestTheAdministratorMakesTheAccountsOfTheAcceptedInOneGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	_, guides := w.issued(t)
	if _, _, err := w.CreateStaff(ctx, w.bandung); !errors.Is(err, ErrForbidden) {
		t.Errorf("the district makes staff: %v", err)
	}
	admin := w.activate(t, guides[0].Account)
	staff, _, err := w.CreateStaff(ctx, admin)
	if err != nil || len(staff) != 4 {
		t.Fatalf("staff %+v, %v", staff, err)
	}
	for _, x := range staff {
		if a := w.account(t, x.Number); !a.Registered || a.Puskesmas != guides[0].PlaceCode || !a.Waiting() || len(a.Roles) != 1 {
			t.Errorf("account %+v", a)
		}
	}
	if _, _, err := w.CreateStaff(ctx, admin); !errors.Is(err, ErrNothingDue) {
		t.Errorf("a second time: %v", err)
	}
	// The administrator sees the own list, and no NIK.
	list, _, err := w.Nominees(ctx, admin, NomineeFilter{Limit: 99})
	if err != nil || len(list) != 5 {
		t.Fatalf("nominees %d, %v", len(list), err)
	}
	for _, n := range list {
		if !strings.HasPrefix(n.Person.GetNik(), nikMask) || n.Person.GetNip() != "" || n.Account == 0 {
			t.Errorf("the administrator sees %+v", n.Person)
		}
	}
}

func TestWhatWasDecidedOnStaysWhenTheRequestIsChangedLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	number := w.inVerification(t)
	_, err1 := w.Accept(ctx, w.pusdatin, number, []string{"P3204050101"}, "")
	_, _, err2 := w.Issue(ctx, w.pusdatin, number, nil, "")
	_, err3 := w.Return(ctx, w.pusdatin, number, []string{"P3204050102"}, "surat")
	second := []byte("%PDF-1.7\nsurat kedua\n%%EOF\n")
	_, err4 := w.SetLetter(ctx, w.bandung, number, aLetter, second)
	// A list that was accepted is nobody's to change, and who has an account stays.
	_, err5 := w.SetPuskesmas(ctx, w.bandung, number, List{Code: "P3204050101", People: people(60)})
	var step *StepError
	if err := errors.Join(err1, err2, err3, err4); err != nil || !errors.As(err5, &step) {
		t.Fatalf("%v, %v", err, err5)
	}
	pdf, err := w.Letter(ctx, w.pusdatin, number)
	if err != nil || !bytes.Equal(pdf, second) {
		t.Errorf("the last letter: %q, %v", pdf, err)
	}
	err = w.Store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		files, err := snap.RegistrationFiles(ctx, number, letterPrefix)
		if len(files) != 2 {
			t.Errorf("%d letters are kept, want that which the acceptance rests on too", len(files))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if d, err := w.Get(ctx, w.bandung, number); err != nil || d.Guides != 1 {
		t.Errorf("guides %+v, %v", d, err)
	}
}
