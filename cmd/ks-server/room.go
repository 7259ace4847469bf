package main

import "fmt"

// roomWarning is how much space the embedded store needs about it, bytes: its log may grow
// to 128 MiB before it is written back, and there must be days to make more.
const roomWarning = 512 << 20

// checkRoom tells whether a folder has space left for what comes.
func checkRoom(dir string) error {
	free, err := freeBytes(dir)
	if err != nil {
		return fmt.Errorf("free space of %s: %w", dir, err)
	}
	return enough(free, dir)
}

func enough(free uint64, dir string) error {
	if free >= roomWarning {
		return nil
	}
	return fmt.Errorf("%d MiB are free in %s: make at least %d; a full disk loses nothing, but takes nothing more from devices", free>>20, dir, roomWarning>>20)
}
