package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// folderWithStore has a file in the store's place.
func folderWithStore(t *testing.T) (store string) {
	t.Helper()
	store = filepath.Join(t.TempDir(), "server.db")
	if err := os.WriteFile(store, []byte("the store"), 0o600); err != nil {
		t.Fatal(err)
	}
	return store
}

func isThere(t *testing.T, path string) bool {
	t.Helper()
	_, err := os.Lstat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	return err == nil
}

// What a killed backup left goes when the next begins, or a server; what one that is under
// way has, and what is nobody's copy, stays.
func TestWhatAKilledBackupLeftIsRemoved(t *testing.T) {
	t.Parallel()
	store := folderWithStore(t)
	left := store + ".unfinished-backup-1"
	own := []string{filepath.Join(filepath.Dir(store), "backup-20261128"), store + ".unfinished-backup-2026-11-28", store + ".unfinished-backup-"}
	for _, dir := range append(own, left) {
		if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, backupStore), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if removed, err := removeAbandonedCopies(t.Context(), store); err != nil || isThere(t, left) || !slices.Equal(removed, []string{left}) {
		t.Errorf("what a killed backup left is there still: %v, %v", removed, err)
	}
	dir, remove, err := makeCopyFolder(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, backupStore)
	if err := os.WriteFile(copied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if removed, err := removeAbandonedCopies(t.Context(), store); err != nil || !isThere(t, copied) {
		t.Errorf("a backup under way lost its copy, %v: %v", removed, err)
	}
	if _, err := lockCopies(t.Context(), store, 0); !errors.Is(err, errBackupUnderWay) {
		t.Errorf("a second backup: %v", err)
	}
	if err := remove(); err != nil || isThere(t, dir) {
		t.Errorf("after the backup: %v", err)
	}
	for _, dir := range own {
		if !isThere(t, filepath.Join(dir, backupStore)) {
			t.Errorf("the operator's own folder %s is gone", dir)
		}
	}
}

// Neither a link nor a file of a copy's name is one.
func TestOnlyFoldersAreCopies(t *testing.T) {
	t.Parallel()
	store := folderWithStore(t)
	link, file := store+".unfinished-backup-1", store+".unfinished-backup-2"
	if err := errors.Join(os.Symlink(".", link), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	removed, err := removeAbandonedCopies(t.Context(), store)
	if err != nil || len(removed) > 0 || !isThere(t, link) || !isThere(t, file) || !isThere(t, store) {
		t.Errorf("removed: %v, %v", removed, err)
	}
}

// A server that looks for what a backup left, for a moment, does not make one fail.
func TestABackupWaitsForWhoLooksForCopies(t *testing.T) {
	t.Parallel()
	store := folderWithStore(t)
	unlock, err := lockCopies(t.Context(), store, 0)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(200*time.Millisecond, func() {
		if err := unlock(); err != nil {
			t.Error(err)
		}
	})
	_, remove, err := makeCopyFolder(t.Context(), store)
	if err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
}

// Where no store is, nothing is made either.
func TestNoLockIsMadeWithoutAStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := removeAbandonedCopies(t.Context(), filepath.Join(dir, "server.db")); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}
