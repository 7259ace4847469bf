//go:build !unix

package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strconv"
)

// lockFile takes the lock that a device's database has beside it: a file that
// only one process can have open for writing, removed when it is closed.
func lockFile(path string) (unlock func() error, err error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w by process %d", ErrInUse, readPID(path))
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if _, err := f.WriteString(strconv.Itoa(os.Getpid())); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { return errors.Join(f.Close(), os.Remove(path)) }, nil
}
