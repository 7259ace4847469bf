// Package lasting writes files so that a power cut leaves the former one or the new one,
// whole (keys, certificates, witnesses, backups), and opens those that lie beside a store so
// that a command of root's keeps nobody out and touches nobody else's file.
package lasting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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
	err = errors.Join(err, GiveToFolder(f), f.Chmod(mode), f.Sync(), f.Close())
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
	folder, name := filepath.Dir(path), filepath.Base(path)+strings.TrimSuffix(unfinished, "*")
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		info, err := file.Info()
		if !strings.HasPrefix(file.Name(), name) || err != nil || time.Since(info.ModTime()) < unfinishedFor {
			continue // or somebody is at it
		}
		if err := os.Remove(filepath.Join(folder, file.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
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
