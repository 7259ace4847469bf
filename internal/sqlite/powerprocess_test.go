package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/powerdisk"
)

func layDisk(t *testing.T) powerdisk.Library {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the disk is laid under a process of Linux")
	}
	disk, err := powerdisk.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return disk
}

// power is a database on a disk whose power may go.
type power struct {
	disk        powerdisk.Library
	path, fault string
	link        string // by which processes open it; "": its path
}

// run runs a process on it that writes until the disk fails, or until it is killed after
// some more commits; it gives the last one acknowledged.
func (p power) run(t *testing.T, acknowledged, more int) int {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	fault := p.fault
	if more != 0 && fault != faultOvercome {
		fault = "" // it was met
	}
	child, out := p.start(ctx, t, fault)
	failed, until := false, acknowledged+more
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "commit %d", &acknowledged); err != nil {
			failed = lines.Text() == "failed"
		}
		if more != 0 && acknowledged >= until {
			stop()
		}
	}
	if err := child.Wait(); err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	if failed == (more != 0) {
		t.Fatalf("the disk's failure told: %t, after %d commits", failed, acknowledged)
	}
	return acknowledged
}

// start starts a process, and gives what it says.
func (p power) start(ctx context.Context, t *testing.T, fault string) (*exec.Cmd, io.Reader) {
	t.Helper()
	child := p.process(ctx, fault)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return child, out
}

// runUntilDead runs one that dies.
func (p power) runUntilDead(t *testing.T, acknowledged int, child *exec.Cmd) int {
	t.Helper()
	out, err := child.Output()
	if child.ProcessState == nil || child.ProcessState.ExitCode() != powerdisk.Died {
		t.Fatalf("it was to die: %v", err)
	}
	for line := range strings.Lines(string(out)) {
		if _, err := fmt.Sscanf(line, "commit %d", &acknowledged); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	return acknowledged
}

// hold runs a process that has the database open until it is ended.
func (p power) hold(t *testing.T, fault string) (end func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	child, out := p.start(ctx, t, fault)
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("%q: %v", line, err)
	}
	return func() {
		stop()
		if err := child.Wait(); err == nil {
			t.Error("it was not there any more")
		}
	}
}

func (p power) process(ctx context.Context, fault string) *exec.Cmd {
	path := p.path
	if p.link != "" {
		path = p.link
	}
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(append(os.Environ(), powerEnv+"="+path, faultEnv+"="+fault), p.disk.Environment(p.path)...)
	child.Stderr = os.Stderr
	return child
}

// verify reads what is there: sound, whole up to one commit, and that not before the last
// one acknowledged.
func (p power) verify(t *testing.T, acknowledged int) {
	t.Helper()
	s, err := OpenServer(t.Context(), p.path, options)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := Check(t.Context(), s.Readers); err != nil {
		t.Fatal(err)
	}
	var last int
	if err := s.Readers.QueryRowContext(t.Context(), "SELECT max(changed) FROM page").Scan(&last); err != nil {
		t.Fatal(err)
	}
	if last < acknowledged {
		t.Errorf("commit %d is the last, %d was acknowledged", last, acknowledged)
	}
	want := make([]int, powerRows)
	for commit := 1; commit <= last; commit++ {
		for i := range powerPerCommit {
			want[powerRow(commit, i)] = commit
		}
	}
	for row, want := range want {
		var got int
		if err := s.Readers.QueryRowContext(t.Context(), "SELECT changed FROM page WHERE n = ?", row).Scan(&got); err != nil || got != want {
			t.Fatalf("row %d is of commit %d, not %d: %v", row, got, want, err)
		}
	}
}

func powerRow(commit, i int) int { return (commit*powerPerCommit + i) * powerStep % powerRows }

