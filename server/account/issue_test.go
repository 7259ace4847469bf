package account

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// world is a service over a store with one Puskesmas, at a clock that the test
// moves, and what its log says.
type world struct {
	*Service
	now time.Time
	log bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{now: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	signIn, err := auth.New(s, ring, now, rand.Reader, slog.New(slog.NewTextHandler(&w.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	w.Service = &Service{Store: s, Vault: ingest.NewVault(ring, rand.Reader), Auth: signIn, Now: now, Rand: rand.Reader}
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Directory().PutAreas(ctx, []store.Area{{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Bandung"}, {Code: "32.04.05.2001", Name: "Desa"}}),
			tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P1", Name: "Satu", District: "32.04", Villages: []string{"32.04.05.2001"}}}))
	})
	return w
}

func (w *world) write(t *testing.T, fn func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	if err := w.Store.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func (w *world) issue(t *testing.T, a NewAccount) (out Issued, err error) {
	t.Helper()
	err = w.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		out, err = w.Issue(ctx, tx, a)
		return err
	})
	return out, err
}

// person is a nominee whose NIK ends in n.
func person(name string, n uint64) Person {
	return Person{FullName: name, NotCivilServant: true, NIK: 3204054101900000 + n, Position: "Perawat", Mobile: "081234567890", Email: "a@b.example"}
}

func surveyor(name string, n uint64) NewAccount {
	return NewAccount{Person: person(name, n), Roles: []ksv1.Role{ksv1.Role_ROLE_SURVEYOR}, Puskesmas: "P1"}
}

func TestAnIssuedAccountWaitsWithItsPersonSealed(t *testing.T) {
	w := newWorld(t)
	a := surveyor("Hj. Siti Nur Aminah, S.Kep", 1)
	a.Registered = true
	issued, err := w.issue(t, a)
	if err != nil {
		t.Fatal(err)
	}
	if issued.UserName != "siti.aminah" || !regexp.MustCompile(`^([BCDFGHJKMNPQRSTVWXYZ]{4}-){3}[BCDFGHJKMNPQRSTVWXYZ]{4}$`).MatchString(issued.Code) ||
		!issued.Expires.Equal(w.now.Add(CodeLifetime)) {
		t.Errorf("issued %+v", issued)
	}
	err = w.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindAccount(ctx, issued.Number)
		if err != nil {
			return err
		}
		if !row.Waiting() || !row.Registered || bytes.Contains(row.Person, []byte("Perawat")) || bytes.Contains(row.FullName, []byte("Siti")) {
			t.Errorf("row %+v", row)
		}
		p, err := OpenPerson(w.Vault, &row)
		if p != a.Person {
			t.Errorf("person %+v", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestANIPIsKeptWithoutItsBlanks(t *testing.T) {
	w := newWorld(t)
	a := surveyor("Siti", 1)
	a.NIP, a.NotCivilServant = "19850101 201001 1 001", false
	issued, err := w.issue(t, a)
	if err != nil {
		t.Fatal(err)
	}
	err = w.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindAccount(ctx, issued.Number)
		if err != nil {
			return err
		}
		p, err := OpenPerson(w.Vault, &row)
		if p.NIP != "198501012010011001" {
			t.Errorf("NIP %s", p.NIP)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUserNamesAreUniqueAndHoldNoNumberOfThePerson(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{}
	for n := range uint64(15) {
		issued, err := w.issue(t, surveyor("Siti Aminah", n+1))
		if err != nil {
			t.Fatal(err)
		}
		if seen[issued.UserName] || !regexp.MustCompile(`^siti\.aminah[0-9]{0,5}$`).MatchString(issued.UserName) {
			t.Errorf("user name %s", issued.UserName)
		}
		seen[issued.UserName] = true
	}
	for name, want := range map[string]string{
		"dr. André Muñoz, Sp.A": "andre.munoz", "Sukarno": "sukarno", "3204054101900001": "pengguna", "Drg. H. M. Yusuf": "m.yusuf", "李小龍": "pengguna",
	} {
		if got := baseName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestAPersonHasOneAccountThatIsNotDisabled(t *testing.T) {
	w := newWorld(t)
	first, err := w.issue(t, surveyor("Siti Aminah", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.issue(t, surveyor("Siti A", 1)); !errors.Is(err, ErrPersonKnown) {
		t.Errorf("a second account: %v", err)
	}
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		row, err := tx.Directory().LockAccount(ctx, first.Number)
		row.Disabled = true
		_, put := tx.Directory().PutAccount(ctx, row)
		return errors.Join(err, put)
	})
	if _, err := w.issue(t, surveyor("Siti A", 1)); err != nil {
		t.Errorf("after the first was disabled: %v", err)
	}
}

func TestAnAccountIsRefusedByTheFieldThatIsWrong(t *testing.T) {
	w := newWorld(t)
	for field, spoil := range map[string]func(*NewAccount){
		"full_name":      func(a *NewAccount) { a.FullName = " " },
		"nik":            func(a *NewAccount) { a.NIK = 12 },
		"nip":            func(a *NewAccount) { a.NotCivilServant = false },
		"position":       func(a *NewAccount) { a.Position = strings.Repeat("a", 201) },
		"mobile":         func(a *NewAccount) { a.Mobile = "0221234567" },
		"email":          func(a *NewAccount) { a.Email = "a@b" },
		"roles":          func(a *NewAccount) { a.Roles = nil },
		"area":           func(a *NewAccount) { a.Roles, a.Puskesmas, a.Area = []ksv1.Role{ksv1.Role_ROLE_DISTRICT}, "", "32" },
		"puskesmas_code": func(a *NewAccount) { a.Puskesmas = "" },
	} {
		a := surveyor("Siti", 1)
		spoil(&a)
		var invalid *InvalidError
		if _, err := w.issue(t, a); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, nik := range []uint64{9999999999990000, 3204054101900000, 3204053202900001} {
		a := surveyor("Siti", 1)
		a.NIK = nik
		var invalid *InvalidError
		if _, err := w.issue(t, a); !errors.As(err, &invalid) || invalid.Field != "nik" {
			t.Errorf("a NIK of no day or serial: %v", err)
		}
	}
	for _, nip := range []string{"000000000000000000", "198513012010011001"} {
		a := surveyor("Siti", 1)
		a.NIP, a.NotCivilServant = nip, false
		var invalid *InvalidError
		if _, err := w.issue(t, a); !errors.As(err, &invalid) || invalid.Field != "nip" {
			t.Errorf("an impossible NIP: %v", err)
		}
	}
	a := surveyor("Siti", 1)
	a.Roles = append(a.Roles, a.Roles...)
	var invalid *InvalidError
	if _, err := w.issue(t, a); !errors.As(err, &invalid) || invalid.Field != "roles" {
		t.Errorf("one role twice: %v", err)
	}
	a = surveyor("Siti", 1)
	a.Puskesmas = "P9"
	if _, err := w.issue(t, a); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown Puskesmas: %v", err)
	}
}
