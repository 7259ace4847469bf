//go:build unix

package lasting

import (
	"os"
	"path/filepath"
	"syscall"
)

// giveToFolder gives a file that root has just made to the owner of its folder.
func giveToFolder(f *os.File) error {
	if os.Geteuid() != 0 {
		return nil
	}
	folder, err := os.Stat(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	if of, ok := folder.Sys().(*syscall.Stat_t); ok {
		return f.Chown(int(of.Uid), int(of.Gid))
	}
	return nil
}
