package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// writeBackPages is how many pages the log of a server's database grows by before it is
// written back: commits change the same pages again and again, which are then written
// once.
const writeBackPages = 8_000

// passesBeside is how often the log is written back beside the writer before the writer
// waits for the rest of it. What it commits during one pass is left to the next, so that
// the second finds a small part of what the first did.
const passesBeside = 2

// ErrNotWrittenBack is returned, with its cause, once the disk has failed while a
// server's log was written back into its database. Nothing that was committed is lost: it
// is in the log, which the next process to open the database writes back from its
// beginning.
var ErrNotWrittenBack = errors.New("the disk failed while the write-ahead log was written back; look after the disk, then start again: the log is written back anew")

// writeBack writes the log of a server's database back, beside its writer.
//
// SQLite counts what a pass has written back, and the next goes on behind it. It syncs
// the database only in a pass that reaches the log's end, which one does not that the
// writer outruns or a reader stops. If that later sync fails, the kernel drops what it
// was to make last, of all passes; a sync after it succeeds, the log is begun anew, and
// what an earlier pass had counted is gone. So the first failure ends it all: no further
// pass, no closing by SQLite (which would make one), and the process has to end. Who
// opens the database next counts from nothing.
type writeBack struct {
	db     *sql.DB // one connection that only does this
	writer *sql.DB

	committed chan struct{} // holds one: the log may have grown
	stop      context.CancelFunc
	stopped   sync.WaitGroup

	one    sync.Mutex // held by who writes back in this process
	failed chan struct{}
	cause  error // set before failed is closed
}

func newWriteBack() *writeBack {
	return &writeBack{committed: make(chan struct{}, 1), failed: make(chan struct{}), stop: func() {}}
}

// commits is the writer's commit hook.
func (b *writeBack) commits() int {
	select {
	case b.committed <- struct{}{}:
	default: // it will look anyway
	}
	return 0
}

// start begins to look after the log.
func (b *writeBack) start(writer *sql.DB) {
	var ctx context.Context
	ctx, b.stop = context.WithCancel(context.Background())
	b.writer = writer
	b.stopped.Go(func() { b.run(ctx) })
}

// end waits for a pass that is under way.
func (b *writeBack) end() {
	b.stop()
	b.stopped.Wait()
}

// failure is ErrNotWrittenBack with its cause; nil while all is well.
func (b *writeBack) failure() error {
	select {
	case <-b.failed:
		return fmt.Errorf("%w: %w", ErrNotWrittenBack, b.cause)
	default:
		return nil
	}
}

// judge ends it all where err says that the disk failed. The caller holds one.
func (b *writeBack) judge(err error) error {
	var e sqlite3.Error
	if err == nil || errors.As(err, &e) && canGoOn[e.Code] {
		return err
	}
	b.cause = err
	close(b.failed)
	return b.failure()
}

// canGoOn are the errors at which SQLite has not counted anything: the next pass does it
// all again.
var canGoOn = map[sqlite3.ErrNo]bool{sqlite3.ErrBusy: true, sqlite3.ErrLocked: true, sqlite3.ErrFull: true, sqlite3.ErrNomem: true}

func (b *writeBack) run(ctx context.Context) {
	tried := 0 // the log's pages when they were last written back, all or not
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.failed:
			return
		case <-b.committed:
		}
		log, err := b.pass(noop)
		if err != nil {
			continue // it stands in failure, or is tried again
		}
		if log.pages < tried {
			tried = 0 // it was begun anew
		}
		if log.pages-tried < writeBackPages {
			continue
		}
		if log, err = b.all(ctx); err == nil {
			tried = log.pages
		}
	}
}

// all writes the log back to its end, unless a reader is in the way or others write.
func (b *writeBack) all(ctx context.Context) (log logState, err error) {
	for range passesBeside {
		// A pass tells of the log as it found it, not of what was committed meanwhile.
		if _, err = b.pass(passive); err != nil {
			return log, err
		}
		if log, err = b.pass(noop); err != nil || log.pages == log.back {
			return log, err
		}
	}
	// A writer that is faster than the disk waits here, or the log would never be begun
	// anew.
	held, err := b.writer.Conn(ctx)
	if err != nil {
		return log, err
	}
	log, err = b.pass(passive)
	return log, errors.Join(err, held.Close())
}

// mode of a pass, as SQLite names it.
type mode string

const (
	noop     mode = "NOOP"    // only looks
	passive  mode = "PASSIVE" // waits for nobody
	truncate mode = "TRUNCATE"
)

// logState is how many pages a log has, and how many of them are written back. Of a log
// that another process is writing back nothing is known: both are -1.
type logState struct {
	busy        bool // what the mode asks for was not done: others are at it
	pages, back int
}

// pass writes the log back as far as it can be. It is not cut short: what SQLite has to
// undo then is not worth it. Error: ErrNotWrittenBack, for good; others pass.
func (b *writeBack) pass(m mode) (logState, error) {
	b.one.Lock()
	defer b.one.Unlock()
	if err := b.failure(); err != nil {
		return logState{}, err
	}
	log, err := checkpoint(context.Background(), b.db, m)
	return log, b.judge(err)
}

func checkpoint(ctx context.Context, db *sql.DB, m mode) (log logState, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+string(m)+")").Scan(&log.busy, &log.pages, &log.back)
	return log, err
}
