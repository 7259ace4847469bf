package postgres

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
)

// laterStep is a migration that an older version does not know; its number is not the
// highest, as of work that was merged later.
const laterStep = "062_find_returned.sql"

// openOlder opens a database as the version before laterStep does.
func openOlder(t *testing.T, address string) *Store {
	t.Helper()
	all, err := Migrations()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(all, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	older := fstest.MapFS{}
	for _, name := range names {
		data, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		if name != laterStep {
			older[name] = &fstest.MapFile{Data: data}
		}
	}
	if len(older) != len(names)-1 {
		t.Fatalf("%s is not there", laterStep)
	}
	s, err := open(t.Context(), address, older)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func put(ctx context.Context, s *Store, value string) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutMeta(ctx, "probe", value) })
}

func TestNobodyBringsADatabaseUpThatAnOlderServerUses(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), cluster.NewDatabase(t)
	server := openOlder(t, address)
	// Held without the watch of EnterTogether, which on a slow machine may have to hold
	// it anew.
	gate, err := server.tryLock(ctx, "pg_try_advisory_lock_shared")
	if err != nil {
		t.Fatal(err)
	}
	defer drop(ctx, gate)
	if _, err := Open(ctx, address); !errors.Is(err, store.ErrOlderInUse) || !strings.Contains(err.Error(), " since 20") {
		t.Fatalf("it was brought up beside a server that uses it: %v", err)
	}
	if err := put(ctx, server, "1"); err != nil {
		t.Fatalf("the older server does not go on: %v", err)
	}
	drop(ctx, gate)
	s, err := Open(ctx, address)
	if err != nil {
		t.Fatalf("when it had stopped: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// An older server whose hold was lost, as of a broken connection, must not commit any
// more, neither what was under way nor over a new connection.
func TestAnOlderServerCommitsNothingOnceTheSchemaIsNewer(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), cluster.NewDatabase(t)
	server := openOlder(t, address)
	err := server.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().PutMeta(ctx, "probe", "under way"); err != nil {
			return err
		}
		newer, err := Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		return newer.Close()
	})
	if err == nil {
		t.Error("what was under way was committed")
	}
	var newer *file.ErrNewerSchema
	if err := put(ctx, server, "afterwards"); !errors.As(err, &newer) || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("afterwards: %v", err)
	}
	if _, err := server.EnterTogether(ctx); !errors.As(err, &newer) {
		t.Errorf("it may enter: %v", err)
	}
	s, err := Open(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if value, err := snap.Meta(ctx, "probe"); err != nil || value != "" {
			t.Errorf("%q is there, %v", value, err)
		}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Error(err)
	}
}

func TestAnOlderServerLearnsThatTheSchemaIsNewer(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), cluster.NewDatabase(t)
	server := openOlder(t, address)
	hold, err := server.EnterTogether(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Leave()
	// Its connection breaks; it looks every other second, and may be back in between.
	for deadline := time.Now().Add(time.Minute); ; {
		_, err := server.pool.Exec(ctx, `RESET ROLE; SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 27508
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		if err != nil {
			t.Fatal(err)
		}
		newer, err := Open(ctx, address)
		if err == nil {
			if err := newer.Close(); err != nil {
				t.Error(err)
			}
			break
		}
		if !errors.Is(err, store.ErrOlderInUse) || time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	select {
	case <-hold.Lost:
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
}
