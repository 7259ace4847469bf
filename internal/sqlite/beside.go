package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/keluarga-sehat/sync/internal/lasting"
)

// resolve gives the file that a database's path leads to, which SQLite follows links to:
// what it keeps beside a database lies beside that file.
func resolve(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	switch file, err := filepath.EvalSymlinks(path); {
	case err == nil:
		return file, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		return "", fmt.Errorf("%s is a link to a file that is not there", path)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	return filepath.Join(dir, filepath.Base(path)), err
}

// openBeside opens a file beside a database to read and write it, or makes it as SQLite
// makes its own: with the database's mode and, by root, for its owner.
func openBeside(database, suffix string) (*os.File, error) {
	return lasting.Open(database+suffix, os.O_RDWR, database)
}

// checkBeside looks at what SQLite opens beside a database, and gives to its owner, by
// itself. Error: lasting.ErrNotOwn.
func checkBeside(database string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if err := lasting.CheckOwn(database + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
