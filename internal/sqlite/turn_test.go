package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// takeTurn takes it as another process does.
func takeTurn(t *testing.T, path string) *turn {
	t.Helper()
	other, err := openTurn(path)
	if err == nil {
		err = other.try()
	}
	if err != nil {
		t.Fatal(err)
	}
	return other
}

func TestAnOpeningWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	other := takeTurn(t, path)
	defer func() {
		if err := other.close(); err != nil {
			t.Error(err)
		}
	}()
	if log, err := s.writeBack.pass(passive); !errors.Is(err, errTurnTaken) {
		t.Errorf("a pass out of turn: %+v %v", log, err)
	}
	if err := other.mark(turnBegun); err != nil {
		t.Error(err)
	}
	if abandoned, err := s.turn.abandoned(); err != nil || abandoned {
		t.Errorf("who is at it has abandoned it: %t %v", abandoned, err)
	}
	if err := other.mark(turnIdle); err != nil {
		t.Error(err)
	}
	opened := make(chan error)
	go func() {
		second, err := OpenServer(t.Context(), path, Options{ApplicationID: options.ApplicationID, Unsafe: true})
		if err == nil {
			err = second.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		t.Errorf("opened out of turn: %v", err)
	case <-time.After(100 * time.Millisecond):
		if err := other.leave(); err != nil {
			t.Error(err)
		}
		if err := <-opened; err != nil {
			t.Error(err)
		}
	}
}

func TestAnOpeningDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "server.db")
	one := takeTurn(t, path)
	synctest.Test(t, func(t *testing.T) {
		two, err := openTurn(path)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := two.take(t.Context()); !errors.Is(err, errTurnTaken) || time.Since(begun) < turnPatience {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := two.take(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := two.close(); err != nil {
			t.Error(err)
		}
	})
	if err := one.close(); err != nil {
		t.Error(err)
	}
}

func TestClosingWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	s, err := OpenServer(t.Context(), filepath.Join(t.TempDir(), "server.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, s.Writer, "CREATE TABLE page (n INTEGER PRIMARY KEY, data BLOB)")
	end := s.snapshot(t)
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		t.Errorf("closed beside somebody who reads: %v", err)
	case <-time.After(100 * time.Millisecond):
		end()
		if err := <-closed; err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed again: %v", err)
	}
}

// TestATurnMissedForLongIsTold: who has it was stopped, maybe.
func TestATurnMissedForLongIsTold(t *testing.T) {
	t.Parallel()
	s, path := openLogged(t)
	other := takeTurn(t, path)
	s.writePages(t, 2*writeBackPages)
	select {
	case err := <-s.Trouble():
		if !errors.Is(err, errTurnTaken) {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it is not told")
	}
	if err := other.close(); err != nil {
		t.Error(err)
	}
}

func TestATurnWhoseFileWasRemovedEndsItAll(t *testing.T) {
	t.Parallel()
	s, err := OpenServer(t.Context(), filepath.Join(t.TempDir(), "server.db"), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(s.Path + turnSuffix); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); !errors.Is(err, ErrNotWrittenBack) || !errors.Is(err, errTurnRemoved) {
		t.Error(err)
	}
}

// TestAnOldTurnSaysNothingOfANewDatabase: the former one was moved away without it.
func TestAnOldTurnSaysNothingOfANewDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "server.db")
	if err := os.WriteFile(path+turnSuffix, []byte{turnBegun}, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := OpenServer(t.Context(), path, options)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.writeBack.watch(), s.Close()); err != nil {
		t.Error(err)
	}
}
