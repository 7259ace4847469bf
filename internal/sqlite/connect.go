package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/keluarga-sehat/sync/internal/planted"
)

// busyTimeout is how long a connection waits for another's lock: longer than
// a checkpoint on a slow disk.
const busyTimeout = 10 * time.Second

// deviceCheckpointPages is how many pages of a device's log a commit leaves before it
// also writes them back: its saves are small and must not wait for that often. A
// server's commits never do (writeBack).
const deviceCheckpointPages = 2_000

// serverCacheKiB is the page cache of a server's writer, so that one commit of
// many families, whose index entries lie scattered, writes each page once. It
// lies outside Go's heap.
const serverCacheKiB = 32 << 10

// walKeepBytes is the size to which a WAL is cut back after a checkpoint, once
// a long reader has let it grow.
const walKeepBytes = 64 << 20

// settings are what one pool's connections have in common.
type settings struct {
	Options
	connections int
	exclusive   bool // the device's only connection
	reader      bool // may not write
	// writeBack is whom a server's writer tells of its commits; nil: it is no writer.
	writeBack *writeBack
	// passes: the connection only writes the log back, and does not wait for long.
	passes bool
}

// pragma is a setting and what SQLite says of it when it took.
type pragma struct{ name, value, readBack string }

// pragmas are those that every connection needs, in the order in which they
// must be set: locking before the journal is touched, so that the index of an
// exclusive WAL lies in memory.
func (s settings) pragmas() []pragma {
	synchronous := pragma{"synchronous", "FULL", "2"}
	if s.Unsafe || planted.Is(planted.CommitUnsynced) {
		synchronous = pragma{"synchronous", "OFF", "0"}
	}
	list := []pragma{
		{"journal_mode", "WAL", "wal"},
		synchronous,
		// On Apple's systems fsync alone does not reach the disk.
		{"fullfsync", "ON", "1"},
		{"checkpoint_fullfsync", "ON", "1"},
		{"foreign_keys", "ON", "1"},
		// A damaged or forged file must not run functions, nor be read past.
		{"trusted_schema", "OFF", "0"},
		{"cell_size_check", "ON", "1"},
		// Erasure destroys a salt: its bytes must not stay in a free page.
		{"secure_delete", "ON", "1"},
		// What a statement or savepoint may have to undo stays in memory: files for
		// it would cost more than the writes themselves, and would hold pages in
		// plain sight outside the database's folder.
		{"temp_store", "MEMORY", "2"},
		{"journal_size_limit", strconv.Itoa(walKeepBytes), strconv.Itoa(walKeepBytes)},
	}
	checkpoint := "0"
	if s.exclusive {
		checkpoint = strconv.Itoa(deviceCheckpointPages)
	}
	list = append(list, pragma{"wal_autocheckpoint", checkpoint, checkpoint})
	if s.writeBack != nil {
		cache := strconv.Itoa(-serverCacheKiB)
		list = append(list, pragma{"cache_size", cache, cache})
	}
	if s.reader {
		list = append(list, pragma{"query_only", "ON", "1"})
	}
	return list
}

// connector opens connections that are set up and checked alike, whenever the
// pool wants a new one.
type connector struct {
	driver *sqlite3.SQLiteDriver
	dsn    string
}

// statementCache is how many statements a connection keeps prepared: preparing
// takes longer than most of them do.
const statementCache = 64

func newConnector(path string, s settings) *connector {
	wait := busyTimeout
	if s.passes {
		wait = busyPass
	}
	v := url.Values{
		"_busy_timeout":    {strconv.FormatInt(wait.Milliseconds(), 10)},
		"_stmt_cache_size": {strconv.Itoa(statementCache)},
		// database/sql lets one goroutine at a time use a connection.
		"_mutex": {"no"},
	}
	if !s.reader {
		v.Set("_txlock", "immediate")
	}
	if s.exclusive {
		v.Set("_locking_mode", "EXCLUSIVE")
	}
	if s.VFS != "" {
		v.Set("vfs", s.VFS)
	}
	return &connector{
		driver: &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error { return setUp(c, s) }},
		dsn:    DSN(path, v),
	}
}

// DSN is how the driver is told of a file, whatever its folders are called, and how to
// open it.
func DSN(path string, options url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

// Connect opens one.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.dsn)
}

// Driver is SQLite's.
func (c *connector) Driver() driver.Driver { return c.driver }

// setUp sees whose file it is before it changes anything in it, then sets the
// pragmas and reads them back.
func setUp(c *sqlite3.SQLiteConn, s settings) error {
	if err := claim(c, s.ApplicationID); err != nil {
		return err
	}
	if s.exclusive {
		if got, err := ask(c, "PRAGMA locking_mode"); err != nil || !strings.EqualFold(got, "exclusive") {
			return errors.Join(err, fmt.Errorf("locking_mode is %q, not exclusive as asked", got))
		}
	}
	for _, p := range s.pragmas() {
		if _, err := c.Exec("PRAGMA "+p.name+" = "+p.value, nil); err != nil {
			return fmt.Errorf("set %s: %w", p.name, err)
		}
		got, err := ask(c, "PRAGMA "+p.name)
		if err != nil {
			return fmt.Errorf("read %s back: %w", p.name, err)
		}
		if !strings.EqualFold(got, p.readBack) {
			return fmt.Errorf("%s is %q, not %s as asked", p.name, got, p.value)
		}
	}
	if s.writeBack != nil {
		c.RegisterCommitHook(s.writeBack.commits)
	}
	return nil
}

// claim refuses a database of another program and marks a new one as ours.
func claim(c *sqlite3.SQLiteConn, want int32) error {
	got, err := ask(c, "PRAGMA application_id")
	if err != nil {
		return err
	}
	if got == strconv.FormatInt(int64(want), 10) {
		return nil
	}
	tables, err := ask(c, "SELECT count(*) FROM sqlite_schema")
	if err != nil {
		return err
	}
	if got != "0" || tables != "0" {
		return fmt.Errorf("%w (application id %s, %s tables and indexes)", ErrForeign, got, tables)
	}
	_, err = c.Exec("PRAGMA application_id = "+strconv.FormatInt(int64(want), 10), nil)
	return err
}

// ask gives the one value of a query's one row, as text.
func ask(c *sqlite3.SQLiteConn, query string) (value string, err error) {
	rows, err := c.Query(query, nil)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(row); errors.Is(err, io.EOF) || len(row) != 1 {
		return "", fmt.Errorf("%s gives no single value", query)
	} else if err != nil {
		return "", err
	}
	if text, ok := row[0].([]byte); ok {
		return string(text), nil
	}
	return fmt.Sprint(row[0]), nil
}