// writeUntilFailed is what the process does; it tells each commit once it is made.
func writeUntilFailed(path string, out io.Writer) error {
	openLog = openLogOnDisk
	ctx := context.Background()
	s, err := OpenServer(ctx, path, options)
	if err != nil {
		return err
	}
	path = s.Path
	fault, endReading := os.Getenv(faultEnv), func() error { return nil }
	switch fault {
	case faultEmptied:
		if err := s.powerEmpty(ctx); err != nil {
			return err
		}
		fallthrough
	case faultHold:
		fmt.Fprintln(out, "held")
		select {} // only a kill ends it
	}
	commit, err := s.powerBegin(ctx)
	if err != nil {
		return err
	}
	if fault == faultReader || fault == faultReaderDies {
		if endReading, err = s.powerRead(ctx); err != nil {
			return err
		}
	}
	ofCommit := fault == faultCommit || fault == faultOvercome
	set, failSync := ofCommit || fault == "", powerdisk.FailSync
	if fault == faultReaderDies {
		failSync = powerdisk.DieAtSync
	}
	for n := range powerCommits {
		if n == faultCommitAt && ofCommit {
			if err := s.powerFailedCommit(ctx, path, commit); err != nil {
				return err
			}
			if fault == faultCommit {
				fmt.Fprintln(out, "failed")
				return nil
			}
		}
		if err := s.powerCommit(ctx, commit); err != nil {
			return err
		}
		fmt.Fprintln(out, "commit", commit)
		commit++
		if s.Failure() != nil {
			if err := s.Close(); !errors.Is(err, ErrNotWrittenBack) {
				return fmt.Errorf("closed in spite of a failure: %w", err)
			}
			fmt.Fprintln(out, "failed")
			return nil
		}
		log, err := checkpoint(ctx, s.Readers, noPass)
		if err != nil {
			return err
		}
		if !set && log.back > 0 && log.back < log.pages {
			set = true
			if err := errors.Join(failSync(path), endReading()); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%d commits without a failure; a part of the log was written back: %t", powerCommits, set)
}

// powerSecret is what the log is emptied of.
const powerSecret = "3204050302800001"

func (s *Server) powerEmpty(ctx context.Context) error {
	for _, statement := range []string{"CREATE TABLE secret (s)", "INSERT INTO secret VALUES ('" + powerSecret + "')", "DELETE FROM secret"} {
		if _, err := s.Writer.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return s.EmptyLog(ctx)
}

// powerFailedCommit makes a commit whose own sync fails.
func (s *Server) powerFailedCommit(ctx context.Context, path string, commit int) error {
	if err := powerdisk.FailSync(path + "-wal"); err != nil {
		return err
	}
	if err := s.powerCommit(ctx, commit); !IsFailure(err) {
		return fmt.Errorf("a commit whose sync fails: %w", err)
	}
	return nil
}

func (s *Server) powerBegin(ctx context.Context) (next int, err error) {
	_, err = s.Writer.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS page (n INTEGER PRIMARY KEY, changed INTEGER NOT NULL, data BLOB NOT NULL) STRICT`)
	if err != nil {
		return 0, err
	}
	_, err = s.Writer.ExecContext(ctx, `INSERT OR IGNORE INTO page
WITH RECURSIVE i (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < ? - 1) SELECT n, 0, randomblob(3000) FROM i`, powerRows)
	if err != nil {
		return 0, err
	}
	err = s.Writer.QueryRowContext(ctx, "SELECT max(changed) + 1 FROM page").Scan(&next)
	return next, err
}

// powerRead begins to read what is there now.
func (s *Server) powerRead(ctx context.Context) (end func() error, err error) {
	if err := s.powerCommit(ctx, 0); err != nil { // in the log, so that it is not empty
		return nil, err
	}
	tx, err := s.Readers.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	var rows int
	return tx.Rollback, tx.QueryRowContext(ctx, "SELECT count(*) FROM page").Scan(&rows)
}

func (s *Server) powerCommit(ctx context.Context, commit int) error {
	tx, err := s.Writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for i := range powerPerCommit {
		if _, err := tx.ExecContext(ctx, "UPDATE page SET changed = ?, data = randomblob(3000) WHERE n = ?", commit, powerRow(commit, i)); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}
