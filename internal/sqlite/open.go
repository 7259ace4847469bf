package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Errors of opening.
var (
	// ErrInUse: another process holds the database; the error names it.
	ErrInUse = errors.New("database in use")
	// ErrNotDatabase: the file is no SQLite database.
	ErrNotDatabase = errors.New("not a SQLite database")
	// ErrForeign: the file is a SQLite database of another program.
	ErrForeign = errors.New("database of another program")
	// ErrDamaged: the file fails SQLite's own check.
	ErrDamaged = errors.New("damaged database")
)

// minVersion is the first SQLite without the bug that corrupts a WAL when two
// connections write and checkpoint at one moment (3.7.0 to 3.51.2).
const minVersion = 3_051_003

// Options of opening.
type Options struct {
	// ApplicationID marks whose database it is; a new file is given it, a file
	// with another one is refused.
	ApplicationID int32
	// Unsafe turns off syncing to disk. Only for simulators, whose disks are
	// memory anyway.
	Unsafe bool
}

// OpenDevice opens a database for one process and one connection. Errors:
// ErrInUse, ErrNotDatabase, ErrForeign.
func OpenDevice(ctx context.Context, path string, o Options) (*sql.DB, func() error, error) {
	unlock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, nil, err
	}
	db, err := open(ctx, path, o, url.Values{"_locking_mode": {"EXCLUSIVE"}, "_txlock": {"immediate"}})
	if err != nil {
		return nil, nil, errors.Join(err, unlock())
	}
	db.SetMaxOpenConns(1)
	return db, func() error { return errors.Join(db.Close(), unlock()) }, nil
}

// Server is a database with one writer and a few readers.
type Server struct {
	// Writer has one connection; its transactions begin IMMEDIATE.
	Writer *sql.DB
	// Readers see a snapshot each, beside the writer.
	Readers *sql.DB
}

// readers is the size of the reader pool: enough for a district's dashboards,
// small because each keeps a page cache.
const readers = 4

// OpenServer opens a database for a server process. Errors: ErrNotDatabase,
// ErrForeign.
func OpenServer(ctx context.Context, path string, o Options) (*Server, error) {
	writer, err := open(ctx, path, o, url.Values{"_txlock": {"immediate"}})
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	pool, err := open(ctx, path, o, url.Values{"_query_only": {"1"}})
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	pool.SetMaxOpenConns(readers)
	return &Server{Writer: writer, Readers: pool}, nil
}

// Close closes both pools.
func (s *Server) Close() error { return errors.Join(s.Readers.Close(), s.Writer.Close()) }

func open(ctx context.Context, path string, o Options, extra url.Values) (*sql.DB, error) {
	if _, number, _ := sqlite3.Version(); number < minVersion {
		return nil, fmt.Errorf("SQLite %d is too old, %d is needed: build with the bundled library", number, minVersion)
	}
	v := url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"}, "_busy_timeout": {"10000"},
		"_cell_size_check": {"1"},
	}
	if o.Unsafe {
		v.Set("_synchronous", "OFF")
	}
	for name, values := range extra {
		v[name] = values
	}
	db, err := sql.Open("sqlite3", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+v.Encode())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := assertPragmas(ctx, db, path, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func assertPragmas(ctx context.Context, db *sql.DB, path string, o Options) error {
	synchronous := "2"
	if o.Unsafe {
		synchronous = "0"
	}
	for _, p := range []struct{ name, want string }{
		{"journal_mode", "wal"}, {"synchronous", synchronous}, {"foreign_keys", "1"},
	} {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&got); err != nil {
			return openError(path, err)
		}
		if !strings.EqualFold(got, p.want) {
			return fmt.Errorf("%s: %s is %s, not %s as asked", path, p.name, got, p.want)
		}
	}
	var id, tables int64
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return openError(path, err)
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return openError(path, err)
	}
	switch {
	case id == int64(o.ApplicationID):
		return nil
	case id == 0 && tables == 0:
		_, err := db.ExecContext(ctx, "PRAGMA application_id = "+strconv.FormatInt(int64(o.ApplicationID), 10))
		return err
	default:
		return fmt.Errorf("%s: %w (application id %#x)", path, ErrForeign, id)
	}
}

// openError says in our words what SQLite says in its own.
func openError(path string, err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) {
		switch e.Code {
		case sqlite3.ErrNotADB:
			return fmt.Errorf("%s: %w", path, ErrNotDatabase)
		case sqlite3.ErrCorrupt:
			return fmt.Errorf("%s: %w: %v", path, ErrDamaged, err)
		case sqlite3.ErrBusy, sqlite3.ErrLocked:
			return fmt.Errorf("%s: %w", path, ErrInUse)
		}
	}
	return fmt.Errorf("open %s: %w", path, err)
}

// Check runs SQLite's quick check. Errors: ErrDamaged with what it found.
func Check(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "PRAGMA quick_check(20)")
	if err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return fmt.Errorf("%w: %v", ErrDamaged, err)
		}
		if line != "ok" {
			found = append(found, line)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if len(found) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, strings.Join(found, "; "))
	}
	return nil
}

// readPID reads who holds a lock file; 0 where that can't be told.
func readPID(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
