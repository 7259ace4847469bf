package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// fullEnv makes the test binary a process whose files may have fullBytes until it has seen
// what comes of that.
const (
	fullEnv   = "SQLITE_TEST_FULL"
	fullBytes = 48 << 20
)

func TestALogThatCannotBeWrittenBackForNowIsToldAndThenIs(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), fullEnv+"="+filepath.Join(t.TempDir(), "server.db"))
	if said, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}

func init() {
	if path := os.Getenv(fullEnv); path != "" {
		if err := fillUntilTold(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

func fillUntilTold(path string) (err error) {
	ctx := context.Background()
	s, err := OpenServer(ctx, path, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	write := func(rows int) error {
		_, err := s.Writer.ExecContext(ctx, `WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ?)
INSERT INTO page (data) SELECT zeroblob(4000) FROM i`, rows)
		return err
	}
	if _, err := s.Writer.ExecContext(ctx, "CREATE TABLE page (n INTEGER PRIMARY KEY, data BLOB)"); err != nil {
		return err
	}
	if err := errors.Join(write(fullBytes/4000), s.EmptyLog(ctx)); err != nil {
		return err
	}
	// The log has room, what it is written back into has none.
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	narrow := limit
	narrow.Cur = fullBytes
	if err := errors.Join(syscall.Setrlimit(syscall.RLIMIT_FSIZE, &narrow), write(writeBackPages)); err != nil {
		return err
	}
	begun := time.Now()
	for range 3 {
		select {
		case err := <-s.Trouble():
			if !IsFull(err) {
				return fmt.Errorf("told of %w", err)
			}
		case <-s.Failed():
			return s.Failure()
		}
	}
	if rested := time.Since(begun); rested < 3*troubleRest {
		return fmt.Errorf("tried three times within %s", rested)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	for {
		log, err := s.writeBack.look(ctx)
		if err != nil || s.Failure() != nil || log.back == log.pages {
			return errors.Join(err, s.Failure())
		}
		select {
		case <-s.Trouble():
		case <-time.After(time.Millisecond):
		}
	}
}
