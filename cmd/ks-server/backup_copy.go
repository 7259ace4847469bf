package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// A backup copies the store into a folder beside it, one backup at a time: a copy that is
// there while nobody has the lock was left by a backup that was killed.
const (
	copyFolder = ".backup-copy"
	copyLock   = ".backup-lock"
)

var errBackupUnderWay = errors.New("another backup of this folder is under way; wait until it has ended")

// makeCopyFolder makes the folder, empty; remove removes it with its copy. Error:
// errBackupUnderWay.
func makeCopyFolder(beside string) (dir string, remove func() error, err error) {
	lock, err := lockCopy(beside)
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(beside, copyFolder)
	remove = func() error { return errors.Join(removeCopy(dir), lock.Close()) }
	if err := errors.Join(removeCopy(dir), os.Mkdir(dir, 0o700), giveToOwner(dir)); err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	return dir, remove, nil
}

// removeAbandonedCopy removes what a killed backup left: it would fill the disk, and keep
// what is erased.
func removeAbandonedCopy(beside string) error {
	lock, err := lockCopy(beside)
	if errors.Is(err, errBackupUnderWay) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(removeCopy(filepath.Join(beside, copyFolder)), lock.Close())
}

func lockCopy(beside string) (*flock.Flock, error) {
	path := filepath.Join(beside, copyLock)
	f, err := lasting.Open(path, os.O_RDWR, "")
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	lock := flock.New(path)
	free, err := lock.TryLock()
	if err == nil && !free {
		err = errBackupUnderWay
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return lock, nil
}

// removeCopy removes what a backup makes, by name: what somebody else puts there stays, and
// is an error.
func removeCopy(dir string) error {
	for _, path := range []string{filepath.Join(dir, backupStore+"-journal"), filepath.Join(dir, backupStore), dir} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the copy of an earlier backup: %w", err)
		}
	}
	return nil
}

// giveToOwner lets the service's user remove what root leaves.
func giveToOwner(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(lasting.GiveToFolder(f), f.Close())
}
