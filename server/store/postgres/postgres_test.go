package postgres

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

var cluster *pgtest.Cluster

func TestMain(m *testing.M) {
	var err error
	if cluster, err = pgtest.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

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
