package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// turnSuffix names the file beside a server's database whose lock is the turn to open the
// database or to write its log back, of one process at a time. It stays, since removing
// it would let two processes lock two files of one name.
const turnSuffix = "-turn"

// Its one byte, and nothing is turnIdle.
const (
	turnIdle = '0'
	// turnBegun: a pass over the log was begun. Where nobody has the turn, who began it
	// has ended without a word or met a failure: what is counted as written back may not be.
	turnBegun = '1'
)

// turnPatience is how long an opening waits for its turn: a pass over a long log, or the
// log written anew, on a slow disk.
const turnPatience = time.Minute

// errTurnTaken: another process opens the database, or writes its log back.
var errTurnTaken = errors.New("another process opens the database or writes its write-ahead log back")

// turn is that of one opening of a database in this process.
type turn struct{ file *os.File }

func openTurn(database string) (*turn, error) {
	f, err := openBeside(database, turnSuffix)
	if err != nil {
		return nil, fmt.Errorf("turn to open: %w", err)
	}
	return &turn{f}, nil
}

// errTurnRemoved: the file was removed or replaced, and others lock another one.
var errTurnRemoved = errors.New("the file of the turn to open the database was removed while it was in use")

// try takes the turn. Errors: errTurnTaken, errTurnRemoved.
func (t *turn) try() error {
	err := tryLock(t.file, false)
	if errors.Is(err, ErrLocked) {
		return errTurnTaken
	}
	if err != nil {
		return err
	}
	there, err := isThere(t.file)
	if err == nil && !there {
		err = errTurnRemoved
	}
	if err != nil {
		return errors.Join(err, t.leave())
	}
	return nil
}

// isThere tells whether an open file is still the one of its name.
func isThere(f *os.File) (bool, error) {
	named, err := os.Lstat(f.Name())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	info, err := f.Stat()
	return os.SameFile(info, named), err
}

// take waits for the turn. Errors: errTurnTaken, after turnPatience; the context's.
func (t *turn) take(ctx context.Context) error {
	const pause = 5 * time.Millisecond
	for until := time.Now().Add(turnPatience); ; {
		if err := t.try(); !errors.Is(err, errTurnTaken) || time.Now().After(until) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (t *turn) close() error { return t.file.Close() }

// leave gives the turn to the next.
func (t *turn) leave() error { return releaseLock(t.file) }

// begun tells whether a pass was begun that has not ended well. It is sure of that only
// for who has the turn.
func (t *turn) begun() (bool, error) {
	var state [1]byte
	if _, err := t.file.ReadAt(state[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return state[0] == turnBegun, nil
}

// mark writes turnIdle or turnBegun. It need not outlast the machine: what is counted as
// written back does not either. On some file systems a full disk has no room for a byte that
// is there already, but takes it back.
func (t *turn) mark(state byte) error {
	_, err := t.file.WriteAt([]byte{state}, 0)
	if err != nil && state == turnIdle && t.file.Truncate(0) == nil {
		return nil
	}
	return err
}

// abandoned tells whether a pass was begun by a process that has not ended it well, and
// has the turn no more.
func (t *turn) abandoned() (bool, error) {
	if begun, err := t.begun(); err != nil || !begun {
		return false, err
	}
	if err := t.try(); err != nil {
		if errors.Is(err, errTurnTaken) {
			return false, nil // who has it is at it
		}
		return false, err
	}
	begun, err := t.begun()
	return begun, errors.Join(err, t.leave())
}
