package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/powerdisk"
)

// The rows of a table of pages, and how many of them a commit changes: each is on many
// pages of the log, and one that is an older commit's is told from the present.
const (
	powerRows      = 3_000
	powerPerCommit = 150
	powerStep      = 37    // has no divisor in common with powerRows
	powerCommits   = 5_000 // at most
)

// powerEnv makes the test binary a process that writes to the database named until its
// disk fails as faultEnv says.
const (
	powerEnv = "SQLITE_TEST_POWER"
	faultEnv = "SQLITE_TEST_FAULT"
)

const (
	// faultOutrun: a sync of the database, once a pass that the writer outran is counted.
	faultOutrun = "outrun"
	// faultReader: the same, once a pass is that somebody who reads for long has stopped.
	faultReader = "reader"
	// faultReaderDies: the same, and the process is killed as it waits for that sync.
	faultReaderDies = "reader dies"
	// faultCommit: the sync of a commit, at which the process ends.
	faultCommit = "commit"
	// faultOvercome: the same, but it goes on.
	faultOvercome = "overcome"
	// faultEmptied: none; a secret is written and taken away, and the log emptied.
	faultEmptied = "emptied"
	// faultHold: none; the process only has the database open.
	faultHold = "hold"
	// faultCommitAt is the commit of a process that meets it: before powerRead, which changes
	// the rows of every 20th commit back, would undo one.
	faultCommitAt = 12
)

// TestNothingIsLostToASyncThatFailed: one sync fails, and the power goes, at once or once
// the server was started again and went on.
func TestNothingIsLostToASyncThatFailed(t *testing.T) {
	t.Parallel()
	disk := layDisk(t)
	for _, x := range []struct {
		fault string
		// more are commits after which the processes are killed, one after the other,
		// behind the last acknowledged one; 0: the process ends by the fault.
		more []int
		// dies is the write to the database at which one more process dies, while it writes
		// the log back; what it has written lasts. 0: there is none.
		dies int
	}{
		{fault: faultOutrun, more: []int{0}},
		{fault: faultOutrun, more: []int{0, 20}},
		{fault: faultReader, more: []int{0}},
		{fault: faultReader, more: []int{0, 20}},
		{fault: faultReader, more: []int{0}, dies: 1000},
		{fault: faultCommit, more: []int{0, 10}},
		{fault: faultCommit, more: []int{0}, dies: 1},
		{fault: faultCommit, more: []int{0}, dies: 1000},
		{fault: faultOvercome, more: []int{2 * faultCommitAt}},
	} {
		t.Run(fmt.Sprint(x.fault, x.more, x.dies), func(t *testing.T) {
			t.Parallel()
			p := power{disk: disk, path: filepath.Join(t.TempDir(), "server.db"), fault: x.fault}
			acknowledged := 0
			for _, more := range x.more {
				acknowledged = p.run(t, acknowledged, more)
			}
			if x.dies > 0 {
				child := p.process(t.Context(), "")
				child.Env = append(child.Env, powerdisk.DieAtWrite(x.dies))
				acknowledged = p.runUntilDead(t, acknowledged, child)
			}
			if err := powerdisk.CutPower(p.path); err != nil {
				t.Fatal(err)
			}
			p.verify(t, acknowledged)
		})
	}
}

// TestAProcessThatWasThereBeforeAFailureKeepsOthersOut: with it lives what counts as
// written back, also where who met the failure could tell nobody.
func TestAProcessThatWasThereBeforeAFailureKeepsOthersOut(t *testing.T) {
	t.Parallel()
	disk := layDisk(t)
	for _, fault := range []string{faultReader, faultReaderDies} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			p := power{disk: disk, path: filepath.Join(t.TempDir(), "server.db"), fault: fault}
			acknowledged := p.run(t, 0, 5) // makes the database
			endExport := p.hold(t, faultHold)
			if fault == faultReaderDies {
				acknowledged = p.runUntilDead(t, acknowledged, p.process(t.Context(), fault))
			} else {
				acknowledged = p.run(t, acknowledged, 0)
			}
			if s, err := OpenServer(t.Context(), p.path, options); !errors.Is(err, ErrOthersAfterFailure) {
				t.Errorf("opened beside it: %v %v", s, err)
			}
			// An opening that finds it there waits for its end.
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				time.Sleep(lookEvery)
				endExport()
			}()
			acknowledged = p.run(t, acknowledged, 20)
			<-ended
			if err := powerdisk.CutPower(p.path); err != nil {
				t.Fatal(err)
			}
			p.verify(t, acknowledged)
		})
	}
}

