package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// ErrOthersAfterFailure is returned by OpenServer where the disk has failed (see
// ErrNotWrittenBack) and a process that had the database open then still has: what they
// count as written back would be taken over from it.
var ErrOthersAfterFailure = errors.New("the disk failed while the write-ahead log was written back, and another process has the database open since then: end every ks-server command on it (exports, backups), then start again; nothing is lost")

// failedSuffix names the file beside a database that says: a sync has failed, and what
// the processes that have it open count as written back may not be. It holds until all
// of them have ended, or the machine has.
const failedSuffix = "-failed"

// opened counts the times that this process has a server's database open. While it does,
// no file of it may be opened by other means: closing that would free SQLite's locks.
var opened = struct {
	sync.Mutex
	count map[string]int
}{count: map[string]int{}}

// enter counts one more time, and readies the log if nobody at all has the database open.
// Error: ErrOthersAfterFailure.
func enter(path string, o Options) (leave func(), err error) {
	if path, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	opened.Lock()
	defer opened.Unlock()
	switch {
	case o.VFS != "" || o.Unsafe:
	case opened.count[path] > 0:
		err = refuseFailed(path)
	default:
		err = first(path, o.ApplicationID)
	}
	if err != nil {
		return nil, err
	}
	opened.count[path]++
	return sync.OnceFunc(func() {
		opened.Lock()
		defer opened.Unlock()
		opened.count[path]--
	}), nil
}

func refuseFailed(path string) error {
	if hasFailed(path) {
		return ErrOthersAfterFailure
	}
	return nil
}

func hasFailed(path string) bool {
	_, err := os.Lstat(path + failedSuffix)
	return err == nil
}

// first makes the log last of a database that nobody has open, and forgets a failure:
// what was counted as written back is forgotten with SQLite's index of the log, which
// whoever opens it first makes anew.
func first(path string, applicationID int32) error {
	ours, err := isOurs(path, applicationID)
	if err != nil || !ours {
		return err // the opening says whose it is
	}
	free, err := lockIndex(path + "-shm")
	if errors.Is(err, errLocked) {
		return refuseFailed(path)
	}
	if err != nil {
		return fmt.Errorf("lock the index of the log: %w", err)
	}
	err = makeLogLast(path + "-wal")
	if err == nil {
		if err = os.Remove(path + failedSuffix); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	return errors.Join(err, free())
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
		return false, nil //nolint:nilerr // too short to be anybody's
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
var openLog = func(path string) (logFile, error) { return os.OpenFile(path, os.O_RDWR, 0) }

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
