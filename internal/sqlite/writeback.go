package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// ErrNotWrittenBack is returned, with its cause, once the log of a server's database may not
// be written back any more by who has it open now: the disk has failed meanwhile, or another
// process was killed as it did. Nothing that was committed is lost: it is in the log, which
// the next process to open the database writes back from its beginning, once all that have it
// open have ended.
var ErrNotWrittenBack = errors.New("the write-ahead log cannot be written back any more; nothing is lost: once every ks-server process on this store has ended, start again, and it is written back anew")

// Causes of it.
var (
	errDiskFailed = errors.New("the disk failed; look after it first")
	errAbandoned  = errors.New("another process was killed, or met a failure of the disk, as it wrote the log back")
)

// writeBack writes the log of a server's database back, beside its writer.
//
// SQLite counts what a pass has written back in the index of the log (the -shm file), and
// the next pass, of whichever process, goes on behind it. It syncs the database only in a
// pass that reaches the log's end, which one does not that the writer outruns or a reader
// stops. If that later sync fails, the kernel drops what it was to make last, of all
// passes; a sync after it succeeds, the log is begun anew, and what an earlier pass had
// counted is gone. So the first failure ends it all, here and in the other processes: no
// further pass, no closing by SQLite, which would make one, and the processes have to end.
// The index ends with the last of them; who opens the database next counts from nothing.
//
// A process that meets the failure may be killed before it can say so, as it waits for a
// disk that dies. So it says that it begins a pass before it does (turn), and all who see
// later that it never ended it well take it for a failure.
type writeBack struct {
	server *Server
	db     *sql.DB // one connection that only does this

	committed chan struct{} // holds one: the log may have grown
	stop      context.CancelFunc
	stopped   sync.WaitGroup
	trouble   chan error // holds the last that nobody has heard

	passing sync.Mutex // held by who makes a pass in this process
	// unmarked: this process's last pass ended well and could not say so. It keeps the turn
	// until it has: who found that free would take it for a process that was killed.
	unmarked bool
	ended    chan struct{}
	cause    error // set before ended is closed
}

