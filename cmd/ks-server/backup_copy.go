package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	sqlitefile "github.com/keluarga-sehat/sync/internal/sqlite"
)

// A backup copies the store into a folder beside it, one backup at a time: a copy that is
// there while nobody has the lock was left by a backup that was killed.
const (
	copyPattern    = ".unfinished-backup-*" // a number
	copyLockSuffix = ".backup-lock"
	// copyPatience is how long a backup waits for another, or for a server that looks for
	// what one left.
	copyPatience = 10 * time.Second
)

var errBackupUnderWay = errors.New("another backup of this store is under way; wait until it has ended")

// makeCopyFolder makes the folder, empty; remove removes it with its copy. It stays who
// made it's: root writes into nobody else's. Error: errBackupUnderWay.
func makeCopyFolder(ctx context.Context, store string) (dir string, remove func() error, err error) {
	unlock, err := lockCopies(ctx, store, copyPatience)
	if err != nil {
		return "", nil, err
	}
	if dir, err = os.MkdirTemp(filepath.Dir(store), filepath.Base(store)+copyPattern); err != nil {
		return "", nil, errors.Join(err, unlock())
	}
	return dir, func() error { return errors.Join(os.RemoveAll(dir), unlock()) }, nil
}

// sweepCopies removes what killed backups of the embedded store left, before the store is
// opened, which may need the room, and tells what.
func (o *options) sweepCopies(ctx context.Context) (removed []string, err error) {
	if o.database != "" {
		return nil, nil
	}
	removed, err = removeAbandonedCopies(ctx, o.sqliteFile())
	if err != nil {
		err = fmt.Errorf("whether a killed backup left a copy of the store cannot be seen, or it cannot be removed; remove it by hand: %w", err)
	}
	return removed, err
}

// removeAbandonedCopies removes what killed backups left: it would fill the disk, and keep
// what is erased. It does nothing while a backup is under way, or where no store is.
func removeAbandonedCopies(ctx context.Context, store string) (removed []string, err error) {
	if _, err := os.Stat(store); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	copies, err := copiesOf(store)
	if err != nil || len(copies) == 0 {
		return nil, err
	}
	unlock, err := lockCopies(ctx, store, 0)
	if errors.Is(err, errBackupUnderWay) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if copies, err = copiesOf(store); err == nil { // now that no backup makes any
		for _, dir := range copies {
			gone := os.RemoveAll(dir) // which follows no links
			if gone == nil {
				removed = append(removed, dir)
			}
			err = errors.Join(err, gone)
		}
	}
	return removed, errors.Join(err, unlock())
}

// copiesOf are the folders named as makeCopyFolder names them.
func copiesOf(store string) (copies []string, err error) {
	named := regexp.MustCompile(`^` + regexp.QuoteMeta(filepath.Base(store)) + `\.unfinished-backup-[0-9]+$`)
	entries, err := os.ReadDir(filepath.Dir(store))
	for _, e := range entries {
		if e.IsDir() && named.MatchString(e.Name()) {
			copies = append(copies, filepath.Join(filepath.Dir(store), e.Name()))
		}
	}
	return copies, err
}

// lockCopies waits for the lock as long as patience lasts. Error: errBackupUnderWay.
func lockCopies(ctx context.Context, store string, patience time.Duration) (unlock func() error, err error) {
	const pause = 50 * time.Millisecond
	for until := time.Now().Add(patience); ; {
		unlock, err = sqlitefile.LockBeside(store, copyLockSuffix, false)
		switch {
		case err == nil:
			return unlock, nil
		case !errors.Is(err, sqlitefile.ErrLocked):
			return nil, fmt.Errorf("lock of backups: %w", err)
		case time.Now().After(until):
			return nil, errBackupUnderWay
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}
