package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var options = Options{ApplicationID: 0x4b534431}

func TestSecondOpenerIsToldWhoHoldsTheDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	_, closeFirst, err := OpenDevice(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = OpenDevice(t.Context(), path, options)
	if !errors.Is(err, ErrInUse) || !strings.Contains(err.Error(), "process") {
		t.Fatalf("second opener: %v", err)
	}
	if err := closeFirst(); err != nil {
		t.Fatal(err)
	}
	_, closeAgain, err := OpenDevice(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := closeAgain(); err != nil {
		t.Fatal(err)
	}
}

func TestForeignFilesAreRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database at all ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenDevice(t.Context(), text, options); !errors.Is(err, ErrNotDatabase) {
		t.Fatalf("text file: %v", err)
	}
	other := filepath.Join(dir, "other.db")
	_, done, err := OpenDevice(t.Context(), other, Options{ApplicationID: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenDevice(t.Context(), other, options); !errors.Is(err, ErrForeign) {
		t.Fatalf("another program's: %v", err)
	}
}

func migrations(n int) fstest.MapFS {
	fs := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		name := "00" + string(rune('0'+i)) + "_make.sql"
		fs[name] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE t" + string(rune('0'+i)) + " (a INTEGER) STRICT;\n")}
	}
	return fs
}

func TestNewerSchemaIsRefusedUnharmed(t *testing.T) {
	t.Parallel()
	db, done, err := OpenDevice(t.Context(), filepath.Join(t.TempDir(), "a.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if err := Migrate(t.Context(), db, migrations(3)); err != nil {
		t.Fatal(err)
	}
	err = Migrate(t.Context(), db, migrations(2))
	var newer *ErrNewerSchema
	if !errors.As(err, &newer) || newer.Have != 3 || newer.Want != 2 {
		t.Fatalf("downgrade: %v", err)
	}
	var n int
	if err := db.QueryRow("SELECT count(*) FROM t3").Scan(&n); err != nil {
		t.Fatalf("the newer table is gone: %v", err)
	}
}

func TestCancelledContextEndsAWait(t *testing.T) {
	t.Parallel()
	s, err := OpenServer(t.Context(), filepath.Join(t.TempDir(), "s.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tx, err := s.Writer.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Writer.BeginTx(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("waiting for the writer: %v", err)
	}
	if err := Check(t.Context(), s.Readers); err != nil {
		t.Fatal(err)
	}
}
