//go:build unix

package sqlite

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
)

func tryLock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errLocked
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

// lockIndex keeps all other processes from opening the index of a log, made where there
// is none. Error: errLocked where one has it open.
func lockIndex(path string) (free func() error, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	// What an operator's command, run as root, makes must not keep the server out: as SQLite
	// does, it is given to the database's owner. Others than root cannot, and need not.
	if of, err := os.Stat(strings.TrimSuffix(path, "-shm")); err == nil && os.Geteuid() == 0 {
		if owner, ok := of.Sys().(*syscall.Stat_t); ok {
			if err := f.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
				return nil, errors.Join(err, f.Close())
			}
		}
	}
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: deadManSwitch, Len: 1}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &lock); err != nil {
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
			err = errLocked
		}
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
