package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	sqlite3 "github.com/mattn/go-sqlite3"
)

func TestALogIsWrittenBackWhileTheWriterIsBusy(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	s.writePages(t, writeBackPages)
	tx, err := s.Writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	// A commit tells of those before it; this one may be told of by nobody.
	s.writeBack.commits()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for log := (logState{}); log.back < writeBackPages; {
		if log, err = checkpoint(ctx, s.Readers, noPass); err != nil {
			t.Fatalf("%+v: %v", log, err)
		}
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

func TestALogStaysShortHoweverMuchIsWritten(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	// How long it gets until then is the disk's to say: the writer waits for the third pass.
	for begunAnew, pages := 0, 0; begunAnew < 3; {
		s.writePages(t, 500)
		log, err := checkpoint(ctx, s.Readers, noPass)
		if err != nil {
			t.Fatalf("begun anew %d times, then %d pages: %v", begunAnew, pages, err)
		}
		if log.pages < pages {
			begunAnew++
		}
		pages = log.pages
	}
}

func TestALogIsWrittenBackOnceAReaderHasEnded(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	s.writePages(t, 100)
	end := s.snapshot(t)
	for range 3 {
		s.writePages(t, writeBackPages)
	}
	end()
	for until := time.Now().Add(time.Minute); ; {
		s.writePages(t, 100)
		info, err := os.Stat(path + "-wal")
		if err == nil && info.Size() <= walKeepBytes {
			return
		}
		if err != nil || time.Now().After(until) {
			t.Fatalf("the log has %d bytes: %v", info.Size(), err)
		}
	}
}

func TestTheLastCommitForAWhileIsWrittenBackToo(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	s.writePages(t, 2*writeBackPages)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	for log := (logState{}); log.back < 2*writeBackPages; {
		var err error
		if log, err = checkpoint(ctx, s.Readers, noPass); err != nil {
			t.Fatalf("%+v: %v", log, err)
		}
	}
}

func TestALogStaysShortThoughReadersFollowOnEachOther(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	ctx, stop := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	for range 2 {
		beside.Go(func() {
			for ctx.Err() == nil {
				end := s.snapshot(t)
				time.Sleep(70 * time.Millisecond)
				end()
			}
		})
	}
	for range 20 * writeBackPages / 500 {
		s.writePages(t, 500)
	}
	stop()
	beside.Wait()
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() > 3*restartPages*4096 {
		t.Errorf("the log has %d bytes: %v", info.Size(), err)
	}
}

func TestAFailureToWriteBackIsForGood(t *testing.T) {
	t.Parallel()
	s, err := OpenServer(t.Context(), filepath.Join(t.TempDir(), "server.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []sqlite3.Error{
		{Code: sqlite3.ErrBusy}, {Code: sqlite3.ErrLocked}, {Code: sqlite3.ErrFull}, {Code: sqlite3.ErrNomem}, {Code: sqlite3.ErrProtocol},
		{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrNoMem}, {Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrWrite, SystemErrno: syscall.EDQUOT},
	} {
		if endsAll(fmt.Errorf("checkpoint: %w", e)) {
			t.Errorf("%+v ends it", e)
		}
	}
	noRoom := sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync, SystemErrno: syscall.EDQUOT}
	if !endsAll(noRoom) {
		t.Errorf("%+v does not end it", noRoom)
	}
	disk := sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync, SystemErrno: syscall.EIO}
	if !endsAll(fmt.Errorf("checkpoint: %w", disk)) {
		t.Errorf("%+v does not end it", disk)
	}
	b := s.writeBack
	b.passing.Lock()
	if err := b.endFor(disk); !errors.Is(err, ErrNotWrittenBack) || !errors.Is(err, disk) {
		t.Error(err)
	}
	b.passing.Unlock()
	<-s.Failed()
	for what, err := range map[string]error{"failure": s.Failure(), "emptying": s.EmptyLog(t.Context()), "closing": s.Close()} {
		if !errors.Is(err, ErrNotWrittenBack) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, pool := range []interface {
		PingContext(context.Context) error
		Close() error
	}{s.Readers, b.db, s.Writer} {
		if err := errors.Join(pool.PingContext(t.Context()), pool.Close()); err != nil {
			t.Errorf("closed after a failure: %v", err)
		}
	}
}

func TestALogIsDueOnceItHasGrown(t *testing.T) {
	t.Parallel()
	g := growth{restartAt: restartPages}
	for i, x := range []struct {
		pages int
		due   bool
		tried int // afterwards, where something was
	}{
		{pages: writeBackPages - 1},
		{pages: writeBackPages, due: true, tried: writeBackPages},
		{pages: 2*writeBackPages - 1}, // a reader kept it; not at every look
		{pages: 2 * writeBackPages, due: true, tried: 2 * writeBackPages},
		{pages: 10}, // begun anew
		{pages: writeBackPages + 9, due: true, tried: writeBackPages + 9},
	} {
		if due := g.isDue(logState{pages: x.pages}); due != x.due {
			t.Errorf("%d: at %d pages it is due: %t", i, x.pages, due)
		}
		if x.due {
			g.tried, g.restartAt = x.tried, 2*restartPages
		}
		if x.pages == 10 && g.restartAt != restartPages {
			t.Errorf("of a log begun anew the writer waits at %d pages", g.restartAt)
		}
	}
}
