package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
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
// left in it of what the database no longer has, whatever happens next. Error: ErrLogInUse.
func EmptyLog(ctx context.Context, db *sql.DB) error {
	if err := emptyNow(ctx, db); err != nil {
		return err
	}
	return makeEmptyLast(ctx, db)
}

// emptyNow is EmptyLog, but that a power cut may bring back what was in the log.
func emptyNow(ctx context.Context, db *sql.DB) error {
	return emptyLog(ctx, emptyPatience, func() (logState, error) { return checkpoint(ctx, db, truncate) })
}

// EmptyLog is EmptyLog of a server's database, beside those who read and write: it waits
// for them, twenty seconds in all. Errors: ErrLogInUse, ErrNotWrittenBack.
func (s *Server) EmptyLog(ctx context.Context) error {
	if err := emptyLog(ctx, emptyPatience, s.writeBack.empty); err != nil {
		return err
	}
	return makeEmptyLast(ctx, s.Writer)
}

// makeEmptyLast makes a commit of nothing new: SQLite syncs a log at a commit, but not
// when it cuts it off.
func makeEmptyLast(ctx context.Context, writer *sql.DB) error {
	var id int64
	if err := writer.QueryRowContext(ctx, "PRAGMA application_id").Scan(&id); err != nil {
		return err
	}
	_, err := writer.ExecContext(ctx, "PRAGMA application_id = "+strconv.FormatInt(id, 10))
	return err
}

// empty tries to empty the log. What can be written back beside the writers is, so that
// they wait for what is left alone.
func (b *writeBack) empty() (logState, error) {
	_, err := b.pass(passive)
	var log logState
	if err == nil {
		log, err = b.pass(truncate)
	}
	if errors.Is(err, errTurnTaken) {
		log.busy, err = true, nil
	}
	return log, err
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
