package registration

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

const (
	online = ksv1.RegistrationChannel_REGISTRATION_CHANNEL_ONLINE
	byPost = ksv1.RegistrationChannel_REGISTRATION_CHANNEL_POST
)

// world is the procedure over a store with two provinces, three districts and
// three Puskesmas, at a clock that the test moves.
type world struct {
	*Service
	now time.Time
	// Callers; the numbers are of accounts that exist.
	pusdatin, province, bandung, garut, semarang *access.Caller
}

// fewRules keep lists short.
var fewRules = &ksv1.RegistrationRules{Administrators: 1, Heads: 1, Supervisors: 1, Surveyors: 2}

func newWorld(t testing.TB) *world { return newWorldIn(t, t.TempDir()) }

// newWorldIn keeps its store in a folder.
func newWorldIn(t testing.TB, dir string) *world {
	s, err := openStore(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return newWorldOn(t, s)
}

// nikMask stands for the digits of a NIK that are not shown.
const nikMask = "************"

// onPostgres is the test whose subtests have their stores in PostgreSQL.
const onPostgres = "TestTheProcedureHoldsBehindRowLevelSecurity"

func openStore(t testing.TB, dir string) (store.Store, error) {
	if strings.HasPrefix(t.Name(), onPostgres+"/") {
		return postgres.Open(context.Background(), fresh.PostgreSQL(t, cluster))
	}
	return fresh.SQLite(context.Background(), dir, sqlite.Options{Unsafe: true})
}

// newWorldOn fills a store that is new, or makes the callers anew on one that is
// not.
func newWorldOn(t testing.TB, s store.Store) *world {
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)}
	now := func() time.Time { return w.now }
	signIn, err := auth.New(s, ring, now, rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	vault := ingest.NewVault(ring, rand.Reader)
	accounts := &account.Service{Store: s, Vault: vault, Auth: signIn, Now: now, Rand: rand.Reader}
	w.Service = &Service{Store: s, Vault: vault, Accounts: accounts, Now: now}
	accounts.Activated, accounts.FormAccepted = w.Activated, w.InForce
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(
			tx.Directory().PutAreas(ctx, []store.Area{
				{Code: "32", Name: "Jawa Barat"}, {Code: "32.04", Name: "Bandung"}, {Code: "32.05", Name: "Garut"}, {Code: "33", Name: "Jawa Tengah"},
				{Code: "33.22", Name: "Semarang"},
			}),
			tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{
				{Code: "P3204050101", Name: "Puskesmas Cileunyi", District: "32.04"}, {Code: "P3204050102", Name: "Puskesmas Cinunuk", District: "32.04"},
				{Code: "P3205010101", Name: "Puskesmas Garut", District: "32.05"},
			}))
	})
	w.pusdatin = w.office(t, "pusdatin", ksv1.Role_ROLE_NATIONAL, "")
	w.bandung = w.office(t, "bandung", ksv1.Role_ROLE_DISTRICT, "32.04")
	w.garut = w.office(t, "garut", ksv1.Role_ROLE_DISTRICT, "32.05")
	w.semarang = w.office(t, "semarang", ksv1.Role_ROLE_DISTRICT, "33.22")
	w.province = w.office(t, "jabar", ksv1.Role_ROLE_PROVINCE, "32")
	if err := w.SetRules(context.Background(), w.pusdatin, fewRules); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) write(t testing.TB, fn func(ctx context.Context, tx store.Tx) error) {
	t.Helper()
	if err := w.Store.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// office makes an account that is in use.
func (w *world) office(t testing.TB, name string, role ksv1.Role, area string) *access.Caller {
	a := store.Account{UserName: name, FullName: []byte{1}, Password: "x", Roles: []int32{int32(role)}, Area: area, ScopeRevision: 1}
	w.write(t, func(ctx context.Context, tx store.Tx) (err error) {
		a.Number, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
	return &access.Caller{Account: a}
}

// activate gives an account that waits a password, as its person would.
func (w *world) activate(t testing.TB, number uint32) *access.Caller {
	t.Helper()
	c := &access.Caller{}
	a := w.account(t, number)
	scope := store.WithScope(context.Background(), store.Scope{Puskesmas: a.Puskesmas, RequestsUnder: a.Area})
	err := w.Store.Write(scope, func(ctx context.Context, tx store.Tx) (err error) {
		if c.Account, err = tx.Directory().LockAccount(ctx, number); err != nil {
			return err
		}
		c.Account.Password, c.Account.CodeHash, c.Account.CodeExpiresMS = "x", nil, 0
		if _, err := tx.Directory().PutAccount(ctx, c.Account); err != nil {
			return err
		}
		return w.Activated(ctx, tx, number)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w *world) account(t testing.TB, number uint32) (a store.Account) {
	t.Helper()
	err := w.Store.Read(context.Background(), func(ctx context.Context, snap store.Snapshot) (err error) {
		a, err = snap.FindAccount(ctx, number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// nominee is a person without mistakes whose numbers end in n, below 10,000.
func nominee(role ksv1.Role, n int) *ksv1.NomineePerson {
	return &ksv1.NomineePerson{
		Role: role, FullName: fmt.Sprintf("Orang %c%c", 'A'+n/26%26, 'A'+n%26), NotCivilServant: true, Nik: fmt.Sprintf("320405410190%04d", n+1),
		Position: "Perawat", Mobile: fmt.Sprintf("08123456%04d", n), Email: fmt.Sprintf("orang%d@dinkes.example", n),
	}
}

// people is a complete list by fewRules, of persons from n on.
func people(n int) []*ksv1.NomineePerson {
	return []*ksv1.NomineePerson{
		nominee(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR, n), nominee(ksv1.Role_ROLE_PUSKESMAS_HEAD, n+1), nominee(ksv1.Role_ROLE_SUPERVISOR, n+2),
		nominee(ksv1.Role_ROLE_SURVEYOR, n+3), nominee(ksv1.Role_ROLE_SURVEYOR, n+4),
	}
}

var aLetter = &ksv1.RegistrationLetter{Number: "440/17/2026", Date: "2026-03-01", Signatory: "dr. Dewi", SignatoryPosition: "Kepala Dinas"}

var aPDF = []byte("%PDF-1.7\nsurat\n%%EOF\n")

// drawnUp is a registration of Bandung with complete lists of both Puskesmas and
// its letter.
func (w *world) drawnUp(t testing.TB) uint32 { return w.drawnUpOf(t, 0) }

// drawnUpOf is one of persons from n on.
func (w *world) drawnUpOf(t testing.TB, n int) uint32 {
	t.Helper()
	ctx := context.Background()
	r, err := w.Create(ctx, w.bandung, []string{"P3204050101", "P3204050102"})
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := w.SetPuskesmas(ctx, w.bandung, r.Number, List{Code: "P3204050101", People: people(n)})
	_, err2 := w.SetPuskesmas(ctx, w.bandung, r.Number, List{Code: "P3204050102", People: people(n + 20)})
	_, err3 := w.SetLetter(ctx, w.bandung, r.Number, aLetter, aPDF)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return r.Number
}

// inVerification is one that Pusdatin looks at.
func (w *world) inVerification(t testing.TB) uint32 {
	t.Helper()
	ctx := context.Background()
	number := w.drawnUp(t)
	_, err1 := w.RecordCopy(ctx, w.bandung, number, byPost, "")
	_, err2 := w.Submit(ctx, w.bandung, number, nil, online, "")
	_, err3 := w.BeginVerification(ctx, w.pusdatin, number, nil, "")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	return number
}

// issued is one whose accounts wait, with its guides.
func (w *world) issued(t testing.TB) (uint32, []Guide) {
	t.Helper()
	ctx := context.Background()
	number := w.inVerification(t)
	_, err1 := w.Accept(ctx, w.pusdatin, number, nil, "")
	_, guides, err2 := w.Issue(ctx, w.pusdatin, number, nil, "")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return number, guides
}
