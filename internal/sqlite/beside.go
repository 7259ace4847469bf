package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// errBesideForeign: what lies beside a database is not what we make there.
var errBesideForeign = errors.New("is no plain file of its own; nothing was done to it")

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

// MakeBeside makes an empty file beside a database, where there is none, as openBeside.
func MakeBeside(database, suffix string) error {
	f, err := openBeside(database, suffix)
	if err != nil {
		return err
	}
	return f.Close()
}

// openBeside opens a file beside a database to read and write it. Where there is none it
// is made as SQLite makes its own, with the database's mode and, by root, for its owner: an
// operator's command must not keep the server out. What others may have put there to be
// changed in its place, by a link or under another name, is refused.
func openBeside(database, suffix string) (*os.File, error) {
	path := database + suffix
	const tries = 10 // of two that make it at one moment
	for range tries {
		f, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
		made := false
		if errors.Is(err, fs.ErrNotExist) {
			f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
			if errors.Is(err, fs.ErrExist) {
				continue
			}
			made = true
		}
		if err != nil {
			return nil, err
		}
		if made {
			err = makeLike(f, database)
		} else if info, stated := f.Stat(); stated != nil {
			err = stated
		} else if !info.Mode().IsRegular() || names(info) > 1 {
			err = fmt.Errorf("%s %w", path, errBesideForeign)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	}
	return nil, fmt.Errorf("%s %w", path, errBesideForeign)
}
