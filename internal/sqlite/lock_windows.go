package sqlite

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lockOffset is where the locked byte lies: far past the process id, because
// Windows keeps others from reading what is locked.
const lockOffset = 1 << 30

func tryLock(f *os.File, shared bool) error {
	how := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if !shared {
		how |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{Offset: lockOffset})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrLocked
	}
	return err
}

func releaseLock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{Offset: lockOffset})
}

// keepIndex removes the index of a database's log, which Windows allows where no process
// has it open; the turn keeps those of ours from opening it until the caller is done.
// Error: ErrLocked.
func keepIndex(database string) (free func() error, err error) {
	err = os.Remove(database + "-shm")
	switch {
	case err == nil || errors.Is(err, os.ErrNotExist):
		return func() error { return nil }, nil
	case errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return nil, ErrLocked
	default:
		return nil, err
	}
}
