package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var options = Options{ApplicationID: 0x4b534431}

func openDevice(t *testing.T, path string) (*sql.DB, func()) {
	t.Helper()
	db, done, err := OpenDevice(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	return db, func() {
		t.Helper()
		if err := done(); err != nil {
			t.Fatal(err)
		}
	}
}

func mustExec(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func setting(t *testing.T, q interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, name string) string {
	t.Helper()
	var got string
	if err := q.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return got
}

// safe is what every connection must say of itself.
var safe = map[string]string{
	"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "cell_size_check": "1",
	"fullfsync": "1", "checkpoint_fullfsync": "1", "secure_delete": "1", "application_id": "1263748145",
}

func TestEveryConnectionIsSafe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, done := openDevice(t, filepath.Join(dir, "device.db"))
	defer done()
	for name, want := range safe {
		if got := setting(t, db, name); got != want {
			t.Errorf("device: %s is %s, not %s", name, got, want)
		}
	}
	if got := setting(t, db, "locking_mode"); got != "exclusive" {
		t.Errorf("device: locking_mode is %s", got)
	}
	s, err := OpenServer(t.Context(), filepath.Join(dir, "server.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	conns := map[string]*sql.DB{"writer": s.Writer}
	for i := range readers {
		conns["reader "+strconv.Itoa(i)] = s.Readers
	}
	for who, pool := range conns {
		c, err := pool.Conn(t.Context()) // Held, so that each is another one.
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for name, want := range safe {
			if got := setting(t, c, name); got != want {
				t.Errorf("%s: %s is %s, not %s", who, name, got, want)
			}
		}
	}
}

func TestReadersCannotWriteAndSeeASnapshot(t *testing.T) {
	t.Parallel()
	s, err := OpenServer(t.Context(), filepath.Join(t.TempDir(), "s.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mustExec(t, s.Writer, "CREATE TABLE a (b INTEGER) STRICT")
	if _, err := s.Readers.Exec("INSERT INTO a VALUES (1)"); err == nil {
		t.Fatal("a reader wrote")
	}
	read, err := s.Readers.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Rollback()
	for range 2 {
		var n int
		if err := read.QueryRow("SELECT count(*) FROM a").Scan(&n); err != nil || n != 0 {
			t.Fatalf("snapshot shows %d rows: %v", n, err)
		}
		mustExec(t, s.Writer, "INSERT INTO a VALUES (1)")
	}
}

func TestWriterTakesTheLockAtBegin(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s.db")
	s, err := OpenServer(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tx, err := s.Writer.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	other, err := sql.Open("sqlite3", "file:"+path+"?_txlock=immediate&_busy_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Begin(); err == nil {
		t.Fatal("a transaction that has written nothing yet left the lock to another")
	}
}

func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	db, done := openDevice(t, path)
	defer done()
	mustExec(t, db, "CREATE TABLE a (b INTEGER) STRICT")
	for _, suffix := range []string{"", "-wal", ".lock"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: mode %o", info.Name(), info.Mode().Perm())
		}
	}
}

func TestSecondOpenerIsToldWhoHoldsTheDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	_, done := openDevice(t, path)
	_, _, err := OpenDevice(t.Context(), path, options)
	var held *InUseError
	if !errors.Is(err, ErrInUse) || !errors.As(err, &held) || held.PID != os.Getpid() {
		t.Fatalf("second opener: %v", err)
	}
	done()
	_, done = openDevice(t, path)
	done()
}

func TestKilledHolderLeavesTheDatabaseFreeAndWhole(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	holder := exec.CommandContext(t.Context(), os.Args[0])
	holder.Env = append(os.Environ(), holdEnv+"="+path)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	holder.Stderr = os.Stderr
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("holder said %q: %v", line, err)
	}
	var held *InUseError
	if _, _, err := OpenDevice(t.Context(), path, options); !errors.As(err, &held) || held.PID != holder.Process.Pid {
		t.Fatalf("while it lives: %v", err)
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := holder.Wait(); err == nil {
		t.Fatal("holder ended by itself")
	}
	db, done := openDevice(t, path)
	defer done()
	var kept int
	if err := db.QueryRow("SELECT a FROM kept").Scan(&kept); err != nil || kept != 42 {
		t.Fatalf("committed row reads %d: %v", kept, err)
	}
}

func TestOtherFilesAreRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unmarked := filepath.Join(dir, "unmarked.db")
	db, err := sql.Open("sqlite3", "file:"+unmarked)
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "CREATE TABLE mine (a INTEGER)")
	db.Close()
	marked := filepath.Join(dir, "marked.db")
	_, done, err := OpenDevice(t.Context(), marked, Options{ApplicationID: 7})
	if err != nil {
		t.Fatal(err)
	}
	if err := done(); err != nil {
		t.Fatal(err)
	}
	long, short := filepath.Join(dir, "long.txt"), filepath.Join(dir, "short.txt")
	for path, n := range map[string]int{long: 100, short: 1} {
		if err := os.WriteFile(path, []byte(strings.Repeat("no database at all ", n)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]error{unmarked: ErrForeign, marked: ErrForeign, long: ErrNotDatabase, short: ErrNotDatabase} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := OpenDevice(t.Context(), path, options); !errors.Is(err, want) {
			t.Errorf("device, %s: %v", filepath.Base(path), err)
		}
		if _, err := OpenServer(t.Context(), path, options); !errors.Is(err, want) {
			t.Errorf("server, %s: %v", filepath.Base(path), err)
		}
		after, err := os.ReadFile(path)
		if err != nil || string(after) != string(before) {
			t.Errorf("%s was changed: %v", filepath.Base(path), err)
		}
	}
}

func TestNamedVFSIsUsed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	o := options
	o.VFS = "no-such-vfs"
	if _, _, err := OpenDevice(t.Context(), path, o); err == nil || !strings.Contains(err.Error(), "no such vfs") {
		t.Fatalf("unknown VFS: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a file was made outside the VFS: %v", err)
	}
}

func TestCheckNamesDamage(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	db, done := openDevice(t, path)
	mustExec(t, db, "CREATE TABLE a (b TEXT) STRICT")
	mustExec(t, db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO a SELECT 'row ' || i FROM n")
	if err := Check(t.Context(), db); err != nil {
		t.Fatalf("sound file: %v", err)
	}
	done()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(strings.Repeat("\xff", 600)), 2*4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db, done = openDevice(t, path)
	defer done()
	if err := Check(t.Context(), db); !errors.Is(err, ErrDamaged) {
		t.Fatalf("overwritten page: %v", err)
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
	if err := Check(ctx, s.Readers); !errors.Is(err, context.Canceled) || errors.Is(err, ErrDamaged) {
		t.Fatalf("check broken off: %v", err)
	}
}
