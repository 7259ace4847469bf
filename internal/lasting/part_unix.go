//go:build unix

package lasting

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// holdPart shows others that a file is being written, as long as it is open. Where the file
// system has no locks, parts stay.
func holdPart(f *os.File) { _ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// removePart removes a part that nobody writes; one that is new its writer may not hold yet.
func removePart(path string) {
	f, err := os.OpenFile(path, os.O_RDONLY|NoFollow|syscall.O_NONBLOCK, 0)
	if err != nil {
		return
	}
	info, err := f.Stat()
	if err == nil && time.Since(info.ModTime()) > unfinishedFor && syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
		err = os.Remove(path)
	}
	_ = errors.Join(err, f.Close()) // it stays, and is in nobody's way
}
