package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// ErrLocked: another process holds the lock, or another opening in this one.
var ErrLocked = errors.New("locked")

// LockBeside takes the lock of a file beside a database, whatever links lead to it, alone or
// shared with others who share it. The kernel frees it when the process ends, however it ends; the file, which is
// made where there is none, stays. Errors: ErrLocked; lasting.ErrNotOwn.
func LockBeside(database, suffix string, shared bool) (unlock func() error, err error) {
	if database, err = resolve(database); err != nil {
		return nil, err
	}
	f, err := lockBeside(database, suffix, shared)
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(releaseLock(f), f.Close()) }, nil
}

// lockBeside is LockBeside; the lock is given back with the file.
func lockBeside(database, suffix string, shared bool) (*os.File, error) {
	const tries = 100
	for range tries {
		f, err := openBeside(database, suffix)
		if err != nil {
			return nil, err
		}
		there := false
		if err = tryLock(f, shared); err == nil {
			there, err = isThere(f) // who comes next would lock another
		}
		switch {
		case err != nil:
			return nil, errors.Join(err, f.Close())
		case there:
			return f, nil
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s%s is another file whenever it is looked at", database, suffix)
}

// Lock takes the lock of a device's database that is not open, to do something to its
// files; OpenDevice takes it by itself. Errors: *InUseError.
func Lock(path string) (unlock func() error, err error) {
	if path, err = resolve(path); err != nil {
		return nil, err
	}
	return lockDevice(path)
}

// lockDevice takes the lock that a device's database has beside it: a file with the
// holder's process id.
func lockDevice(path string) (unlock func() error, err error) {
	f, err := lockBeside(path, deviceLock, false)
	if errors.Is(err, ErrLocked) {
		return nil, fmt.Errorf("%s: %w", path, &InUseError{PID: readPID(path + deviceLock)})
	}
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	// Whose it is, is told to others only: a device whose disk is full has to open.
	if _, err := f.WriteAt(fmt.Appendf(nil, "%-*d", pidWidth, os.Getpid()), 0); err != nil && !IsFull(err) {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { return errors.Join(releaseLock(f), f.Close()) }, nil
}

const deviceLock = ".lock"

// pidWidth is how long a process id is in a lock file, so that one replaces the other.
const pidWidth = 20

// readPID reads who holds a lock file; 0 where that can't be told.
func readPID(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
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
