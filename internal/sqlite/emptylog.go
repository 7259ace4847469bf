package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// ErrLogInUse is returned where others kept a log from being emptied.
var ErrLogInUse = errors.New("the write-ahead log is in use by others")

// emptyAgain is the pause between two tries to empty a log.
const emptyAgain = 10 * time.Millisecond

// EmptyLog writes the log back and empties it, so that nothing is left in it of what
// the database no longer has. While it waits for who reads or checkpoints, twenty
// seconds at most, nobody writes. Error: ErrLogInUse.
func EmptyLog(ctx context.Context, db *sql.DB) error { return emptyLog(ctx, db, busyTimeout) }

func emptyLog(ctx context.Context, db *sql.DB, patience time.Duration) error {
	for until := time.Now().Add(patience); ; {
		// That others kept it is said in the row, not by an error.
		var busy bool
		var pages, writtenBack int
		err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &writtenBack)
		switch {
		case err != nil:
			return err
		case !busy:
			return nil
		case time.Now().After(until):
			return ErrLogInUse
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(emptyAgain):
		}
	}
}
