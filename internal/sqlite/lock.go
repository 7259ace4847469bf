package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// errLocked is what a platform's tryLock gives when another holds the lock.
var errLocked = errors.New("locked")

// Lock takes the lock of a device's database that is not open, to do something to its
// files; OpenDevice takes it by itself. Errors: *InUseError.
func Lock(path string) (unlock func() error, err error) {
	if path, err = resolve(path); err != nil {
		return nil, err
	}
	return lockDevice(path)
}

// lockDevice takes the lock that a device's database has beside it: a file with
// the holder's process id. The kernel frees the lock when the process ends,
// however it ends; the file stays, since removing it would let two processes
// lock two files of one name.
func lockDevice(path string) (unlock func() error, err error) {
	f, err := openBeside(path, ".lock")
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := tryLock(f); err != nil {
		defer f.Close()
		if errors.Is(err, errLocked) {
			return nil, fmt.Errorf("%s: %w", path, &InUseError{PID: readPID(f)})
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// Whose it is, is told to others only: a device whose disk is full has to open.
	if _, err := f.WriteAt(fmt.Appendf(nil, "%-*d", pidWidth, os.Getpid()), 0); err != nil && !IsFull(err) {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { return errors.Join(releaseLock(f), f.Close()) }, nil
}

// pidWidth is how long a process id is in a lock file, so that one replaces the other.
const pidWidth = 20

// readPID reads who holds a lock file; 0 where that can't be told.
func readPID(f *os.File) int {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, pidWidth))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
