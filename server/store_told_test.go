package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// endsWith is a store of which each transaction ends with an error.
type endsWith struct {
	store.Store
	err error
}

func (s *endsWith) Write(context.Context, func(context.Context, store.Tx) error) error { return s.err }

func (s *endsWith) Read(context.Context, func(context.Context, store.Snapshot) error) error {
	return s.err
}

func TestTheLogSaysOnceAMinuteWhyTheStoreIsUnavailable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		engine := &endsWith{err: fmt.Errorf("commit: %w: %w", store.ErrUnavailable, errors.New("disk is full"))}
		s := &toldStore{Store: engine, log: slog.New(slog.NewTextHandler(&log, nil))}
		both := func() {
			for range 100 {
				if w, r := s.Write(t.Context(), nil), s.Read(t.Context(), nil); !errors.Is(w, engine.err) || !errors.Is(r, engine.err) {
					t.Fatalf("%v, %v; not %v", w, r, engine.err)
				}
			}
		}
		both()
		time.Sleep(tellStoreEvery - time.Nanosecond)
		both()
		if said := log.String(); strings.Count(said, "store unavailable") != 1+1 || !strings.Contains(said, "disk is full") {
			t.Errorf("within a minute: %s", said) // its cause says it, too
		}
		time.Sleep(time.Nanosecond)
		both()
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("after a minute: %d lines", n)
		}
		for _, engine.err = range []error{nil, store.ErrNotFound, context.Canceled} {
			time.Sleep(tellStoreEvery)
			both()
		}
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("of errors of another kind: %s", log.String())
		}
	})
}

// On a full disk a transaction begins: what ends before it writes anything does not tell that
// the store can be written again.
func TestARefusedStoreIsRefusedUntilAWriteGoesWell(t *testing.T) {
	t.Parallel()
	engine := &endsWith{}
	s := &toldStore{Store: engine, log: slog.New(slog.DiscardHandler)}
	for _, c := range []struct {
		ends    error
		refuses bool
	}{
		{nil, false},
		{store.ErrNotFound, false},
		{fmt.Errorf("commit: %w", store.ErrUnavailable), true},
		{store.ErrNotFound, true},
		{context.Canceled, true},
		{errors.New("another's decision"), true},
		{nil, false},
		{context.Canceled, false},
	} {
		engine.err = c.ends
		if err := s.Write(t.Context(), nil); !errors.Is(err, c.ends) || s.refuses() != c.refuses {
			t.Errorf("a write that ends with %v: %v; refused: %t", c.ends, err, s.refuses())
		}
	}
}

// A store on a full disk, or one that is read-only, can be read as if it were well.
func TestHealthTellsAStoreThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := edgeServer(t, rates.Bounds{})
	s.told.log = slog.New(slog.NewTextHandler(&log, nil))
	db := s.told.Store.(*sqlite.Store).DB()
	health := func() string {
		w := httptest.NewRecorder()
		(&storeHealth{try: s.tryStore}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
		return fmt.Sprint(w.Code, " ", w.Body.String())
	}
	wants := func(when, want string) {
		t.Helper()
		if got := health(); got != want {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	const well, readOnly = "200 ok\n", "503 store can be read, not written\n"
	if _, err := db.ExecContext(t.Context(), "PRAGMA query_only = ON"); err != nil {
		t.Fatal(err)
	}
	wants("before anybody writes", well)
	if err := TryWrite(t.Context(), s.config.Store); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("a write: %v", err)
	}
	wants("after a write", readOnly)
	wants("without another one", readOnly)
	if _, err := db.ExecContext(t.Context(), "PRAGMA query_only = OFF"); err != nil {
		t.Fatal(err)
	}
	wants("once it can be written", well)
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "readonly database") {
		t.Errorf("log: %s", said)
	}
}

// The server's role, and nobody's scope, are enough for it.
func TestAStoreIsTriedOnEachEngine(t *testing.T) {
	t.Parallel()
	cluster := pgtest.ForTest(t)
	for name, open := range map[string]func() (store.Store, error){
		"SQLite": func() (store.Store, error) {
			return fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
		},
		"PostgreSQL": func() (store.Store, error) { return postgres.Open(t.Context(), fresh.PostgreSQL(t, cluster)) },
	} {
		s, err := open()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		err = InitStore(t.Context(), s, rand.Reader)
		for range 2 {
			err = errors.Join(err, TryWrite(t.Context(), s))
		}
		if err := errors.Join(err, s.Close()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// heldVillage is a transaction that gets its village after a while.
type heldVillage struct {
	store.Store
	store.Tx
	after time.Duration
}

func (s *heldVillage) Write(ctx context.Context, fn func(context.Context, store.Tx) error) error {
	return fn(ctx, s)
}

func (s *heldVillage) InVillage(_ context.Context, _ uint32, fn func(store.VillageTx) error) error {
	time.Sleep(s.after)
	return fn(nil)
}

func TestTheLogSaysThatAVillageIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		engine := &heldVillage{}
		s := &toldStore{Store: engine, log: slog.New(slog.NewTextHandler(&log, nil))}
		write := func(waits, works time.Duration) {
			t.Helper()
			engine.after = waits
			ran := false
			err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
				return tx.InVillage(ctx, 4711, func(store.VillageTx) error {
					ran = true
					time.Sleep(works)
					return nil
				})
			})
			if err != nil || !ran {
				t.Fatalf("%t, %v", ran, err)
			}
			synctest.Wait() // for what is told beside it
		}
		write(villageWaitTold-time.Nanosecond, time.Hour)
		if log.Len() != 0 {
			t.Fatalf("who works long does not wait: %s", log.String())
		}
		write(villageWaitTold+time.Nanosecond, 0)
		write(villageWaitTold+time.Nanosecond, 0)
		if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "village=4711") {
			t.Fatalf("of two that waited within a minute: %s", said)
		}
		time.Sleep(tellStoreEvery)
		write(villageWaitTold+time.Nanosecond, 0)
		if n := strings.Count(log.String(), "\n"); n != 2 {
			t.Errorf("after a minute: %d lines", n)
		}
	})
}
