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

// openAfterOthers waits for the turn to open a database, readies its log if nobody at all
// has it open, and opens it in that turn. Error: ErrOthersAfterFailure.
func (s *Server) openAfterOthers(ctx context.Context, o Options, open func() error) (err error) {
	if s.turn, err = openTurn(s.Path); err != nil {
		return err
	}
	if err := s.turn.take(ctx); err != nil {
		return openError(s.Path, err)
	}
	defer func() { err = errors.Join(err, s.turn.leave()) }()
	opened.Lock()
	others := opened.count[s.Path] > 0
	opened.count[s.Path]++
	opened.Unlock()
	s.counted = sync.OnceFunc(func() {
		opened.Lock()
		defer opened.Unlock()
		opened.count[s.Path]--
	})
	if !others {
		others, err = readyLog(s.Path, s.turn, o)
	}
	if err == nil && others {
		var begun bool
		if begun, err = s.turn.begun(); begun {
			err = ErrOthersAfterFailure
		}
	}
	if err != nil {
		return err
	}
	return open()
}

// readyLog makes the log last of a database that no other process has open, and forgets
// that a pass was begun: what was counted as written back is forgotten with SQLite's index
// of the log, which whoever opens it first makes anew. The caller has the turn.
func readyLog(path string, t *turn, o Options) (others bool, err error) {
	ours, err := isOurs(path, o.ApplicationID)
	if err != nil || !ours {
		return false, err // the opening says whose it is
	}
	free, err := keepIndex(path)
	if errors.Is(err, errLocked) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("lock the index of the log: %w", err)
	}
	if !o.Unsafe {
		err = makeLogLast(path + "-wal")
	}
	if err == nil {
		err = t.mark(turnIdle)
	}
	return false, errors.Join(err, free())
}

// isOurs reads whose database a file is.
func isOurs(path string, applicationID int32) (bool, error) {
	const at = 68 // in the header of SQLite's file format
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	var id [4]byte
	if _, err := f.ReadAt(id[:], at); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil // too short to be anybody's
		}
		return false, err
	}
	return int32(binary.BigEndian.Uint32(id[:])) == applicationID, nil
}

// logFile is a log while nobody has it open.
type logFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Sync() error
}

// openLog opens one; a test lays another disk under it.
var openLog = func(path string) (logFile, error) { return os.OpenFile(path, os.O_RDWR|noFollow, 0) }

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
