//go:build unix

package main

import (
	"errors"
	"os"
)

// syncDir makes a renaming in a folder outlast a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
