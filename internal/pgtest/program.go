package pgtest

import (
	"os"
	"path/filepath"
)

// Program finds a program that came with the server's, such as pg_dump; ok is false where
// it came without.
func (c *Cluster) Program(name string) (path string, ok bool) {
	path = filepath.Join(c.bin, name)
	_, err := os.Stat(path)
	return path, err == nil
}
