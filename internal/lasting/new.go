package lasting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Behind a file's name and before a number: what is being written of it, and what was, and
// could not have the name.
const (
	part  = ".part-"
	whole = ".whole-"
)

// WriteNew makes a file that only its owner reads, and returns once it outlasts a power cut.
// It has its name once it is whole: where the work fails it goes again, and what a kill leaves
// as PATH.part-… the next writing of PATH removes. Errors: fs.ErrExist where another has the name, before anything is written
// or, where it came meanwhile, with the name of what was written.
func WriteNew(path string, write func(f *os.File) error) error {
	if err := checkNew(path); err != nil {
		return err
	}
	removeParts(path)
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+part+"*")
	if err != nil {
		return err
	}
	holdPart(f)
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if err = checkNew(path); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil { // what was written may be the only copy
		number := f.Name()[strings.LastIndex(f.Name(), part)+len(part):]
		kept := path + whole + number
		if os.Rename(f.Name(), kept) != nil {
			kept = f.Name()
		}
		return fmt.Errorf("%w: what was written is in %s", err, kept)
	}
	return SyncFolder(filepath.Dir(path))
}

// checkNew tells whether a file can have a name.
func checkNew(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return &fs.PathError{Op: "open", Path: path, Err: fs.ErrExist}
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// removeParts removes what was left of a file by those who were killed as they wrote it: it
// takes room, and may hold what is erased since. What can't be removed is in nobody's way.
func removeParts(path string) {
	named := regexp.MustCompile(`^` + regexp.QuoteMeta(filepath.Base(path)+part) + `[0-9]+$`)
	files, _ := os.ReadDir(filepath.Dir(path)) // making the file tells what is wrong with it
	for _, file := range files {
		if file.Type().IsRegular() && named.MatchString(file.Name()) {
			removePart(filepath.Join(filepath.Dir(path), file.Name()))
		}
	}
}
