package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
		if log, err = checkpoint(ctx, s.Readers, noop); err != nil {
			t.Fatalf("%+v: %v", log, err)
		}
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

func TestALogStaysShortHoweverMuchIsWritten(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	const pages = 500 // a commit's
	for range 12 * writeBackPages / pages {
		s.writePages(t, pages)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil || info.Size() > 4*writeBackPages*4096 {
		t.Errorf("the log has %d bytes: %v", info.Size(), err)
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

// TestWhatAnEarlierProcessLeftInTheLogIsWrittenAnew: a commit whose sync failed can be
// read, and is in nobody's disk; what is committed behind it would be lost with it.
func TestWhatAnEarlierProcessLeftInTheLogIsWrittenAnew(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	s.writePages(t, 100)
	left := filepath.Join(t.TempDir(), "left.db")
	for _, file := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + file)
		if err == nil {
			err = os.WriteFile(left+file, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenServer(t.Context(), left, options)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(left + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log has %d bytes: %v", info.Size(), err)
	}
	var rows int
	if err := again.Readers.QueryRowContext(t.Context(), "SELECT count(*) FROM page").Scan(&rows); err != nil || rows != 10 {
		t.Errorf("%d rows: %v", rows, err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

func TestAFailureToWriteBackIsForGood(t *testing.T) {
	t.Parallel()
	s, err := OpenServer(t.Context(), filepath.Join(t.TempDir(), "server.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	b := s.writeBack
	b.one.Lock()
	for code := range canGoOn {
		if err := b.judge(sqlite3.Error{Code: code}); err == nil || b.failure() != nil {
			t.Errorf("%s: %v, %v", code, err, b.failure())
		}
	}
	disk := sqlite3.Error{Code: sqlite3.ErrIoErr, ExtendedCode: sqlite3.ErrIoErrFsync}
	if err := b.judge(disk); !errors.Is(err, ErrNotWrittenBack) || !errors.Is(err, disk) {
		t.Error(err)
	}
	b.one.Unlock()
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
