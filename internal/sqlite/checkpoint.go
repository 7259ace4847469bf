package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// checkpointer writes a server's log back into its database beside the writer.
// Within a commit, where SQLite would do it, everybody waits for it: some 50 ms of
// each second in which much is taken in, most of them for the disk.
//
// SQLite begins the log anew only once all of it is written back and nobody reads
// it, and syncs the database only then. So what the writer adds meanwhile is written
// back in further passes until they have caught up, and the rest in the writer's
// place, between two of its commits; however much that is, once the log is twice as
// long. While somebody reads for long it grows all the same.
type checkpointer struct {
	own    *sql.DB // one connection
	writer *sql.DB
	wake   chan struct{} // holds one
	end    context.CancelFunc
	ended  chan struct{}
}

// passesMost is how often a checkpoint tries to catch up with the writer.
const passesMost = 6

// leftPages is what the writer may be given to write back itself: about as much as a
// commit or two of many families write.
const leftPages = 1_000

func startCheckpointer(own, writer *sql.DB) *checkpointer {
	ctx, end := context.WithCancel(context.Background())
	c := &checkpointer{own: own, writer: writer, wake: make(chan struct{}, 1), end: end, ended: make(chan struct{})}
	go c.run(ctx)
	return c
}

// committed tells of a commit; it does not wait.
func (c *checkpointer) committed() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// stop ends it, and what it is at.
func (c *checkpointer) stop() error {
	c.end()
	<-c.ended
	return c.own.Close()
}

func (c *checkpointer) run(ctx context.Context) {
	defer close(c.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
			// What fails is tried again after the next commit, as SQLite does with its
			// own: nothing is lost by it, and a disk that takes no more fails the commits.
			_ = c.writeBack(ctx)
		}
	}
}

// writeBack writes the log back where it has grown.
func (c *checkpointer) writeBack(ctx context.Context) error {
	log, err := checkpoint(ctx, c.own, "NOOP")
	if err != nil || log.left() < serverCheckpointPages {
		return err
	}
	for n := 0; n < passesMost && log.left() > 0 && log.pages < serverCommitCheckpointPages; n++ {
		if done, err := checkpoint(ctx, c.own, "PASSIVE"); err != nil || done.busy {
			return err // busy: another process is at it
		}
		if log, err = checkpoint(ctx, c.own, "NOOP"); err != nil {
			return err
		}
	}
	// A writer that is faster than the disk waits for it, or the log would have no end.
	if log.left() <= leftPages || log.pages >= serverCommitCheckpointPages {
		_, err = checkpoint(ctx, c.writer, "PASSIVE")
	}
	return err
}

// ErrLogInUse is returned where others kept a log from being emptied.
var ErrLogInUse = errors.New("the write-ahead log is in use by others")

// emptyAgain is the pause between two tries to empty a log.
const emptyAgain = 10 * time.Millisecond

// EmptyLog writes the log back and empties it, so that nothing is left in it of what
// the database no longer has. It waits for who reads or checkpoints, some
// seconds at most. Error: ErrLogInUse.
func EmptyLog(ctx context.Context, db *sql.DB) error { return emptyLog(ctx, db, busyTimeout) }

func emptyLog(ctx context.Context, db *sql.DB, patience time.Duration) error {
	for until := time.Now().Add(patience); ; {
		l, err := checkpoint(ctx, db, "TRUNCATE")
		switch {
		case err != nil:
			return err
		case !l.busy:
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

// logState is how far a log is written back.
type logState struct {
	// busy: another connection was at a checkpoint, or kept this one from all of it.
	busy               bool
	pages, writtenBack int
}

func (l logState) left() int { return l.pages - l.writtenBack }

// checkpoint runs one of SQLite's checkpoints.
func checkpoint(ctx context.Context, db *sql.DB, mode string) (l logState, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&l.busy, &l.pages, &l.writtenBack)
	return l, err
}
