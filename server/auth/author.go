package auth

import (
	"context"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// Author is the user of a device, with the rights and areas of now, for work of
// the device that somebody else brings. A disabled account has no rights, and a
// revoked device is the caller's to mind. Errors: store.ErrNotFound.
func (s *Service) Author(ctx context.Context, device uint32) (*access.Caller, store.Device, error) {
	c := &access.Caller{Device: device}
	var d store.Device
	err := s.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		c.Work = nil
		if d, err = snap.FindDevice(ctx, device); err != nil {
			return err
		}
		return s.loadAuthor(ctx, snap, c, d.Account)
	})
	return c, d, err
}

// AuthorOf is Author for work of an account that is of no device of its own.
func (s *Service) AuthorOf(ctx context.Context, snap store.Snapshot, account uint32) (*access.Caller, error) {
	c := &access.Caller{}
	return c, s.loadAuthor(ctx, snap, c, account)
}

// loadAuthor reads an account with the roles that it has now, disabled or not, and its villages.
func (s *Service) loadAuthor(ctx context.Context, snap store.Snapshot, c *access.Caller, account uint32) (err error) {
	if c.Account, err = snap.FindAccount(ctx, account); err != nil {
		return err
	}
	s.actFor(&c.Account)
	return loadWork(ctx, snap, c)
}

// actFor adds the role of an acting supervisor while it lasts.
func (s *Service) actFor(a *store.Account) {
	if role := int32(ksv1.Role_ROLE_SUPERVISOR); access.Acts(a, s.now()) && !slices.Contains(a.Roles, role) {
		a.Roles = append(a.Roles, role)
	}
}

// loadWork reads the villages of the caller's Puskesmas.
func loadWork(ctx context.Context, snap store.Snapshot, c *access.Caller) error {
	if c.Account.Puskesmas == "" {
		return nil
	}
	p, err := snap.FindPuskesmas(ctx, c.Account.Puskesmas)
	if err != nil {
		return err
	}
	for _, code := range p.Villages {
		v, err := snap.VillagesUnder(ctx, code)
		if err != nil {
			return err
		}
		c.Work = append(c.Work, v...)
	}
	return nil
}
