package clientsdk

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
)

// shutOut delivers what can be delivered of an account or device that may not sync any more,
// as the server said, and tells what becomes of it and of the rest.
func (u *User) shutOut(ctx context.Context, err error, refused *ServerError) error {
	deposited, failed := u.Deposit(ctx)
	if failed != nil {
		return errors.Join(err, failed)
	}
	if refused.Reason == syncing.ReasonDeviceRevoked {
		if failed = u.wipe(ctx, deposited); errors.Is(failed, ErrWiped) {
			return &explained{failed, err}
		}
		return errors.Join(err, failed)
	}
	if deposited.Verdicts == 0 {
		return err
	}
	told := *refused
	told.Message = fmt.Sprintf("%s %d penilaian yang belum terkirim tidak ikut diserahkan dan belum berlaku: tetap di perangkat ini, dan terkirim bila akun diaktifkan lagi; bila tidak, minta supervisor lain menilai keluarganya.",
		refused.Error(), deposited.Verdicts)
	return &told
}

// shutOutAlone is shutOut while nobody syncs.
func (u *User) shutOutAlone(ctx context.Context, err error, refused *ServerError) error {
	release, stopped := u.takeSync(ctx)
	if stopped != nil {
		return stopped
	}
	defer release()
	return u.shutOut(ctx, err, refused)
}

// wipe takes the user's data off a device that was revoked, once the server has answered
// to all unsent work. What it can't take stays on the device under its seal, where only the
// server could read it. Errors: ErrWiped where it was done, or the user was closed because it
// could not be.
func (u *User) wipe(ctx context.Context, got Deposited) error {
	held, verdicts := got.Refused, 0
	err := u.store.Wipe(ctx, func(now *device.Sealed) error {
		held += now.Undeliverable
		verdicts = now.Decisions
		if meanwhile := len(now.Changes) - got.Changes; meanwhile != 0 || now.Unsealed > 0 {
			return fmt.Errorf("data di perangkat ini belum dihapus: %d perubahan baru saja disimpan, %d tidak tersegel untuk server; sinkronkan sekali lagi", meanwhile, now.Unsealed)
		}
		return nil
	})
	switch {
	case err == nil:
		err = ErrWiped
	case errors.Is(err, ErrHeldLost):
		return &explained{fmt.Errorf("%w. Hubungi administrator Puskesmas", ErrHeldLost), err}
	case errors.Is(err, ErrWipeFailed):
		err = &explained{ErrWipeFailed, err}
	default:
		return err
	}
	if held > 0 {
		err = fmt.Errorf("%w, termasuk %d perubahan yang tidak dapat diterima server", err, held)
	}
	if verdicts > 0 {
		err = fmt.Errorf("%w. %d penilaian yang belum terkirim tidak berlaku; untuk melihat keluarga mana yang harus dinilai lagi, masuk lagi di perangkat ini dengan akun yang sama saat ada sinyal, lalu sinkronkan", err, verdicts)
	}
	return fmt.Errorf("%w. Hubungi administrator Puskesmas", err)
}
