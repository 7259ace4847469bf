package auth

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// What one account may have, so that its lists can be read by people and sent in one
// answer.
const (
	// MaxDevices that are not revoked, or were registered within deviceCounts: who revokes
	// and registers by turns has no more.
	MaxDevices   = 30
	deviceCounts = 30 * 24 * time.Hour
	// MaxSessions that can be renewed: three sign-ins a day until they expire. One more
	// ends the one that has been used least lately.
	MaxSessions = 100
)

// ErrTooManyDevices: the account has MaxDevices.
var ErrTooManyDevices = errors.New("too many devices of the account")

// roomForDevice holds an account's devices, which its row locks, against MaxDevices. Errors:
// ErrTooManyDevices.
func roomForDevice(ctx context.Context, tx store.Tx, account uint32, now time.Time) error {
	if _, err := tx.Directory().LockAccount(ctx, account); err != nil {
		return err
	}
	devices, err := tx.Snapshot().DevicesOf(ctx, account)
	if err != nil {
		return err
	}
	lately := now.Add(-deviceCounts).UnixMilli()
	devices = slices.DeleteFunc(devices, func(d store.Device) bool { return d.Revoked && d.RegisteredMS <= lately })
	if len(devices) >= MaxDevices {
		return ErrTooManyDevices
	}
	return nil
}

// roomForSession ends sessions of an account, which its row locks, until one more is no more
// than MaxSessions.
func roomForSession(ctx context.Context, tx store.Tx, account uint32, now time.Time) error {
	list, err := tx.Snapshot().SessionsOf(ctx, account, now.UnixMilli())
	if err != nil || len(list) < MaxSessions {
		return err
	}
	slices.SortStableFunc(list, func(a, b store.Session) int { return cmp.Compare(a.UsedMS, b.UsedMS) })
	for _, session := range list[:len(list)-MaxSessions+1] {
		session.Ended = store.EndByHand
		if err := tx.Directory().PutSession(ctx, session); err != nil {
			return err
		}
	}
	return nil
}
