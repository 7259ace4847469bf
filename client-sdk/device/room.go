package device

import (
	"errors"
	"fmt"
	"os"

	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// NoRoom is returned where the device has too little space left to open a store, as when
// one of an earlier version is to be brought to the present form. Nothing was altered,
// and opening goes well once there is space.
type NoRoom struct {
	// FreeMB is how many megabytes are enough.
	FreeMB int
	// Cause is what the disk said.
	Cause error
}

// Error says what happened, what is safe and what to do, to the surveyor.
func (e *NoRoom) Error() string {
	return fmt.Sprintf("penyimpanan perangkat penuh, data Anda belum dapat dibuka; semua data tetap aman di perangkat ini. Kosongkan sedikitnya %d MB (hapus foto, video, atau aplikasi lain yang tidak dipakai), lalu masuk lagi. Jangan hapus aplikasi ini atau datanya", e.FreeMB)
}

// Unwrap is what the disk said.
func (e *NoRoom) Unwrap() error { return e.Cause }

// Space that opening may take: a migration writes the database anew, into the log and
// then into the file; and something to work with.
const (
	roomTimes = 2
	roomBytes = 8 << 20
)

// room says so where an error is for want of space.
func (o Options) room(err error) error {
	var said *NoRoom
	if !sqlite.IsFull(err) || errors.As(err, &said) {
		return err
	}
	bytes := int64(roomBytes)
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(o.Path + suffix); err == nil {
			bytes += roomTimes * info.Size()
		}
	}
	const megabyte = 1_000_000
	return &NoRoom{FreeMB: int((bytes + megabyte - 1) / megabyte), Cause: err}
}
