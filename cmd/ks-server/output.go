package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/usage"
)

// withOutput hands out a new file, or standard output for "-". The file has its name once it
// is whole: where the work fails it goes again, and a kill leaves it as PATH.part-….
func withOutput(path string, stdout io.Writer, work func(to io.Writer) error) (err error) {
	if path == "-" {
		return work(stdout)
	}
	if err := checkNew(path); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return err
	}
	to := usage.NewOutput(f)
	if err = work(to); err == nil {
		err = to.Err()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err = checkNew(path); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("%w: what was written is in %s", err, f.Name()) // it may be the only copy
	}
	return lasting.SyncFolder(filepath.Dir(path))
}

// checkNew tells whether a file can have a name.
func checkNew(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
		}
		return err
	}
	return nil
}

// writeNew writes a file that must not be there yet; "-" is standard output.
func writeNew(cmd *cobra.Command, path string, data []byte) error {
	return withOutput(path, cmd.OutOrStdout(), func(out io.Writer) error {
		_, err := out.Write(data)
		return err
	})
}