// TestAnIdleProcessLearnsThatAnotherWasKilledAsItWroteBack: it has to end, so that others
// may come.
func TestAnIdleProcessLearnsThatAnotherWasKilledAsItWroteBack(t *testing.T) {
	t.Parallel()
	disk := layDisk(t)
	p := power{disk: disk, path: filepath.Join(t.TempDir(), "server.db"), fault: faultReaderDies}
	acknowledged := p.run(t, 0, 5)
	s, err := OpenServer(t.Context(), p.path, options)
	if err != nil {
		t.Fatal(err)
	}
	p.runUntilDead(t, acknowledged, p.process(t.Context(), p.fault))
	select {
	case <-s.Failed():
	case <-time.After(time.Minute):
		t.Error("it does not know")
	}
	if err := s.Close(); !errors.Is(err, ErrNotWrittenBack) {
		t.Error(err)
	}
}

// TestClosingMakesNoPassBehindOneThatWasAbandoned: who closes waits for somebody who reads,
// and another process is killed as it writes back.
func TestClosingMakesNoPassBehindOneThatWasAbandoned(t *testing.T) {
	t.Parallel()
	disk := layDisk(t)
	p := power{disk: disk, path: filepath.Join(t.TempDir(), "server.db"), fault: faultCommit}
	acknowledged := p.run(t, 0, 0) // behind it is one more commit, whose sync failed
	s, err := OpenServer(t.Context(), p.path, options)
	if err != nil {
		t.Fatal(err)
	}
	// Opening it made that last, what this process did without the disk.
	if err := powerdisk.MadeLast(p.path + "-wal"); err != nil {
		t.Fatal(err)
	}
	p.fault = faultReaderDies
	held, err := s.Readers.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	acknowledged = p.runUntilDead(t, acknowledged, p.process(t.Context(), p.fault))
	if err := held.Close(); err != nil {
		t.Error(err)
	}
	if err := <-closed; !errors.Is(err, ErrNotWrittenBack) {
		t.Errorf("closed: %v", err)
	}
	// This process has it open still, so the power goes in another place.
	after := power{disk: disk, path: filepath.Join(t.TempDir(), "server.db")}
	for _, suffix := range []string{"", "-wal"} {
		if err := os.Rename(p.path+suffix+".durable", after.path+suffix); err != nil {
			t.Fatal(err)
		}
	}
	after.verify(t, acknowledged)
}

// TestWhatALogWasEmptiedOfDoesNotComeBack: the power goes once it is said to be empty.
func TestWhatALogWasEmptiedOfDoesNotComeBack(t *testing.T) {
	t.Parallel()
	p := power{disk: layDisk(t), path: filepath.Join(t.TempDir(), "server.db")}
	p.hold(t, faultEmptied)()
	if err := powerdisk.CutPower(p.path); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{p.path, p.path + "-wal"} {
		if data, err := os.ReadFile(file); err != nil || bytes.Contains(data, []byte(powerSecret)) {
			t.Errorf("%s has it again: %v", filepath.Base(file), err)
		}
	}
}

// TestADatabaseBehindALinkIsKeptAsWell: what lies beside it lies beside the file itself.
func TestADatabaseBehindALinkIsKeptAsWell(t *testing.T) {
	t.Parallel()
	disk, file := layDisk(t), filepath.Join(t.TempDir(), "server.db")
	link := filepath.Join(t.TempDir(), "folder")
	if err := os.Symlink(filepath.Dir(file), link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, file+".link"); err != nil {
		t.Fatal(err)
	}
	p := power{disk: disk, path: file, link: filepath.Join(link, "server.db.link"), fault: faultCommit}
	if s, err := OpenServer(t.Context(), p.link, options); err == nil {
		t.Fatalf("a link to nothing: %v", s.Close())
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	acknowledged := p.run(t, 0, 0)
	acknowledged = p.run(t, acknowledged, 10)
	if err := powerdisk.CutPower(p.path); err != nil {
		t.Fatal(err)
	}
	p.verify(t, acknowledged)
}
