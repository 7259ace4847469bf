package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrLogInUse is returned where others kept a log from being emptied.
var ErrLogInUse = errors.New("the write-ahead log is in use by others")

// emptyPatience is how long others may keep a log from being emptied; between two tries
// they can begin to write.
const (
	emptyPatience = 20 * time.Second
	emptyPause    = 50 * time.Millisecond
)

// EmptyLog writes the log of a device's database back and empties it, so that nothing is
// left in it of what the database no longer has. Error: ErrLogInUse.
func EmptyLog(ctx context.Context, db *sql.DB) error {
	return emptyLog(ctx, emptyPatience, func() (logState, error) { return checkpoint(ctx, db, truncate) })
}

// EmptyLog is EmptyLog of a server's database, beside those who read and write: it waits
// for them, twenty seconds in all. Errors: ErrLogInUse, ErrNotWrittenBack.
func (s *Server) EmptyLog(ctx context.Context) error {
	return emptyLog(ctx, emptyPatience, s.writeBack.empty)
}

// empty tries to empty the log. What can be written back beside the writers is, so that
// they wait for what is left alone.
func (b *writeBack) empty() (logState, error) {
	if _, err := b.pass(passive); err != nil {
		return logState{}, err
	}
	return b.pass(truncate)
}

func emptyLog(ctx context.Context, patience time.Duration, try func() (logState, error)) error {
	for until := time.Now().Add(patience); ; {
		// That others kept it is said in the row, not by an error.
		switch log, err := try(); {
		case err != nil:
			return err
		case !log.busy:
			return nil
		case time.Now().After(until):
			return ErrLogInUse
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(emptyPause):
		}
	}
}
