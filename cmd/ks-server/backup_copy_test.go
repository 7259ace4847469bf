package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What a killed backup left goes when the next begins, or a server; what one that is under
// way has, and what is nobody's copy, stays.
func TestWhatAKilledBackupLeftIsRemoved(t *testing.T) {
	t.Parallel()
	beside := t.TempDir()
	copied := filepath.Join(beside, copyFolder, backupStore)
	own := filepath.Join(beside, "backup-20261128")
	err := errors.Join(os.Mkdir(own, 0o700), os.WriteFile(filepath.Join(own, backupStore), []byte("own"), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	isThere := func(path string) bool {
		t.Helper()
		_, err := os.Stat(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		return err == nil
	}
	leave := func() {
		t.Helper()
		if err := errors.Join(os.MkdirAll(filepath.Dir(copied), 0o700), os.WriteFile(copied, nil, 0o600), os.WriteFile(copied+"-journal", nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	leave()
	if err := removeAbandonedCopy(beside); err != nil || isThere(filepath.Dir(copied)) {
		t.Errorf("a server that starts leaves what a killed backup left: %v", err)
	}
	leave()
	dir, remove, err := makeCopyFolder(beside)
	if err != nil || isThere(copied) || !isThere(dir) {
		t.Fatalf("a backup begins beside what a killed one left: %v", err)
	}
	leave() // by the backup itself
	if err := removeAbandonedCopy(beside); err != nil || !isThere(copied) {
		t.Errorf("a backup under way lost its copy to a server that started: %v", err)
	}
	if _, _, err := makeCopyFolder(beside); !errors.Is(err, errBackupUnderWay) || !isThere(copied) {
		t.Errorf("a second backup: %v", err)
	}
	if err := remove(); err != nil || isThere(dir) {
		t.Errorf("after the backup: %v", err)
	}
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "note"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := removeAbandonedCopy(beside); err == nil || !isThere(filepath.Join(dir, "note")) || !isThere(filepath.Join(own, backupStore)) {
		t.Errorf("what is nobody's copy is gone, or nothing is said of it: %v", err)
	}
}
