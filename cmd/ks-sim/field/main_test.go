package field

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) {
	// Thousands sign in here. What hashes cost in earnest, server/auth and internal/record try.
	auth.DefaultPasswordCost, record.MinPasswordCost = sample.CheapPassword, sample.CheapPassword
	if config := os.Getenv(childVariable); config != "" {
		if err := importChild(config); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// Half of their time most tests wait, for a disk, a clock or a registry. -parallel overrules it.
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	pgtest.Main(m, &cluster)
}

// onEachEngine runs a test on a Puskesmas with either engine.
func onEachEngine(t *testing.T, surveyors int, test func(t *testing.T, f *Field)) {
	t.Helper()
	t.Parallel()
	onEachStore(t, func(t *testing.T, s store.Store) { test(t, newField(t, surveyors, s)) })
}

// onEachStore runs a test without a store, which then is SQLite, and with one of
// PostgreSQL.
func onEachStore(t *testing.T, test func(t *testing.T, s store.Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, nil)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, postgresStore(t))
	})
}

// postgresStore opens a store of its own in the tests' cluster.
func postgresStore(t *testing.T) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), fresh.PostgreSQL(t, cluster))
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// cleanUp is t.Cleanup of what refers to much. Until the last test is done, testing keeps
// what parallel ones were cleaned up by: with hundreds of Puskesmas and devices hanging on
// it, the collector took three quarters of all tests' time.
func cleanUp(t *testing.T, clean func()) {
	t.Helper()
	t.Cleanup(func() {
		clean()
		clean = nil
	})
}

func newField(t *testing.T, surveyors int, s store.Store) *Field {
	t.Helper()
	dir := t.TempDir()
	if s == nil {
		if err := fresh.Place(dir); err != nil {
			t.Fatal(err)
		}
	}
	f, err := New(t.Context(), Options{Dir: dir, Surveyors: surveyors, Store: s})
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func signIn(t *testing.T, f *Field, name string) *clientsdk.User {
	t.Helper()
	return signInWith(t, f, name, f.Password)
}

// signInWith is signIn with a password of one's own.
func signInWith(t *testing.T, f *Field, name, password string) *clientsdk.User {
	t.Helper()
	c, err := f.Device(name)
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.SignIn(t.Context(), name, password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := errors.Join(u.Close(), c.Close()); err != nil {
			t.Error(err)
		}
	})
	return u
}

func mustSync(t *testing.T, u *clientsdk.User) *clientsdk.SyncResult {
	t.Helper()
	r, err := u.Sync(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Repaired != 0 || r.Differing != 0 {
		t.Fatalf("digests differ: %+v", r)
	}
	return r
}

func village(t *testing.T, u *clientsdk.User) uint32 {
	t.Helper()
	v, err := u.Villages(t.Context())
	if err != nil || len(v) == 0 {
		t.Fatalf("villages: %v, %v", v, err)
	}
	return v[0].GetVillage()
}
