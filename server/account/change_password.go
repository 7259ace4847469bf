package account

import (
	"context"
	"errors"
	"slices"

	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

// ChangePassword gives the caller a new password and ends the account's other
// sessions and its feed tokens. Of a change whose reply was lost the repetition does
// the same once more. Errors: auth.ErrSignInFailed for a wrong present one,
// *auth.TooManyAttempts, *auth.WeakPassword.
func (s *Service) ChangePassword(ctx context.Context, c *access.Caller, password, newPassword, address string) error {
	var row store.Account
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindAccount(ctx, c.Account.Number)
		return err
	})
	if err != nil {
		return err
	}
	try := auth.Try{UserName: row.UserName, Address: address, Proven: true}
	err = s.Auth.CheckPassword(ctx, &row, password, try)
	if errors.Is(err, auth.ErrSignInFailed) && password != newPassword {
		return s.repeatChange(ctx, c, row, newPassword, try, err)
	}
	if err != nil {
		return err
	}
	person, err := OpenPerson(s.Vault, &row)
	if err != nil {
		return err
	}
	if password == newPassword {
		return &auth.WeakPassword{Reason: "the same as before", Message: "Kata sandi baru sama dengan yang lama."}
	}
	hash, err := s.Auth.Hasher().Hash(ctx, newPassword, auth.Owner{UserName: row.UserName, FullName: person.FullName, NIK: person.NIK})
	if err != nil {
		return err
	}
	return s.putPassword(ctx, c, row, hash)
}

// repeatChange is for who gives a wrong present password, and as the new one that which the
// account has: the session outlived the change to it, or began with it. That is found out as by
// another sign-in, and counted so. Errors: wrong where it is another one, *auth.TooManyAttempts.
func (s *Service) repeatChange(ctx context.Context, c *access.Caller, row store.Account, newPassword string, try auth.Try, wrong error) error {
	err := s.Auth.CheckPassword(ctx, &row, newPassword, try)
	if errors.Is(err, auth.ErrSignInFailed) {
		return wrong
	}
	if err != nil {
		return err
	}
	return s.putPassword(ctx, c, row, row.Password)
}

// putPassword gives the account, as row tells of it, another hash, and leaves it no session but
// the caller's. Errors: auth.ErrSignInFailed.
func (s *Service) putPassword(ctx context.Context, c *access.Caller, row store.Account, hash string) error {
	return s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		now, err := tx.Directory().LockAccount(ctx, row.Number)
		if err != nil {
			return err
		}
		if now.Password != row.Password {
			return auth.ErrSignInFailed // changed or reset in this moment
		}
		now.Password = hash
		if _, err := tx.Directory().PutAccount(ctx, now); err != nil {
			return err
		}
		return auth.EndAll(ctx, tx, auth.Ending{
			Account: row.Number, Spare: slices.Clone(c.Session), Why: store.EndPassword, AtMS: s.Now().UnixMilli(),
		})
	})
}
