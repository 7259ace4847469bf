package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a killed backup left goes when the next begins; what one that is under way has,
// and what is nobody's backup, stays.
func TestWhatAKilledBackupLeftIsRemoved(t *testing.T) {
	t.Parallel()
	beside := t.TempDir()
	made := func(name string, locked bool, age time.Duration) string {
		t.Helper()
		dir := filepath.Join(beside, name)
		err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, backupStore), []byte("copy"), 0o600))
		if locked {
			err = errors.Join(err, os.WriteFile(filepath.Join(dir, copyLock), nil, 0o600))
		}
		then := time.Now().Add(-age)
		if err := errors.Join(err, os.Chtimes(dir, then, then)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	running, endRunning, err := folderOfCopy(beside)
	if err != nil {
		t.Fatal(err)
	}
	abandoned, old := made(copyPrefix+"1", true, 0), made(copyPrefix+"2", false, time.Hour)
	fresh, own := made(copyPrefix+"3", false, 0), made(copyPrefix+"of-monday", false, time.Hour)
	dir, end, err := folderOfCopy(beside)
	if err != nil {
		t.Fatal(err)
	}
	there := func(dir string) bool {
		_, err := os.Stat(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		return err == nil
	}
	for dir, want := range map[string]bool{running: true, abandoned: false, old: false, fresh: true, own: true, dir: true} {
		if there(dir) != want {
			t.Errorf("%s is there: %t", filepath.Base(dir), !want)
		}
	}
	if err := errors.Join(endRunning(), end()); err != nil || there(running) || there(dir) {
		t.Errorf("after the backups: %v", err)
	}
}
