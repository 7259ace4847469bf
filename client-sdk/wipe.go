package clientsdk

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/client-sdk/device"
)

// wipe takes the user's data off a device that was revoked, once the server has answered
// to all unsent work. What it can't take stays on the device under its seal, where only the
// server could read it. Errors: ErrWiped where it was done.
func (u *User) wipe(ctx context.Context, got Deposited) error {
	held := got.Refused
	err := u.store.Wipe(ctx, func(now *device.Sealed) error {
		held += now.Undeliverable
		if meanwhile := len(now.Changes) - got.Changes; meanwhile != 0 || now.Unsealed > 0 {
			return fmt.Errorf("data di perangkat ini belum dihapus: %d perubahan baru saja disimpan, %d tidak tersegel untuk server; sinkronkan sekali lagi", meanwhile, now.Unsealed)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case held > 0:
		return fmt.Errorf("%w, termasuk %d perubahan yang tidak dapat diterima server", ErrWiped, held)
	default:
		return ErrWiped
	}
}
