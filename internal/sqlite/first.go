package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// ErrOthersAfterFailure is returned by OpenServer where a process met a failure of the
// disk while it wrote the log back (see ErrNotWrittenBack), or ended in its midst, and one
// that had the database open then still has: what they count as written back would be
// taken over from it.
var ErrOthersAfterFailure = errors.New("a process met a failure of the disk while it wrote the write-ahead log back, or was killed meanwhile, and another has the database open since then: end every ks-server command on it (exports, backups), then start again; nothing is lost")

// opened counts the times that this process has a server's database open, by the file's
// own name. While it does, no file that SQLite locks may be opened by other means: closing
// that would free its locks.
var opened = struct {
	sync.Mutex
	count map[string]int
}{count: map[string]int{}}

// othersPatience is how long an opening waits for those who had the database open when a
// process met a failure, or was killed, as it wrote the log back: they see it within
// lookEvery, and those that heed Failed end.
const othersPatience = 10 * time.Second

// openInTurn waits for the turn to open a database, readies its log if nobody at all has
// it open, and opens it in that turn. Error: ErrOthersAfterFailure.
func (s *Server) openInTurn(ctx context.Context, o Options) (err error) {
	if s.turn, err = openTurn(s.Path); err != nil {
		return err
	}
	const pause = 50 * time.Millisecond
	for until := time.Now().Add(othersPatience); ; {
		err = s.tryOpen(ctx, o)
		if !errors.Is(err, ErrOthersAfterFailure) || time.Now().After(until) || ctx.Err() != nil {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	if s.Writer == nil {
		err = errors.Join(err, s.turn.close())
	}
	return err
}

// tryOpen is openInTurn without waiting for others to end. What fails is undone in its
// turn, too: closing by SQLite may make a pass.
func (s *Server) tryOpen(ctx context.Context, o Options) (err error) {
	if err := s.turn.take(ctx); err != nil {
		return openError(s.Path, err)
	}
	defer func() { err = errors.Join(err, s.turn.leave()) }()
	if err := checkBeside(s.Path); err != nil {
		return err
	}
	first, leave := enter(s.Path)
	if err := s.openReady(ctx, first, o); err != nil {
		leave()
		return err
	}
	s.leave = leave
	return nil
}

// openReady opens the database once its log is ready; first: this process does not have it
// open yet. The caller has the turn.
func (s *Server) openReady(ctx context.Context, first bool, o Options) error {
	if first {
		if err := s.readyLog(ctx, o); err != nil {
			return err
		}
	}
	begun, err := s.turn.begun()
	if err == nil && begun {
		err = ErrOthersAfterFailure
	}
	if err != nil {
		return err
	}
	return s.openOrUndo(ctx, o)
}

func (s *Server) openOrUndo(ctx context.Context, o Options) error {
	err := s.openPools(ctx, o)
	if err != nil {
		err = errors.Join(err, s.closePools())
	}
	return err
}

func (s *Server) closePools() error {
	err := closeAndWait(s.Readers, s.writeBack.db, s.Writer)
	s.Readers, s.writeBack.db, s.Writer = nil, nil, nil
	return err
}

// enter counts one more time that this process has a database open, and one less by leave.
func enter(path string) (first bool, leave func()) {
	opened.Lock()
	defer opened.Unlock()
	first = opened.count[path] == 0
	opened.count[path]++
	return first, func() {
		opened.Lock()
		defer opened.Unlock()
		opened.count[path]--
	}
}

// readyLog makes the log last of a database that no other process has open, and forgets
// that a pass was begun: what was counted as written back is forgotten with SQLite's index
// of the log, which whoever opens it first makes anew. Errors: those of opening the database
// of others, to which it does neither.
func (s *Server) readyLog(ctx context.Context, o Options) error {
	whose, err := ownerOf(s.Path, o.ApplicationID)
	switch {
	case err != nil:
		return err
	case whose == nobodys: // nothing is in it yet, nor in a log
		return s.turn.mark(turnIdle)
	case whose == others:
		if err := s.openOthers(ctx, o); err != nil {
			return err
		}
	}
	free, err := keepIndex(s.Path)
	if errors.Is(err, ErrLocked) {
		return nil // another process has it open
	}
	if err != nil {
		return fmt.Errorf("lock the index of the log: %w", err)
	}
	if !o.Unsafe {
		err = makeLogLast(s.Path + "-wal")
	}
	if err == nil {
		err = s.turn.mark(turnIdle)
	}
	return errors.Join(err, free())
}

// openOthers tells, by opening it, of a database whose header says that it is another
// program's. It is ours where the header was damaged: if a pass of ours was begun, in whose
// midst it was, or if SQLite finds the header's page sound in the log.
func (s *Server) openOthers(ctx context.Context, o Options) error {
	if begun, err := s.turn.begun(); err != nil || begun {
		return err
	}
	err := s.openOrUndo(ctx, o)
	if err == nil {
		err = s.closePools() // nothing was committed, and what is written back is what the log says
	}
	return err
}

// owner is whose database a file is, by its header.
type owner int

const (
	others owner = iota
	ours
	nobodys // it is too short to be anybody's
)

func ownerOf(path string, applicationID int32) (owner, error) {
	const at = 68 // in the header of SQLite's file format
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nobodys, nil
	}
	if err != nil {
		return others, err
	}
	defer f.Close()
	var id [4]byte
	switch _, err := f.ReadAt(id[:], at); {
	case errors.Is(err, io.EOF):
		return nobodys, nil
	case err != nil:
		return others, err
	case int32(binary.BigEndian.Uint32(id[:])) == applicationID:
		return ours, nil
	}
	return others, nil
}

// logFile is a log while nobody has it open.
type logFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
}

// openLog opens one; a test lays another disk under it.
var openLog = func(path string) (logFile, error) { return os.OpenFile(path, os.O_RDWR|lasting.NoFollow, 0) }

// makeLogLast writes every byte of a log anew and syncs it. A commit whose sync failed
// can be read as long as the kernel remembers it, but a later sync does not make it last:
// what is committed behind it, and what of it is written back, would stand on nothing.
func makeLogLast(path string) (err error) {
	f, err := openLog(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	for block, at := make([]byte, 1<<20), int64(0); ; {
		n, end := f.ReadAt(block, at)
		if end != nil && !errors.Is(end, io.EOF) {
			return end
		}
		if _, err := f.WriteAt(block[:n], at); err != nil {
			return err
		}
		if at += int64(n); end != nil {
			return f.Sync()
		}
	}
}
