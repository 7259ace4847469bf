package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

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
	// is not made private, and OpenDevice relies on SQLite's own lock. OpenServer
	// takes the system's alone.
	VFS string
}

// OpenDevice opens a database for one process and one connection, making a
// private file where there is none. The function returned closes it and frees
// its lock. Errors: *InUseError, ErrNotDatabase, ErrForeign, ErrDamaged.
func OpenDevice(ctx context.Context, path string, o Options) (*sql.DB, func() error, error) {
	unlock := func() error { return nil }
	if o.VFS == "" {
		var err error
		if path, err = resolve(path); err != nil {
			return nil, nil, openError(path, err)
		}
		if unlock, err = lockDevice(path); err != nil {
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
	if err := emptyNow(ctx, db); err != nil {
		return nil, nil, errors.Join(openError(path, err), closeAll())
	}
	return db, closeAll, nil
}

// Server is a database with one writer and a few readers.
type Server struct {
	// Path is the file itself, whatever links lead to it.
	Path string
	// Writer has one connection; its transactions begin IMMEDIATE.
	Writer *sql.DB
	// Readers see a snapshot each, beside the writer, and cannot write.
	Readers *sql.DB

	writeBack *writeBack
	turn      *turn
	counted   func() // counts one open less
	closing   sync.Once
	closed    error // what closing said
}

// readers is the size of the reader pool: enough for a district's dashboards,
// small because each keeps a page cache.
const readers = 4

// OpenServer opens a database for a server process, making a private file
// where there is none. Errors: ErrNotDatabase, ErrForeign, ErrDamaged,
// *InUseError where a device's process holds it, ErrOthersAfterFailure.
func OpenServer(ctx context.Context, path string, o Options) (_ *Server, err error) {
	if o.VFS != "" {
		return nil, errors.New("a server's database lies on the system's own files")
	}
	file, err := resolve(path)
	if err == nil {
		err = makePrivate(file)
	}
	if err != nil {
		return nil, openError(path, err)
	}
	s := &Server{Path: file, counted: func() {}}
	s.writeBack = newWriteBack(s)
	if err := s.openAfterOthers(ctx, o, func() error { return s.openPools(ctx, o) }); err != nil {
		return nil, errors.Join(err, s.closePools())
	}
	s.writeBack.start()
	return s, nil
}

func (s *Server) openPools(ctx context.Context, o Options) (err error) {
	if s.Writer, err = open(ctx, s.Path, settings{Options: o, connections: 1, writeBack: s.writeBack}); err != nil {
		return err
	}
	if s.Readers, err = open(ctx, s.Path, settings{Options: o, connections: readers, reader: true}); err != nil {
		return err
	}
	s.writeBack.db, err = open(ctx, s.Path, settings{Options: o, connections: 1, passes: true})
	return err
}

// Failed is closed once the disk has failed while the log was written back: the process
// has to end. Failure says why.
func (s *Server) Failed() <-chan struct{} { return s.writeBack.ended }

// Failure is ErrNotWrittenBack with its cause once Failed is closed, else nil.
func (s *Server) Failure() error { return s.writeBack.failure() }

// OnTrouble has a function told, in the background, why the log cannot be written back
// for now and grows, such as that there is no space; while that lasts it is told again,
// less and less often, once a minute at last.
func (s *Server) OnTrouble(tell func(error)) { s.writeBack.tell.Store(&tell) }

// Close writes the log back, and closes all connections once what is under way has ended.
// After a failure it leaves them open until the process ends, because SQLite's closing of
// the last would be one more pass. Errors: ErrNotWrittenBack; ErrStillInUse; why the log
// could not be written back, of which nothing is lost.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.writeBack.stopRunning()
		// SQLite's closing would tell nobody of a failure.
		_, err := s.writeBack.pass(passive)
		if s.closed = err; s.Failure() == nil {
			s.closed = errors.Join(err, s.closePools())
		}
	})
	return s.closed
}

// ErrStillInUse is returned where a connection was in use for closePatience after closing.
var ErrStillInUse = errors.New("a transaction was still under way when the database was to be closed")

const closePatience = 10 * time.Second

// closePools closes the writer last: the last connection of all brings the log back into
// the file.
func (s *Server) closePools() error {
	var failed []error
	pools := slices.DeleteFunc([]*sql.DB{s.Readers, s.writeBack.db, s.Writer}, func(pool *sql.DB) bool { return pool == nil })
	for _, pool := range pools {
		failed = append(failed, pool.Close())
	}
	// A transaction keeps its connection, and with it SQLite's locks.
	for until := time.Now().Add(closePatience); slices.ContainsFunc(pools, func(pool *sql.DB) bool { return pool.Stats().OpenConnections > 0 }); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			return errors.Join(append(failed, ErrStillInUse)...)
		}
	}
	s.counted()
	if s.turn != nil {
		failed = append(failed, s.turn.file.Close())
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
