package sqlite

import (
	"context"
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
}

// snapshot begins to read.
func (s *Server) snapshot(t *testing.T) (end func()) {
	t.Helper()
	tx, err := s.Readers.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := tx.QueryRowContext(t.Context(), "SELECT count(*) FROM page").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	})
}

// emptiedLog is a log with the commit that makes it last that it was emptied: a header, and
// one page with its own.
const emptiedLog = 32 + 24 + 4096

func TestALogIsEmptyWhateverElseIsAtIt(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	// What is written back elsewhere holds the lock that emptying needs.
	ctx, stop := context.WithCancel(t.Context())
	var beside sync.WaitGroup
	beside.Go(func() {
		for ctx.Err() == nil {
			if _, err := s.Readers.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	for range 200 {
		s.writePages(t, 100)
		if err := s.EmptyLog(t.Context()); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path + "-wal"); err != nil || info.Size() > emptiedLog {
			t.Fatalf("the log is not empty: %v %v", info.Size(), err)
		}
	}
	stop()
	beside.Wait()
}

func TestALogThatCannotBeEmptiedIsTold(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	end := s.snapshot(t)
	s.writePages(t, 100)
	if err := emptyLog(t.Context(), time.Millisecond, s.writeBack.empty); !errors.Is(err, ErrLogInUse) {
		t.Errorf("beside a reader: %v", err)
	}
	end()
	if err := s.EmptyLog(t.Context()); err != nil {
		t.Error(err)
	}
}
