//go:build unix

package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// noFollow refuses to open what is a link.
const noFollow = syscall.O_NOFOLLOW

// names is how many names a file has.
func names(info fs.FileInfo) uint64 {
	if of, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(of.Nlink)
	}
	return 1
}

// makeLike gives a file that was just made the mode and, by root, the owner of another.
func makeLike(f *os.File, database string) error {
	like, err := os.Stat(database)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if of, ok := like.Sys().(*syscall.Stat_t); ok && os.Geteuid() == 0 {
		if err := f.Chown(int(of.Uid), int(of.Gid)); err != nil {
			return err
		}
	}
	return f.Chmod(like.Mode().Perm())
}
