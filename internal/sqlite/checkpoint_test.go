package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// openLogged opens a server's database with a table of rows of some pages each.
func openLogged(t *testing.T) (s *Server, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "server.db")
	s, err := OpenServer(t.Context(), path, Options{ApplicationID: options.ApplicationID, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	mustExec(t, s.Writer, "CREATE TABLE page (n INTEGER PRIMARY KEY, data BLOB)")
	return s, path
}

// writePages commits about so many pages.
func (s *Server) writePages(t *testing.T, pages int) {
	t.Helper()
	const row = 10 // pages
	if _, err := s.Writer.ExecContext(t.Context(), `WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ?)
INSERT INTO page (data) SELECT zeroblob(4000 * ?) FROM i`, pages/row, row); err != nil {
		t.Fatal(err)
	}
	s.Committed()
}

func (s *Server) log(t *testing.T) logState {
	t.Helper()
	l, err := checkpoint(t.Context(), s.Readers, "NOOP")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// writtenBack waits until the log is, but for what has been written since.
func (s *Server) writtenBack(t *testing.T) {
	t.Helper()
	for until := time.Now().Add(time.Minute); s.log(t).left() > leftPages; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("the log is not written back: %+v", s.log(t))
		}
	}
}

func TestTheLogIsWrittenBackBesideTheWriter(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	s.writePages(t, serverCheckpointPages/2)
	if l := s.log(t); l.writtenBack != 0 {
		t.Fatalf("a short log is written back: %+v", l)
	}
	s.writePages(t, serverCheckpointPages*6/10) // no commit does it
	s.writtenBack(t)

	for range 8 { // begun anew each time, the log does not grow
		s.writePages(t, serverCheckpointPages*11/10)
		s.writtenBack(t)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if most := int64(2*serverCheckpointPages) * 4096; info.Size() > most {
		t.Errorf("the log has %d bytes, more than %d", info.Size(), most)
	}
}

func TestAWriterThatNeverRestsHasALogOfBoundedLength(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	const commit = serverCheckpointPages / 4 // more than a pass may leave to the writer
	for range 60 {
		s.writePages(t, commit)
	}
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if most := int64(serverCommitCheckpointPages+4*commit) * 4128; info.Size() > most {
		t.Errorf("the log has %d bytes, more than %d", info.Size(), most)
	}
}

func TestTheLogIsWrittenBackOnceALongReaderHasEnded(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	reader, end := s.snapshot(t)
	s.writePages(t, 2*serverCheckpointPages)
	s.writePages(t, 10)
	if l := s.log(t); l.left() < serverCheckpointPages {
		t.Fatalf("what a reader has before it is written over: %+v", l)
	}
	var rows int
	if err := reader.QueryRowContext(t.Context(), "SELECT count(*) FROM page").Scan(&rows); err != nil || rows != 0 {
		t.Errorf("the reader sees %d rows that came later: %v", rows, err)
	}
	end()
	s.writePages(t, 10)
	s.writtenBack(t)
}

// snapshot begins to read.
func (s *Server) snapshot(t *testing.T) (tx *sql.Tx, end func()) {
	t.Helper()
	tx, err := s.Readers.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM page").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return tx, sync.OnceFunc(func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	})
}

func TestALogIsEmptyWhateverElseIsAtIt(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	// What is written back elsewhere holds the lock that emptying needs.
	ctx, stop := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	beside.Go(func() {
		for ctx.Err() == nil {
			if _, err := checkpoint(ctx, s.Readers, "PASSIVE"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	for range 200 {
		s.writePages(t, 100)
		if err := EmptyLog(t.Context(), s.Writer); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path + "-wal"); err != nil || info.Size() != 0 {
			t.Fatalf("the log is not empty: %v %v", info.Size(), err)
		}
	}
	stop()
	beside.Wait()
}

func TestALogThatCannotBeEmptiedIsTold(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	_, end := s.snapshot(t)
	s.writePages(t, 100)
	mustExec(t, s.Writer, "PRAGMA busy_timeout = 1")
	if err := emptyLog(t.Context(), s.Writer, time.Millisecond); !errors.Is(err, ErrLogInUse) {
		t.Errorf("beside a reader: %v", err)
	}
	end()
	if err := EmptyLog(t.Context(), s.Writer); err != nil {
		t.Error(err)
	}
}

func TestAServerClosesWhileItsLogIsWrittenBack(t *testing.T) {
	t.Parallel()
	for range 5 {
		s, path := openLogged(t)
		s.writePages(t, serverCheckpointPages*11/10)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path + "-wal"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a log is left: %v", err)
		}
	}
}
