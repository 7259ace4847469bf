//go:build unix

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

func tryLock(f *os.File, shared bool) error {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		}
		return err
	}
}

// releaseLock gives the lock back also where a process that is just being started still
// has a copy of the file, which closing ours would leave locked until then.
func releaseLock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }

// deadManSwitch is the byte of the log's index that SQLite locks as long as a connection
// has it open (UNIX_SHM_DMS).
const deadManSwitch = 128

// keepIndex keeps all other processes, also those that are not ours, from opening the
// index of a database's log, until it is freed. Error: ErrLocked where one has it open.
func keepIndex(database string) (free func() error, err error) {
	const tries = 100
	for range tries {
		f, err := openBeside(database, "-shm")
		if err != nil {
			return nil, err
		}
		lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: deadManSwitch, Len: 1}
		if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &lock); err != nil {
			if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
				err = ErrLocked
			}
			return nil, errors.Join(err, f.Close())
		}
		// The last process to end may have removed it meanwhile, and who comes makes another.
		there, err := isThere(f)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if there {
			return f.Close, nil
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s-shm is another file whenever it is looked at", database)
}