func newWriteBack(s *Server) *writeBack {
	return &writeBack{server: s, committed: make(chan struct{}, 1), trouble: make(chan error, 1), ended: make(chan struct{}), stop: func() {}}
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
func (b *writeBack) start() {
	var ctx context.Context
	ctx, b.stop = context.WithCancel(context.Background())
	b.stopped.Go(func() { b.run(ctx) })
	b.stopped.Go(func() { b.lookOut(ctx) })
}

// stopRunning waits for a pass that is under way.
func (b *writeBack) stopRunning() {
	b.stop()
	b.stopped.Wait()
}

// failure is ErrNotWrittenBack with its cause; nil while all is well.
func (b *writeBack) failure() error {
	select {
	case <-b.ended:
		return fmt.Errorf("%w: %w", ErrNotWrittenBack, b.cause)
	default:
		return nil
	}
}

// endFor ends it all for a failure. The caller holds passing.
func (b *writeBack) endFor(cause error) error {
	b.cause = cause
	close(b.ended)
	return b.failure()
}

// endsAll tells whether a pass that failed so may have counted what is not there. Where
// there was no room or memory for a write, SQLite has counted nothing, and the next pass
// does it all again; a sync is never tried twice.
func endsAll(err error) bool {
	var e sqlite3.Error
	return IsFailure(err) && errors.As(err, &e) && e.ExtendedCode != sqlite3.ErrIoErrNoMem
}

// next waits for a tick, or for something sooner; false: it is over.
func (b *writeBack) next(ctx context.Context, ticker *time.Ticker, sooner <-chan struct{}) bool {
	select {
	case <-ctx.Done():
		return false
	case <-b.ended:
		return false
	case <-sooner:
	case <-ticker.C:
	}
	return true
}

func (b *writeBack) run(ctx context.Context) {
	g := growth{restartAt: restartPages}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	var t troubles
	for b.next(ctx, ticker, b.committed) {
		if !t.isOver() {
			continue
		}
		err := b.keepShort(ctx, &g)
		if err == nil || ctx.Err() != nil || b.failure() != nil {
			t = troubles{}
			continue
		}
		b.tell(&t, fmt.Errorf("the write-ahead log cannot be written back for now, and grows: %w", err))
	}
}

// turnMissed is how long a log that has grown enough may find the turn taken before that is
// trouble: who has it may have been stopped.
const turnMissed = 10 * time.Second

// keepShort writes the log back if it has grown enough.
func (b *writeBack) keepShort(ctx context.Context, g *growth) error {
	log, err := b.look(ctx)
	if err != nil {
		return err
	}
	if !g.isDue(log) {
		g.missed = time.Time{} // another process has written it back
		return nil
	}
	log, err = b.writeAll(ctx, g)
	if errors.Is(err, errTurnTaken) {
		if g.missed.IsZero() {
			g.missed = time.Now()
		}
		if time.Since(g.missed) < turnMissed {
			return nil
		}
		return err
	}
	g.missed = time.Time{}
	if err == nil {
		g.tried = log.pages
	}
	return err
}

// growth is what is remembered of a log as long as it is not begun anew.
type growth struct {
	tried     int // its pages when it was last written back, all or not
	restartAt int // its pages at which the writer next waits for readers

	missed time.Time // since when the turn was not to be had
}

// isDue tells whether a log has grown enough to be written back.
func (g *growth) isDue(log logState) bool {
	if log.pages < g.tried {
		*g = growth{restartAt: restartPages, missed: g.missed}
	}
	return log.pages-g.tried >= writeBackPages
}

// writeAll writes the log back to its end, unless a reader is in the way or others write.
// Error: errTurnTaken.
func (b *writeBack) writeAll(ctx context.Context, g *growth) (log logState, err error) {
	for range passesBeside {
		if _, err = b.pass(passive); err != nil {
			return log, err
		}
		// A pass tells of the log as it found it, not of what was committed meanwhile.
		if log, err = b.look(ctx); err != nil || log.pages == log.back && log.pages < g.restartAt {
			return log, err
		}
	}
	// A writer that is faster than the disk waits here, or the log would never be begun
	// anew.
	held, err := b.server.Writer.Conn(ctx)
	if err != nil {
		return log, err
	}
	if log, err = b.pass(passive); err == nil && log.pages >= g.restartAt {
		log, err = b.beginAnew(ctx, g)
	}
	return log, errors.Join(err, held.Close())
}

// beginAnew waits until the log can be begun anew; readers may keep it from that. The
// caller holds the writer. Error: errTurnTaken.
func (b *writeBack) beginAnew(ctx context.Context, g *growth) (log logState, err error) {
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
	passive  mode = "PASSIVE"  // waits for nobody
	restart  mode = "RESTART"  // waits busyPass for who is in the way, so that the log is begun anew
	truncate mode = "TRUNCATE" // does that, and empties it
	noPass   mode = "NOOP"     // writes nothing back
)

// busyPass is how long a pass may wait for others; nobody begins to write meanwhile.
const busyPass = 50 * time.Millisecond

// logState is how many pages a log has, and how many of them are written back.
type logState struct {
	busy        bool // what the mode asks for was not done: others are at it
	pages, back int
}

// look tells of the log.
func (b *writeBack) look(ctx context.Context) (logState, error) { return checkpoint(ctx, b.db, noPass) }

// pass writes the log back as far as it can be, in its turn. It is not cut short: what
// SQLite has to undo then is not worth it. Errors: errTurnTaken; ErrNotWrittenBack, for good;
// others pass.
func (b *writeBack) pass(m mode) (log logState, err error) {
	err = b.inTurn(b.server.turn.try, func() error {
		log, err = checkpoint(context.Background(), b.db, m)
		return err
	})
	return log, err
}

// closeLast writes the log back once more, which SQLite's closing would do without telling
// of a failure, and closes the connection; then closed is called. Where it cannot do so in
// its turn, the connection stays open.
func (b *writeBack) closeLast(closed func()) error {
	if err := b.settleSoon(); err != nil {
		return err
	}
	last := false
	err := b.inTurn(func() error { return b.server.turn.take(context.Background()) }, func() error {
		_, err := checkpoint(context.Background(), b.db, passive)
		if !endsAll(err) {
			err = errors.Join(err, closeAndWait(b.db))
			closed()
			last = true
		}
		return err
	})
	if last {
		err = errors.Join(err, b.settleSoon(), b.server.turn.close())
	}
	return err
}

// settleSoon settles, trying for a while: a process that ends before takes others with it.
func (b *writeBack) settleSoon() error {
	const pause = 50 * time.Millisecond
	for until := time.Now().Add(closePatience); ; time.Sleep(pause) {
		b.passing.Lock()
		err := b.settle()
		b.passing.Unlock()
		if err == nil || b.failure() != nil || time.Now().After(until) {
			return err
		}
	}
}

// inTurn makes a pass once it has taken the turn, and says before that it begins one.
func (b *writeBack) inTurn(take, pass func() error) (err error) {
	b.passing.Lock()
	defer b.passing.Unlock()
	if err := b.settle(); err != nil {
		return err
	}
	turn := b.server.turn
	if err := take(); err != nil {
		if errors.Is(err, errTurnRemoved) {
			return b.endFor(err)
		}
		return err
	}
	defer func() {
		if !b.unmarked {
			err = errors.Join(err, turn.leave())
		}
	}()
	switch begun, err := turn.begun(); {
	case err != nil:
		return err
	case begun:
		return b.endFor(errAbandoned)
	}
	if err := turn.mark(turnBegun); err != nil {
		return err
	}
	if err = pass(); endsAll(err) {
		return b.endFor(fmt.Errorf("%w: %w", errDiskFailed, err))
	}
	b.unmarked = turn.mark(turnIdle) != nil // settle tells, if that lasts
	return err
}

// settle says that this process's last pass has ended well, if it could not then: on some
// file systems a full disk has no room for a byte that is there already. Until it has, and
// once it is all over, nothing else may be done. The caller holds passing.
func (b *writeBack) settle() error {
	if err := b.failure(); err != nil || !b.unmarked {
		return err
	}
	if err := b.server.turn.mark(turnIdle); err != nil {
		return fmt.Errorf("end of the last pass: %w", err)
	}
	b.unmarked = false
	return b.server.turn.leave()
}

func checkpoint(ctx context.Context, db *sql.DB, m mode) (log logState, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+string(m)+")").Scan(&log.busy, &log.pages, &log.back)
	return log, err
}
