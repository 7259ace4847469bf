package lasting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNotOwn is returned for what is no plain file, or, by root, has other names: by them
// somebody else's file could be changed, or given away, in its place.
var ErrNotOwn = errors.New("is no plain file of its own; nothing was done to it")

// Open opens a plain file of its own, with a flag such as os.O_RDWR, and makes it where
// there is none: with the mode and owner of the file named like, or, where that is "" or
// not there, private and the folder's owner's. What may not be given to that owner stays
// who made it's, unless that keeps others out who may use like. Error: ErrNotOwn.
func Open(path string, flag int, like string) (*os.File, error) {
	const tries = 10 // of two that make it at one moment
	for range tries {
		f, err := openThere(path, flag)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
		f, err = os.OpenFile(path, flag|os.O_CREATE|os.O_EXCL|NoFollow, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := give(f, like); err != nil {
			return nil, errors.Join(err, f.Close(), os.Remove(path))
		}
		return f, nil
	}
	return nil, fmt.Errorf("%s %w", path, ErrNotOwn)
}

// openThere opens what is there. Errors: fs.ErrNotExist, ErrNotOwn.
func openThere(path string, flag int) (*os.File, error) {
	if err := CheckOwn(path); err != nil {
		return nil, err // a pipe would wait for somebody
	}
	f, err := os.OpenFile(path, flag|NoFollow, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !isOwn(info) {
		err = fmt.Errorf("%s %w", path, ErrNotOwn)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// CheckOwn looks at what is there. Errors: fs.ErrNotExist, ErrNotOwn.
func CheckOwn(path string) error {
	info, err := os.Lstat(path)
	if err == nil && !isOwn(info) {
		err = fmt.Errorf("%s %w", path, ErrNotOwn)
	}
	return err
}

func isOwn(info fs.FileInfo) bool { return info.Mode().IsRegular() && (!asRoot() || names(info) == 1) }
