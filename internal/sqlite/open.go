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

	"github.com/keluarga-sehat/sync/internal/lasting"
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
		if err := readyDevice(path, o); err != nil {
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

// readyDevice makes the log last of a database that nobody has open. Error: *InUseError.
func readyDevice(path string, o Options) error {
	if whose, err := ownerOf(path, o.ApplicationID); err != nil || whose != ours {
		return err // the opening says whose it is
	}
	// A device's own process makes no index: some other program is at it, or was.
	if _, err := os.Lstat(path + "-shm"); err == nil {
		free, err := keepIndex(path)
		if errors.Is(err, ErrLocked) {
			return &InUseError{}
		}
		if err != nil {
			return err
		}
		defer free()
	}
	return makeLogLast(path + "-wal")
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
	leave     func() // this process has it open once less
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
	s := &Server{Path: file}
	s.writeBack = newWriteBack(s)
	if err := s.openInTurn(ctx, o); err != nil {
		return nil, err
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

// Failed is closed once the log may not be written back any more by who has the database
// open: the process has to end. Failure says why.
func (s *Server) Failed() <-chan struct{} { return s.writeBack.ended }

// Failure is ErrNotWrittenBack with its cause once Failed is closed, else nil.
func (s *Server) Failure() error { return s.writeBack.failure() }

// Trouble tells why the log cannot be written back for now and grows, such as that there
// is no space, or why it cannot be seen for now whether another process was killed as it
// did so; while that lasts it tells so again, less and less often, once a minute at last.
// Who does not listen misses all but the last.
func (s *Server) Trouble() <-chan error { return s.writeBack.trouble }

// ErrStillInUse is returned where a connection was in use for closePatience after closing.
var ErrStillInUse = errors.New("a transaction was still under way when the database was to be closed")

const closePatience = 10 * time.Second

// Close waits for what is under way, writes the log back and closes all connections. Where
// it cannot make the last pass in its turn, as after a failure, it leaves one connection
// open until the process ends, because SQLite's closing of the last would be a pass, too.
// Errors: ErrNotWrittenBack; ErrStillInUse; why the log could not be written back, of which
// nothing is lost.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.writeBack.stopRunning()
		if s.closed = s.Failure(); s.closed != nil {
			return
		}
		s.closed = closeAndWait(s.Readers, s.Writer)
		if !errors.Is(s.closed, ErrStillInUse) {
			s.closed = errors.Join(s.closed, s.writeBack.closeLast(s.leave))
		}
	})
	return s.closed
}

// closeAndWait closes pools, and waits for their connections: a transaction keeps its own,
// and with it SQLite's locks. Error: ErrStillInUse.
func closeAndWait(pools ...*sql.DB) error {
	pools = slices.DeleteFunc(pools, func(pool *sql.DB) bool { return pool == nil })
	var failed []error
	for _, pool := range pools {
		failed = append(failed, pool.Close())
	}
	inUse := func(pool *sql.DB) bool { return pool.Stats().OpenConnections > 0 }
	for until := time.Now().Add(closePatience); slices.ContainsFunc(pools, inUse); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			return errors.Join(append(failed, ErrStillInUse)...)
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

// makePrivate makes an empty file that only its owner may read, where there is none, by
// root for the folder's owner: SQLite gives its WAL the same mode and owner. An existing file
// is left alone.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(lasting.GiveToFolder(f), f.Close())
}
