package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

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

// A log that readers, one after the other, keep from being begun anew grows. Once it has
// restartPages, and again at twice what it then has, the writer waits restartPatience at
// most for those who read what is older, while nobody else can begin to.
const (
	restartPages    = 4 * writeBackPages
	restartPatience = 2 * time.Second
)

// lookEvery is how often the log is looked at in any case: a commit tells of itself before
// it is made, which may take long, and the last one for a while would not be seen.
const lookEvery = 500 * time.Millisecond

// ErrNotWrittenBack is returned, with its cause, once the disk has failed while a
// server's log was written back into its database. Nothing that was committed is lost: it
// is in the log, which the next process to open the database writes back from its
// beginning, once all that have it open have ended.
var ErrNotWrittenBack = errors.New("the disk failed while the write-ahead log was written back; look after the disk, then start again: the log is written back anew")

// errFailedElsewhere is the cause where another process met the failure.
var errFailedElsewhere = errors.New("another process that has the database open met it")

// writeBack writes the log of a server's database back, beside its writer.
//
// SQLite counts what a pass has written back in the index of the log (the -shm file), and
// the next pass, of whichever process, goes on behind it. It syncs the database only in a
// pass that reaches the log's end, which one does not that the writer outruns or a reader
// stops. If that later sync fails, the kernel drops what it was to make last, of all
// passes; a sync after it succeeds, the log is begun anew, and what an earlier pass had
// counted is gone. So the first failure ends it all, here and in the other processes
// (failedSuffix): no further pass, no closing by SQLite, which would make one, and the
// processes have to end. The index ends with the last of them; who opens the database
// next counts from nothing.
type writeBack struct {
	path   string
	db     *sql.DB // one connection that only does this
	writer *sql.DB

	committed chan struct{} // holds one: the log may have grown
	stop      context.CancelFunc
	stopped   sync.WaitGroup

	passing sync.Mutex // held by who makes a pass in this process
	failed  chan struct{}
	cause   error // set before failed is closed
}

func newWriteBack(path string) *writeBack {
	return &writeBack{path: path, committed: make(chan struct{}, 1), failed: make(chan struct{}), stop: func() {}}
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

// judge ends it all where err says that the disk failed. At other errors, such as that
// there is no space, SQLite has counted nothing, and the next pass does it all again. The
// caller holds passing.
func (b *writeBack) judge(err error) error {
	var e sqlite3.Error
	if !IsFailure(err) || errors.As(err, &e) && e.ExtendedCode == sqlite3.ErrIoErrNoMem {
		return err
	}
	// On a disk that takes not even this, the others learn of it by their own syncs: Linux
	// tells each of them once.
	return b.fail(errors.Join(err, os.WriteFile(b.path+failedSuffix, nil, 0o600)))
}

func (b *writeBack) fail(cause error) error {
	b.cause = cause
	close(b.failed)
	return b.failure()
}

func (b *writeBack) run(ctx context.Context) {
	g := growth{restartAt: restartPages}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.failed:
			return
		case <-b.committed:
		case <-ticker.C:
		}
		// An error stands in failure, or is tried again.
		if log, err := b.pass(look); err == nil && g.isDue(log) {
			if log, err = b.writeAll(ctx, &g); err == nil {
				g.tried = log.pages
			}
		}
	}
}

// growth is what is remembered of a log as long as it is not begun anew.
type growth struct {
	tried     int // its pages when it was last written back, all or not
	restartAt int // its pages at which the writer next waits for readers
}

// isDue tells whether a log has grown enough to be written back.
func (g *growth) isDue(log logState) bool {
	if log.pages < g.tried {
		*g = growth{restartAt: restartPages}
	}
	return log.pages-g.tried >= writeBackPages
}

// writeAll writes the log back to its end, unless a reader is in the way or others write.
func (b *writeBack) writeAll(ctx context.Context, g *growth) (log logState, err error) {
	for range passesBeside {
		// A pass tells of the log as it found it, not of what was committed meanwhile.
		if _, err = b.pass(passive); err != nil {
			return log, err
		}
		log, err = b.pass(look)
		if err != nil || log.pages == log.back && log.pages < g.restartAt {
			return log, err
		}
	}
	// A writer that is faster than the disk waits here, or the log would never be begun
	// anew.
	held, err := b.writer.Conn(ctx)
	if err != nil {
		return log, err
	}
	if log, err = b.pass(passive); err == nil && log.pages >= g.restartAt {
		log, err = b.restart(ctx, g)
	}
	return log, errors.Join(err, held.Close())
}

// restart waits until the log can be begun anew. The caller holds the writer.
func (b *writeBack) restart(ctx context.Context, g *growth) (log logState, err error) {
	for until := time.Now().Add(restartPatience); ; {
		log, err = b.pass(restart)
		if err != nil || !log.busy || ctx.Err() != nil {
			return log, err
		}
		if time.Now().After(until) {
			g.restartAt = 2 * log.pages
			return log, nil
		}
	}
}

// mode of a pass, as SQLite names it.
type mode string

const (
	look     mode = "NOOP"     // writes nothing back
	passive  mode = "PASSIVE"  // waits for nobody
	restart  mode = "RESTART"  // waits busyPass for who is in the way, so that the log is begun anew
	truncate mode = "TRUNCATE" // does that, and empties it
)

// busyPass is how long a pass may wait for others; nobody begins to write meanwhile.
const busyPass = 50 * time.Millisecond

// logState is how many pages a log has, and how many of them are written back. Of a log
// that another process is writing back nothing is known: both are -1.
type logState struct {
	busy        bool // what the mode asks for was not done: others are at it
	pages, back int
}

// pass writes the log back as far as it can be. It is not cut short: what SQLite has to
// undo then is not worth it. Error: ErrNotWrittenBack, for good; others pass.
func (b *writeBack) pass(m mode) (logState, error) {
	b.passing.Lock()
	defer b.passing.Unlock()
	if err := b.failure(); err != nil {
		return logState{}, err
	}
	if m != look && hasFailed(b.path) {
		return logState{}, b.fail(errFailedElsewhere)
	}
	log, err := checkpoint(context.Background(), b.db, m)
	return log, b.judge(err)
}

func checkpoint(ctx context.Context, db *sql.DB, m mode) (log logState, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+string(m)+")").Scan(&log.busy, &log.pages, &log.back)
	return log, err
}
