// Package lasting writes small files so that a power cut leaves the former one or the new
// one, whole: keys, certificates, witnesses.
package lasting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// unfinishedFor is how long a writing may take; what is older was cut short.
const unfinishedFor = time.Minute

// WriteFile puts a file in place of another, or of none, and returns once it outlasts a
// power cut. Of several at once one is there in the end. Written by root it belongs to the
// folder's owner: what an operator's command writes must not keep the server out.
func WriteFile(path string, data []byte, mode fs.FileMode) (err error) {
	if err := removeUnfinished(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+unfinished)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, giveToFolder(f), f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return SyncFolder(filepath.Dir(path))
}

// unfinished names a file that is being written, beside the one that it will be.
const unfinished = ".new-*"

// removeUnfinished removes what a power cut left: it may hold keys that were retired since.
func removeUnfinished(path string) error {
	left, err := filepath.Glob(path + unfinished)
	if err != nil {
		return err
	}
	for _, file := range left {
		if info, err := os.Lstat(file); err != nil || time.Since(info.ModTime()) < unfinishedFor {
			continue // somebody is at it
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// OpenToAppend opens a file to append to it; made by root it belongs to the folder's owner.
// What is appended, and the folder, are the caller's to sync.
func OpenToAppend(path string, mode fs.FileMode) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, mode)
	if errors.Is(err, fs.ErrExist) {
		return os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	}
	if err != nil {
		return nil, err
	}
	if err := giveToFolder(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// SyncFolder makes what was made, renamed and removed in a folder outlast a power cut,
// where the system has a way.
func SyncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // it journals that by itself
	}
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}
