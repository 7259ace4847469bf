package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func migrations(n int) fstest.MapFS {
	files := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		statement := fmt.Sprintf("-- +goose Up\nCREATE TABLE t%d (a INTEGER) STRICT;\n", i)
		files[fmt.Sprintf("%03d_make.sql", i)] = &fstest.MapFile{Data: []byte(statement)}
	}
	return files
}

func TestMigrationsGoForwardFromWhereTheyStopped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	for _, to := range []int{1, 3, 3} {
		db, done := openDevice(t, path)
		if err := Migrate(t.Context(), db, migrations(to)); err != nil {
			t.Fatalf("to %d: %v", to, err)
		}
		mustExec(t, db, fmt.Sprintf("INSERT INTO t%d VALUES (1)", to))
		done()
	}
	db, done := openDevice(t, path)
	defer done()
	var n int
	if err := db.QueryRow("SELECT (SELECT count(*) FROM t1) + (SELECT count(*) FROM t3)").Scan(&n); err != nil || n != 3 {
		t.Fatalf("%d rows survived: %v", n, err)
	}
}

func TestAMigrationThatWasMergedLaterIsAppliedBelowTheNewest(t *testing.T) {
	t.Parallel()
	db, done := openDevice(t, filepath.Join(t.TempDir(), "a.db"))
	defer done()
	without := migrations(3)
	delete(without, "002_make.sql")
	for _, m := range []fstest.MapFS{without, migrations(3), migrations(3)} {
		if err := Migrate(t.Context(), db, m); err != nil {
			t.Fatal(err)
		}
	}
	mustExec(t, db, "INSERT INTO t2 VALUES (1)")
}

func TestFailedMigrationLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	db, done := openDevice(t, filepath.Join(t.TempDir(), "a.db"))
	defer done()
	broken := migrations(2)
	broken["002_make.sql"].Data = []byte("-- +goose Up\nCREATE TABLE t2 (a INTEGER) STRICT;\nCREATE TABLE t1 (a INTEGER) STRICT;\n")
	if err := Migrate(t.Context(), db, broken); err == nil || !strings.Contains(err.Error(), "from schema 0 to 2") {
		t.Fatalf("broken migration: %v", err)
	}
	if err := Migrate(t.Context(), db, migrations(2)); err != nil {
		t.Fatalf("the repaired one: %v", err)
	}
}

func TestNewerSchemaIsRefusedUnharmed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	db, done := openDevice(t, path)
	if err := Migrate(t.Context(), db, migrations(3)); err != nil {
		t.Fatal(err)
	}
	done()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, done = openDevice(t, path)
	err = Migrate(t.Context(), db, migrations(2))
	done()
	var newer *ErrNewerSchema
	if !errors.As(err, &newer) || newer.Have != 3 || newer.Want != 2 {
		t.Fatalf("downgrade: %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Fatalf("the file was changed: %v", err)
	}
}
