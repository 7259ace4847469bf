package postgres

import (
	"errors"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) { pgtest.Main(m, &cluster) }

func TestPostgreSQLConforms(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store {
		s, err := Open(t.Context(), cluster.NewDatabase(t))
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestBothEnginesHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	names := func(migrations fs.FS, err error) []string {
		if err != nil {
			t.Fatal(err)
		}
		list, err := fs.Glob(migrations, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	ours, theirs := names(Migrations()), names(sqlite.Migrations())
	if len(ours) == 0 || !slices.Equal(ours, theirs) {
		t.Fatalf("PostgreSQL has %v, SQLite %v", ours, theirs)
	}
}

func TestAStoreOfANewerServerIsRefused(t *testing.T) {
	t.Parallel()
	address := cluster.NewDatabase(t)
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.pool.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	var newer *file.ErrNewerSchema
	if _, err := Open(t.Context(), address); !errors.As(err, &newer) || newer.Have != 999 {
		t.Fatalf("an older program opened it: %v", err)
	}
}

func TestTheDatabaseTellsItsClock(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	before := time.Now().Add(-time.Second)
	if now, err := s.Clock(t.Context()); err != nil || now.Before(before) || now.After(time.Now().Add(time.Second)) {
		t.Errorf("%v, %v", now, err)
	}
}
