package clientsdk

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/client-sdk/device"
)

// wipe takes the user's data off a device that was revoked, once all unsent work
// was received. Where the server has not got all of it, the data stay. Errors:
// ErrWiped where it was done.
func (u *User) wipe(ctx context.Context, got Deposited) error {
	if got.Received != got.Changes {
		return nil
	}
	err := u.store.Wipe(ctx, func(now *device.Sealed) error {
		if len(now.Changes) != got.Changes || now.Undeliverable > 0 {
			return fmt.Errorf("%d changes were saved meanwhile, %d can't be delivered: nothing was wiped", len(now.Changes)-got.Changes, now.Undeliverable)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return ErrWiped
}
