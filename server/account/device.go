package account

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// check lets through the caller's own account, or another by what the caller
// may do with it. Errors: store.ErrNotFound, ErrForbidden.
func check(ctx context.Context, snap store.Snapshot, c *access.Caller, number uint32, may func(access.OverAccount) bool) error {
	if number == c.Account.Number {
		return nil
	}
	row, err := snap.FindAccount(ctx, number)
	if err != nil {
		return err
	}
	over, err := over(ctx, snap, c, &row)
	switch {
	case err != nil:
		return err
	case !over.Read:
		return store.ErrNotFound
	case !may(over):
		return ErrForbidden
	}
	return nil
}

// own is the caller's account where none is named.
func own(c *access.Caller, number uint32) uint32 {
	if number == 0 {
		return c.Account.Number
	}
	return number
}

// Devices lists the devices of an account, 0: the own. Errors: store.ErrNotFound.
func (s *Service) Devices(ctx context.Context, c *access.Caller, number uint32) (list []store.Device, err error) {
	number = own(c, number)
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if err := check(ctx, snap, c, number, func(o access.OverAccount) bool { return o.Read }); err != nil {
			return err
		}
		list, err = snap.DevicesOf(ctx, number)
		return err
	})
	return list, err
}

// RevokeDevice lets a device sync no more. Errors: store.ErrNotFound,
// ErrForbidden; ErrNotKept.
func (s *Service) RevokeDevice(ctx context.Context, c *access.Caller, device uint32) error {
	var d store.Device
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if d, err = tx.Snapshot().FindDevice(ctx, device); err != nil {
			return err
		}
		if err := check(ctx, tx.Snapshot(), c, d.Account, mayManage); err != nil {
			return err
		}
		return tx.Directory().RevokeDevice(ctx, device)
	})
	if err != nil {
		return err
	}
	return s.Keep(ledger.Line{Deed: ledger.Revoke, Device: d.Number, MadeMS: d.RegisteredMS})
}

// Sessions lists the sessions of an account that can be renewed, 0: the own.
// Errors: store.ErrNotFound, ErrForbidden.
func (s *Service) Sessions(ctx context.Context, c *access.Caller, number uint32) (list []store.Session, err error) {
	number = own(c, number)
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		if err := check(ctx, snap, c, number, mayManage); err != nil {
			return err
		}
		list, err = renewable(ctx, snap, number, s.Now().UnixMilli())
		return err
	})
	return list, err
}

// renewable are the sessions of an account that can be renewed; those of a revoked device
// can't.
func renewable(ctx context.Context, snap store.Snapshot, number uint32, nowMS int64) ([]store.Session, error) {
	devices, err := snap.DevicesOf(ctx, number)
	if err != nil {
		return nil, err
	}
	revoked := map[uint32]bool{}
	for _, d := range devices {
		revoked[d.Number] = d.Revoked
	}
	list, err := snap.SessionsOf(ctx, number, nowMS)
	return slices.DeleteFunc(list, func(x store.Session) bool { return revoked[x.Device] }), err
}

// EndSession ends one session. Errors: store.ErrNotFound, ErrForbidden.
func (s *Service) EndSession(ctx context.Context, c *access.Caller, id []byte) error {
	return s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		session, err := tx.Snapshot().FindSession(ctx, id)
		if err != nil {
			return err
		}
		if err := check(ctx, tx.Snapshot(), c, session.Account, mayManage); err != nil {
			return err
		}
		return auth.EndSession(ctx, tx, session.Account, id)
	})
}
