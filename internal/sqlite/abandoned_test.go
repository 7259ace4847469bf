package sqlite

import (
	"bytes"
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

// openTwice gives a database that two servers have open, the first one's turn, and the same
// as a disk without room would have it.
func openTwice(t *testing.T) (s, other *Server, turn, full *os.File) {
	t.Helper()
	s, path := openLogged(t)
	other, err := OpenServer(t.Context(), path, Options{ApplicationID: options.ApplicationID, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if full, err = os.Open(s.turn.file.Name()); err != nil {
		t.Fatal(err)
	}
	return s, other, s.turn.file, full
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

// TestAPassThatCannotSayItEndedIsNobodysDeath: on some file systems a full disk has no room
// for a byte that is there already. Nobody ends for that, and as soon as there is room, others
// have their turn.
func TestAPassThatCannotSayItEndedIsNobodysDeath(t *testing.T) {
	t.Parallel()
	s, other, turn, readOnly := openTwice(t)
	err := s.writeBack.inTurn(s.turn.try, func() error {
		s.turn.file = readOnly
		return nil
	})
	if err != nil || !s.writeBack.unmarked {
		t.Fatalf("the pass said that it ended: %v", err)
	}
	if err := s.writeBack.watch(); err == nil || s.Failure() != nil {
		t.Errorf("while there is no room: %v", err)
	}
	if err := other.writeBack.watch(); err != nil {
		t.Errorf("the other process takes it for a killed one: %v", err)
	}
	s.writeBack.passing.Lock()
	s.turn.file = turn
	s.writeBack.passing.Unlock()
	if err := errors.Join(readOnly.Close(), s.writeBack.watch()); err != nil {
		t.Fatal(err)
	}
	if begun, err := s.turn.begun(); err != nil || begun {
		t.Errorf("once there is room a pass is begun still: %t, %v", begun, err)
	}
	if _, err := other.writeBack.pass(passive); err != nil {
		t.Errorf("the other process has no turn: %v", err)
	}
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// TestClosingWaitsUntilItCanSayThatItEnded: a command that closes while there is no room takes
// no server with it, whether its last pass is the one that cannot say so, or the one before.
func TestClosingWaitsUntilItCanSayThatItEnded(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"the last pass": false, "the one before": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, other, turn, readOnly := openTwice(t)
			fill := func() error { s.turn.file = readOnly; return nil }
			var err error
			if leave := s.leave; before {
				err = s.writeBack.inTurn(s.turn.try, fill)
			} else {
				s.leave = func() { leave(); _ = fill() } // once the pass is over
			}
			if err != nil {
				t.Fatal(err)
			}
			closed := make(chan error, 1)
			go func() { closed <- s.Close() }()
			select {
			case err := <-closed:
				t.Errorf("closed while it could not say that it ended: %v", err)
			case <-other.Failed():
				t.Error(other.Failure())
			case <-time.After(2 * lookEvery):
			}
			s.writeBack.passing.Lock()
			s.turn.file = turn
			s.writeBack.passing.Unlock()
			if err := errors.Join(<-closed, readOnly.Close(), other.writeBack.watch(), other.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAFullDiskTakesBackTheByteOfTheTurn where it has no room for another.
func TestAFullDiskTakesBackTheByteOfTheTurn(t *testing.T) {
	t.Parallel()
	turn, err := openTurn(filepath.Join(t.TempDir(), "server.db"))
	if err != nil {
		t.Fatal(err)
	}
	appending, err := os.OpenFile(turn.file.Name(), os.O_RDWR|os.O_APPEND, 0) // WriteAt is refused, Truncate not
	if err != nil {
		t.Fatal(err)
	}
	defer appending.Close()
	err = turn.mark(turnBegun)
	whole := turn.file
	turn.file = appending
	if err := errors.Join(err, turn.mark(turnIdle)); err != nil {
		t.Error(err)
	}
	if begun, err := turn.begun(); begun || err != nil {
		t.Errorf("begun: %t, %v", begun, err)
	}
	if err := turn.mark(turnBegun); err == nil {
		t.Error("a pass could be begun")
	}
	if err := whole.Close(); err != nil {
		t.Error(err)
	}
}

// TestATurnThatCannotBeLookedAtIsNotRemoved: who changes the folder's rights for a moment
// does not end a server.
func TestATurnThatCannotBeLookedAtIsNotRemoved(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	turn, err := openTurn(filepath.Join(dir, "server.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(dir, dir+"-moved"), os.WriteFile(dir, nil, 0o600)); err != nil { // no folder any more
		t.Fatal(err)
	}
	if err := turn.try(); err == nil || errors.Is(err, errTurnRemoved) || errors.Is(err, errTurnTaken) {
		t.Errorf("a file that cannot be looked at: %v", err)
	}
	if err := errors.Join(os.Remove(dir), os.Rename(dir+"-moved", dir), turn.try(), turn.close()); err != nil {
		t.Errorf("once it can: %v", err)
	}
}

// TestADamagedDatabaseIsNotSaidToBeOpenElsewhere: a disk that dies leaves both, a pass that
// never ended and a header that nobody wrote.
func TestADamagedDatabaseIsNotSaidToBeOpenElsewhere(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(bytes.Repeat([]byte{0xee}, 100), 0)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	abandonPass(t, path)
	if _, err := OpenServer(t.Context(), path, options); err == nil || errors.Is(err, ErrOthersAfterFailure) || !IsDamage(err) {
		t.Errorf("a damaged database opens: %v", err)
	}
}

// TestADamagedHeaderIsReadFromTheLog: the log holds the header's page, too. Whether or not a
// pass was begun, the log is made ready before anything is committed behind it, and the
// database stays open.
func TestADamagedHeaderIsReadFromTheLog(t *testing.T) {
	t.Parallel()
	for name, begun := range map[string]bool{"in a pass": true, "between passes": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := openLogged(t)
			dead := filepath.Join(t.TempDir(), "server.db")
			for _, suffix := range []string{"", "-wal"} { // as a kill leaves it
				data, err := os.ReadFile(path + suffix)
				if err != nil {
					t.Fatal(err)
				}
				if suffix == "" {
					copy(data, bytes.Repeat([]byte{0xee}, 100))
				}
				if err := os.WriteFile(dead+suffix, data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if begun {
				abandonPass(t, dead)
			}
			before, err := os.ReadFile(dead + "-wal")
			if err != nil {
				t.Fatal(err)
			}
			again, err := OpenServer(t.Context(), dead, options)
			if err != nil {
				t.Fatal(err)
			}
			again.writePages(t, 10)
			select {
			case <-again.Failed():
				t.Error(again.Failure())
			case <-time.After(3 * lookEvery):
			}
			if err := again.Close(); err != nil {
				t.Error(err)
			}
			header, err := os.ReadFile(dead)
			if err != nil || len(before) == 0 || !bytes.HasPrefix(header, []byte("SQLite format 3")) {
				t.Errorf("the header is damaged still: %.16q (%v), of a log of %d bytes", header, err, len(before))
			}
		})
	}
}
