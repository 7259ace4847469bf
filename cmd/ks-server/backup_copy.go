package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// A backup copies the store into a folder of its own beside it, and holds the lock of a
// file in there: a folder whose lock is free was left by a backup that was killed.
const (
	copyPrefix = "backup-"
	copyLock   = "lock"
	// copyUnlocked is how old a folder without a lock is that nobody is about to lock.
	copyUnlocked = time.Minute
)

// folderOfCopy makes one, and removes what killed backups left: it would fill the disk, and
// keep what is erased.
func folderOfCopy(beside string) (dir string, remove func() error, err error) {
	if err := removeAbandonedCopies(beside); err != nil {
		return "", nil, err
	}
	if dir, err = os.MkdirTemp(beside, copyPrefix); err != nil {
		return "", nil, err
	}
	lock := flock.New(filepath.Join(dir, copyLock))
	remove = func() error { return errors.Join(lock.Close(), os.RemoveAll(dir)) }
	if err := lock.Lock(); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return dir, remove, nil
}

func removeAbandonedCopies(beside string) error {
	entries, err := os.ReadDir(beside)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if match, err := filepath.Match(copyPrefix+"[0-9]*", e.Name()); err != nil || !match || !e.IsDir() {
			continue
		}
		if err := removeIfAbandoned(filepath.Join(beside, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func removeIfAbandoned(dir string) error {
	path := filepath.Join(dir, copyLock)
	switch err := lasting.CheckOwn(path); {
	case errors.Is(err, fs.ErrNotExist):
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // its backup has ended
		}
		if err != nil || time.Since(info.ModTime()) < copyUnlocked {
			return err
		}
		return os.RemoveAll(dir)
	case err != nil:
		return err
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	switch free, err := lock.TryLock(); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil || !free:
		return errors.Join(err, lock.Close())
	}
	return errors.Join(lock.Close(), os.RemoveAll(dir))
}
