//go:build !linux

package sqlite

import "os"

func openLogOnDisk(path string) (logFile, error) { return os.OpenFile(path, os.O_RDWR, 0) }
