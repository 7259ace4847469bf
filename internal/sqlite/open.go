package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	sqlite3 "github.com/mattn/go-sqlite3"
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
	// VFS names a registered SQLite VFS, for fault injection; "" is the
	// system's. With another one nothing is done to the file but by SQLite: it
	// is not made private, and OpenDevice relies on SQLite's own lock.
	VFS string
}

// OpenDevice opens a database for one process and one connection, making a
// private file where there is none. The function returned closes it and frees
// its lock. Errors: *InUseError, ErrNotDatabase, ErrForeign, ErrDamaged.
func OpenDevice(ctx context.Context, path string, o Options) (*sql.DB, func() error, error) {
	unlock := func() error { return nil }
	if o.VFS == "" {
		var err error
		if unlock, err = lockFile(path + ".lock"); err != nil {
			return nil, nil, err
		}
	}
	if o.VFS == "" && !o.Unsafe {
		if err := makeLogLast(path + "-wal"); err != nil {
			return nil, nil, errors.Join(openError(path, err), unlock())
		}
	}
	db, err := open(ctx, path, settings{Options: o, connections: 1, exclusive: true})
	if err != nil {
		return nil, nil, errors.Join(err, unlock())
	}
	closeAll := func() error { return errors.Join(db.Close(), unlock()) }
	// A log that an earlier process left may hold what a failed sync never made
	// last, though it can be read: written anew, it is synced anew.
	if err := EmptyLog(ctx, db); err != nil {
		return nil, nil, errors.Join(openError(path, err), closeAll())
	}
	return db, closeAll, nil
}

// Server is a database with one writer and a few readers.
type Server struct {
	// Writer has one connection; its transactions begin IMMEDIATE.
	Writer *sql.DB
	// Readers see a snapshot each, beside the writer, and cannot write.
	Readers *sql.DB

	writeBack *writeBack
	leave     func() // counts one open less
}

// readers is the size of the reader pool: enough for a district's dashboards,
// small because each keeps a page cache.
const readers = 4

// OpenServer opens a database for a server process, making a private file
// where there is none. Errors: ErrNotDatabase, ErrForeign, ErrDamaged,
// *InUseError where a device's process holds it, ErrOthersAfterFailure.
func OpenServer(ctx context.Context, path string, o Options) (_ *Server, err error) {
	leave, err := enter(path, o)
	if err != nil {
		return nil, err
	}
	b := newWriteBack(path)
	s := &Server{writeBack: b, leave: leave}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.closePools())
		}
	}()
	if s.Writer, err = open(ctx, path, settings{Options: o, connections: 1, writeBack: b}); err != nil {
		return nil, err
	}
	if s.Readers, err = open(ctx, path, settings{Options: o, connections: readers, reader: true}); err != nil {
		return nil, err
	}
	if b.db, err = open(ctx, path, settings{Options: o, connections: 1, passes: true}); err != nil {
		return nil, err
	}
	b.start(s.Writer)
	return s, nil
}

// Failed is closed once the disk has failed while the log was written back: the process
// has to end. Failure says why.
func (s *Server) Failed() <-chan struct{} { return s.writeBack.failed }

// Failure is ErrNotWrittenBack with its cause once Failed is closed, else nil.
func (s *Server) Failure() error { return s.writeBack.failure() }

// Close writes the log back and closes all connections. After a failure it leaves them
// open until the process ends, because SQLite's closing of the last would be one more
// pass. Error: ErrNotWrittenBack.
func (s *Server) Close() error {
	s.writeBack.end()
	// SQLite's closing would tell nobody of a failure.
	if _, err := s.writeBack.pass(passive); s.Failure() != nil {
		return err
	}
	return s.closePools()
}

// closePools closes the writer last: the last connection of all brings the WAL back into
// the file, which a reader may not.
func (s *Server) closePools() error {
	defer s.leave()
	var failed []error
	for _, pool := range []*sql.DB{s.Readers, s.writeBack.db, s.Writer} {
		if pool != nil {
			failed = append(failed, pool.Close())
		}
	}
	return errors.Join(failed...)
}

func open(ctx context.Context, path string, s settings) (*sql.DB, error) {
	if _, number, _ := sqlite3.Version(); number < minVersion {
		return nil, fmt.Errorf("SQLite %d is too old, %d is needed: build with the bundled library", number, minVersion)
	}
	if s.VFS == "" {
		if err := makePrivate(path); err != nil {
			return nil, fmt.Errorf("create %s: %w", path, err)
		}
	}
	db := sql.OpenDB(newConnector(path, s))
	db.SetMaxOpenConns(s.connections)
	db.SetMaxIdleConns(s.connections)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(openError(path, err), db.Close())
	}
	return db, nil
}

// makePrivate makes an empty file that only its owner may read, where there is
// none: SQLite gives its WAL the same mode. An existing file is left alone.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
