package sqlite

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockOffset is where the locked byte lies: far past the process id, because
// Windows keeps others from reading what is locked.
const lockOffset = 1 << 30

func tryLock(f *os.File) error {
	at := &windows.Overlapped{Offset: lockOffset}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}

func releaseLock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{Offset: lockOffset})
}

// keepIndex removes the index of a database's log, which Windows allows where no process
// has it open; the turn keeps those of ours from opening it until the caller is done.
// Error: errLocked.
func keepIndex(database string) (free func() error, err error) {
	err = os.Remove(database + "-shm")
	switch {
	case err == nil || errors.Is(err, os.ErrNotExist):
		return func() error { return nil }, nil
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return nil, errLocked
	default:
		return nil, err
	}
}
