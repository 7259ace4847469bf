package sqlite

import (
	"errors"
	"fmt"
	"syscall"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// Errors of opening and checking.
var (
	// ErrInUse: another process holds the database; *InUseError names it.
	ErrInUse = errors.New("database in use")
	// ErrNotDatabase: the file is no SQLite database.
	ErrNotDatabase = errors.New("not a SQLite database")
	// ErrForeign: the file is a SQLite database of another program.
	ErrForeign = errors.New("database of another program")
	// ErrDamaged: the file fails SQLite's own check.
	ErrDamaged = errors.New("damaged database")
)

// InUseError is the form in which ErrInUse comes.
type InUseError struct {
	// PID is the process that holds the database; 0 where that can't be told.
	PID int
}

// Error names the process.
func (e *InUseError) Error() string {
	if e.PID == 0 {
		return ErrInUse.Error() + " by another process"
	}
	return fmt.Sprintf("%s by process %d", ErrInUse.Error(), e.PID)
}

// Unwrap makes it an ErrInUse.
func (e *InUseError) Unwrap() error { return ErrInUse }

// IsDamage tells whether SQLite found the file damaged, at whatever statement:
// a check of the whole file does not see everything.
func IsDamage(err error) bool {
	var e sqlite3.Error
	return errors.Is(err, ErrDamaged) || errors.Is(err, ErrNotDatabase) || errors.As(err, &e) && (e.Code == sqlite3.ErrCorrupt || e.Code == sqlite3.ErrNotADB)
}

// IsFull tells whether there was no space for a write; it was undone. So it is for files
// beside a database, such as its lock.
func IsFull(err error) bool {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return isNoRoom(err)
	}
	// SQLite gives a quota that is used up as a failure.
	return e.Code == sqlite3.ErrFull || e.ExtendedCode == sqlite3.ErrIoErrWrite && isNoRoom(e.SystemErrno)
}

func isNoRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// IsFailure tells whether the disk failed a read, write or sync. Whether a
// commit that failed so is there is unknown until the file is opened again; and
// another sync that succeeds would not tell of what the failed one lost.
func IsFailure(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrIoErr && !IsFull(err)
}

// openError says in our words what SQLite says in its own.
func openError(path string, err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) {
		switch e.Code {
		case sqlite3.ErrNotADB:
			return fmt.Errorf("%s: %w", path, ErrNotDatabase)
		case sqlite3.ErrCorrupt:
			return fmt.Errorf("%s: %w: %w", path, ErrDamaged, err)
		case sqlite3.ErrBusy, sqlite3.ErrLocked:
			return fmt.Errorf("%s: %w", path, &InUseError{})
		}
	}
	return fmt.Errorf("open %s: %w", path, err)
}
