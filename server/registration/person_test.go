package registration

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// typed is the n-th nominee as an administrator types them in.
func typed(t *testing.T, n int, roles ...ksv1.Role) account.NewAccount {
	t.Helper()
	p := nominee(roles[0], n)
	nik, err := prokesga.ParseNIK(p.GetNik())
	if err != nil {
		t.Fatal(err)
	}
	return account.NewAccount{
		Person: account.Person{FullName: p.GetFullName(), NotCivilServant: true, NIK: uint64(nik), Position: "Perawat", Mobile: p.GetMobile(), Email: p.GetEmail()},
		Roles:  roles,
	}
}

// meeting lets two go on together, or one after a moment.
type meeting struct {
	mu    sync.Mutex
	n     int
	begun chan struct{}
}

func newMeeting() *meeting { return &meeting{begun: make(chan struct{})} }

func (m *meeting) wait() {
	m.mu.Lock()
	if m.n++; m.n == 2 {
		close(m.begun)
	}
	m.mu.Unlock()
	select {
	case <-m.begun:
	case <-time.After(300 * time.Millisecond):
	}
}

// Read is a source of randomness that both must have come to.
func (m *meeting) Read(p []byte) (int, error) {
	m.wait()
	return rand.Read(p)
}

// both runs a deed for two at once and tells what came of it.
func both(deed func(k int) error) [2]error {
	var out [2]error
	var wait sync.WaitGroup
	for k := range out {
		wait.Go(func() { out[k] = deed(k) })
	}
	wait.Wait()
	return out
}

// onPostgreSQL is a world in which two transactions write at once.
func onPostgreSQL(t *testing.T) *world {
	t.Helper()
	s, err := postgres.Open(t.Context(), fresh.PostgreSQL(t, cluster))
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

// TestAPersonHasOneAccountWhoeverAsksAtOnce: two administrators type the same person
// in, then enable both accounts that the person had.
func TestAPersonHasOneAccountWhoeverAsksAtOnce(t *testing.T) {
	t.Parallel()
	w := onPostgreSQL(t)
	admins := []*access.Caller{w.adminOf(t, "admin.satu", "P3204050101"), w.adminOf(t, "admin.dua", "P3205010101")}
	made := make([][]account.Issued, 2)
	create := func(k int) (err error) {
		x := typed(t, 300, ksv1.Role_ROLE_SURVEYOR)
		x.FullName = []string{"Siti Aminah", "Siti Nur"}[k]
		made[k], err = w.Accounts.CreateStaff(scoped(t.Context(), admins[k]), admins[k], []account.NewAccount{x})
		return err
	}
	one := func(what string, errs [2]error) {
		t.Helper()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), account.ErrPersonKnown) {
			t.Errorf("%s: %v", what, errs)
		}
	}
	w.Accounts.Rand = newMeeting()
	one("typed in at once", both(create))
	w.Accounts.Rand = rand.Reader
	first := 0
	if made[first] == nil {
		first = 1
	}
	w.disable(t, made[first][0].Number)
	if err := create(1 - first); err != nil {
		t.Fatal(err)
	}
	w.disable(t, made[1-first][0].Number)
	m := newMeeting()
	w.Accounts.FormAccepted = func(context.Context, store.Snapshot, []byte, string) (bool, error) {
		m.wait()
		return false, nil
	}
	one("enabled at once", both(func(k int) error {
		return w.Accounts.Enable(scoped(t.Context(), admins[k]), admins[k], made[k][0].Number)
	}))
}

func TestOfTwoWhoDisableEachOtherOneStays(t *testing.T) {
	t.Parallel()
	w := onPostgreSQL(t)
	two := []*access.Caller{w.pusdatin, w.office(t, "pusdatin.dua", ksv1.Role_ROLE_NATIONAL, "")}
	errs := both(func(k int) error {
		return w.Accounts.Disable(scoped(t.Context(), two[k]), two[k], two[1-k].Account.Number)
	})
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), auth.ErrAccountDisabled) {
		t.Errorf("%v", errs)
	}
	if a, b := w.account(t, two[0].Account.Number), w.account(t, two[1].Account.Number); a.Disabled == b.Disabled {
		t.Errorf("disabled: %t and %t", a.Disabled, b.Disabled)
	}
}

// adminOf is an administrator of a Puskesmas who came by no registration.
func (w *world) adminOf(t *testing.T, name, puskesmas string) *access.Caller {
	t.Helper()
	a := store.Account{
		UserName: name, FullName: []byte{1}, Password: "x", Roles: []int32{int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)}, Puskesmas: puskesmas, ScopeRevision: 1,
	}
	w.write(t, func(ctx context.Context, tx store.Tx) (err error) {
		a.Number, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
	return &access.Caller{Account: a}
}

// disable disables an account past all rights.
func (w *world) disable(t *testing.T, number uint32) {
	t.Helper()
	w.write(t, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Directory().LockAccount(ctx, number)
		if err != nil {
			return err
		}
		a.Disabled = true
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
}
