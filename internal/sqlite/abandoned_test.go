package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// abandonPass does what a process leaves that is killed in a pass.
func abandonPass(t *testing.T, path string) {
	t.Helper()
	other, err := openTurn(path)
	if err == nil {
		err = other.take(t.Context())
	}
	if err == nil {
		err = errors.Join(other.mark(turnBegun), other.close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestABusyWriterDoesNotHideThatAPassWasAbandoned: a backup has the writer as long as it
// copies the database, and its own snapshot is what the log cannot be written back behind.
func TestABusyWriterDoesNotHideThatAPassWasAbandoned(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "server.db")
	unsafe := Options{ApplicationID: options.ApplicationID, Unsafe: true}
	backup, err := OpenServer(t.Context(), path, unsafe)
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, backup.Writer, "CREATE TABLE page (n INTEGER PRIMARY KEY, data BLOB)")
	server, err := OpenServer(t.Context(), path, unsafe)
	if err != nil {
		t.Fatal(err)
	}
	end := backup.snapshot(t)
	held, err := backup.Writer.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(time.Minute); backup.Writer.Stats().WaitCount == 0; {
		if time.Now().After(until) {
			t.Fatal("nobody waits for the writer")
		}
		server.writePages(t, writeBackPages)
	}
	abandonPass(t, path)
	for name, s := range map[string]*Server{"server": server, "backup": backup} {
		select {
		case <-s.Failed():
		case <-time.After(30 * time.Second):
			t.Errorf("the %s does not see it", name)
		}
	}
	end()
	if err := held.Close(); err != nil {
		t.Error(err)
	}
	for _, s := range []*Server{server, backup} {
		if err := s.Close(); !errors.Is(err, errAbandoned) {
			t.Error(err)
		}
	}
}

// TestWhatLiesBesideIsLookedAtInTurn: while an opening waits, anything may be put there.
func TestWhatLiesBesideIsLookedAtInTurn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "server.db")
	other := takeTurn(t, path)
	opened := make(chan error)
	go func() {
		_, err := OpenServer(t.Context(), path, options)
		opened <- err
	}()
	select {
	case err := <-opened:
		t.Fatalf("opened out of turn: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := errors.Join(os.Mkdir(path+"-wal", 0o700), other.close()); err != nil {
		t.Fatal(err)
	}
	if err := <-opened; !errors.Is(err, lasting.ErrNotOwn) {
		t.Errorf("opened beside a log that is none: %v", err)
	}
}

// TestATurnMissedLongAgoIsForgotten: another process has written the log back since.
func TestATurnMissedLongAgoIsForgotten(t *testing.T) {
	t.Parallel()
	s, _ := openLogged(t)
	g := growth{restartAt: restartPages, missed: time.Now().Add(-time.Hour)}
	if err := s.writeBack.keepShort(t.Context(), &g); err != nil || !g.missed.IsZero() {
		t.Errorf("missed since %v, %v", g.missed, err)
	}
}
