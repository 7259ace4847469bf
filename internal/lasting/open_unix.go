//go:build unix

package lasting

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// NoFollow, a flag of opening, refuses what is a link.
const NoFollow = syscall.O_NOFOLLOW

func asRoot() bool { return os.Geteuid() == 0 }

// names is how many names a file has.
func names(info fs.FileInfo) uint64 {
	if of, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(of.Nlink)
	}
	return 1
}

// give gives a file, which was just made, the mode and owner of another, or the folder's
// owner alone.
func give(f *os.File, like string) error {
	info, err := os.Stat(like)
	if like == "" || errors.Is(err, fs.ErrNotExist) {
		return GiveToFolder(f)
	}
	if err != nil {
		return err
	}
	const group = 0o070
	if of, ok := info.Sys().(*syscall.Stat_t); asRoot() {
		err = giveTo(f, info)
	} else if ok && info.Mode().Perm()&group != 0 { // else it is the caller's alone
		err = f.Chown(-1, int(of.Gid))
	}
	return errors.Join(err, f.Chmod(info.Mode().Perm()))
}

// GiveToFolder gives a file that root has just made to the owner of its folder.
func GiveToFolder(f *os.File) error {
	if !asRoot() {
		return nil
	}
	folder, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	return giveTo(f, folder)
}

// GiveFolder gives a folder that root has just made the owner and mode of another, which it
// takes the place of.
func GiveFolder(path, like string) error {
	if !asRoot() {
		return nil
	}
	info, err := os.Stat(like)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	folder, err := os.OpenFile(path, os.O_RDONLY|NoFollow|syscall.O_DIRECTORY, 0)
	if err != nil {
		return err
	}
	return errors.Join(giveTo(folder, info), folder.Chmod(info.Mode().Perm()), folder.Close())
}

// giveTo leaves a file root's where root may not give it away: in some containers and on
// some file systems nobody may.
func giveTo(f *os.File, owner fs.FileInfo) error {
	of, ok := owner.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	err := f.Chown(int(of.Uid), int(of.Gid))
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}
