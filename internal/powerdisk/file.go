//go:build linux

package powerdisk

/*
#define _GNU_SOURCE
#include <stdlib.h>
#include <unistd.h>
*/
import "C"

import (
	"os"
	"unsafe"
)

// File writes and syncs by the C library, where the disk lies; Go's own does without it.
type File struct{ *os.File }

// Open opens a file to read and write it.
func Open(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	return File{f}, err
}

// WriteAt writes.
func (f File) WriteAt(data []byte, at int64) (int, error) {
	if len(data) == 0 {
		return 0, nil
	}
	n, err := C.pwrite(C.int(f.Fd()), unsafe.Pointer(&data[0]), C.size_t(len(data)), C.off_t(at))
	if int(n) != len(data) {
		return max(int(n), 0), err
	}
	return len(data), nil
}

// Sync syncs.
func (f File) Sync() error {
	if failed, err := C.fsync(C.int(f.Fd())); failed != 0 {
		return err
	}
	return nil
}
