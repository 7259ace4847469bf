package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	sqlitefile "github.com/keluarga-sehat/sync/internal/sqlite"
)

// A backup copies the store into a folder beside it, one backup at a time: a copy that is
// there while nobody has the lock was left by a backup that was killed.
const (
	copySuffix     = ".backup-copy-" // and a number
	copyLockSuffix = ".backup-lock"
	// copyPatience is how long a backup waits for another, or for a server that looks for
	// what one left.
	copyPatience = 10 * time.Second
)

var errBackupUnderWay = errors.New("another backup of this store is under way; wait until it has ended")

// makeCopyFolder makes the folder, empty; remove removes it with its copy. It stays who
// made it's: root writes into nobody else's. Error: errBackupUnderWay.
func makeCopyFolder(ctx context.Context, store string) (dir string, remove func() error, err error) {
	lock, err := lockCopies(ctx, store, copyPatience)
	if err != nil {
		return "", nil, err
	}
	if dir, err = os.MkdirTemp(filepath.Dir(store), filepath.Base(store)+copySuffix); err != nil {
		return "", nil, errors.Join(err, lock.Close())
	}
	return dir, func() error { return errors.Join(os.RemoveAll(dir), lock.Close()) }, nil
}

// removeAbandonedCopies is the function of that name on the embedded store. It comes before
// that is opened, which may need the room.
func (o *options) removeAbandonedCopies(ctx context.Context) error {
	if o.database != "" {
		return nil
	}
	if err := removeAbandonedCopies(ctx, o.sqliteFile()); err != nil {
		return fmt.Errorf("whether a killed backup left a copy of the store cannot be seen, or it cannot be removed; remove it by hand: %w", err)
	}
	return nil
}

// removeAbandonedCopies removes what killed backups left: it would fill the disk, and keep
// what is erased. It does nothing while a backup is under way, or where no store is.
func removeAbandonedCopies(ctx context.Context, store string) error {
	if _, err := os.Stat(store); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	copies, err := copiesOf(store)
	if err != nil || len(copies) == 0 {
		return err
	}
	lock, err := lockCopies(ctx, store, 0)
	if errors.Is(err, errBackupUnderWay) {
		return nil
	}
	if err != nil {
		return err
	}
	if copies, err = copiesOf(store); err == nil { // now that no backup makes any
		for _, dir := range copies {
			err = errors.Join(err, os.RemoveAll(dir)) // which follows no links
		}
	}
	return errors.Join(err, lock.Close())
}

func copiesOf(store string) (copies []string, err error) {
	entries, err := os.ReadDir(filepath.Dir(store))
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(store)+copySuffix) {
			copies = append(copies, filepath.Join(filepath.Dir(store), e.Name()))
		}
	}
	return copies, err
}

// lockCopies waits for the lock as long as patience lasts. Error: errBackupUnderWay.
func lockCopies(ctx context.Context, store string, patience time.Duration) (*flock.Flock, error) {
	const pause = 50 * time.Millisecond
	if err := sqlitefile.MakeBeside(store, copyLockSuffix); err != nil {
		return nil, fmt.Errorf("lock of backups: %w", err)
	}
	lock := flock.New(store + copyLockSuffix)
	for until := time.Now().Add(patience); ; {
		free, err := lock.TryLock()
		if err == nil && free {
			return lock, nil
		}
		if err == nil && time.Now().After(until) {
			err = errBackupUnderWay
		}
		if err != nil {
			return nil, errors.Join(err, lock.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(context.Cause(ctx), lock.Close())
		case <-time.After(pause):
		}
	}
}
