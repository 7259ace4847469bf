package account

import (
	"bytes"
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/store"
)

// Errors of activation.
var (
	// ErrActivationFailed: name, code or NIK is wrong, or the code is dead; told
	// apart from nothing.
	ErrActivationFailed = errors.New("activation failed")
	// ErrCodeExpired: all was right, but too late.
	ErrCodeExpired = errors.New("one-time code expired")
)

// maxCodeFailures are the wrong NIKs after which a code is dead and a new one must
// be issued: who found a card might guess on. Wrong codes don't count, or whoever
// knows a user name could kill the code of it.
const maxCodeFailures = 10

// Activation is what a person alone knows, and the password that they choose.
type Activation struct {
	UserName, Code, NewPassword string
	NIK                         uint64
	// Address is where the call comes from, as far as is known.
	Address string
}

// Activate gives an account that waits its password, and tells its number; of an
// activation whose reply was lost the repetition succeeds as long as the password is
// the account's. Errors: ErrActivationFailed, ErrCodeExpired, *auth.TooManyAttempts,
// *auth.WeakPassword, which is told only to who knows code and NIK.
func (s *Service) Activate(ctx context.Context, a Activation) (uint32, error) {
	a.UserName = auth.NormalUserName(a.UserName)
	row, err := s.proveCode(ctx, &a)
	if errors.Is(err, ErrActivationFailed) {
		if err := s.Auth.Limits().WrongCode(ctx, a.Address, row.Number); err != nil {
			return 0, err
		}
		return 0, &auth.Concerning{Account: row, Cause: err}
	}
	if err != nil {
		return 0, err
	}
	if !row.Waiting() {
		return row.Number, nil
	}
	s.Auth.Limits().Proved(auth.Try{UserName: row.UserName, Address: a.Address})
	person, err := OpenPerson(s.Vault, &row)
	if err != nil {
		return 0, err
	}
	hash, err := s.Auth.Hasher().Hash(ctx, a.NewPassword, auth.Owner{UserName: row.UserName, FullName: person.FullName, NIK: person.NIK})
	if err != nil {
		return 0, err
	}
	// The registration that the account came from follows.
	ctx = store.WithScope(ctx, store.Scope{Account: row.Number, Puskesmas: row.Puskesmas, RequestsUnder: row.Area})
	return row.Number, s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		now, err := tx.Directory().LockAccount(ctx, row.Number)
		if err != nil {
			return err
		}
		if now.Disabled || !now.Waiting() || !bytes.Equal(now.CodeHash, row.CodeHash) {
			return ErrActivationFailed // used or replaced in this moment
		}
		now.Password, now.CodeExpiresMS, now.CodeFailures = hash, 0, 0
		now.ActivatedMS = s.Now().UnixMilli()
		if _, err := tx.Directory().PutAccount(ctx, now); err != nil || s.Activated == nil {
			return err
		}
		return s.Activated(ctx, tx, row.Number)
	})
}

// proveCode finds the account that an activation is right for, or was. A wrong code
// takes as long as a name that there is none of.
func (s *Service) proveCode(ctx context.Context, a *Activation) (row store.Account, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindAccountByName(ctx, a.UserName)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	if !codeMatches(a.UserName, a.Code, row.CodeHash) {
		return row, ErrActivationFailed
	}
	if row, err = s.proveNIK(ctx, row.Number, a); err != nil {
		return row, err
	}
	if !row.Waiting() {
		return row, s.proveChosen(ctx, row, a)
	}
	if row.CodeExpiresMS < s.Now().UnixMilli() {
		return row, ErrCodeExpired
	}
	return row, nil
}

// proveChosen tells whether an activation repeats the one that its code was used for: it
// brings the account's password. That is found out, and counted, as by a sign-in. Errors:
// ErrActivationFailed, *auth.TooManyAttempts.
func (s *Service) proveChosen(ctx context.Context, row store.Account, a *Activation) error {
	err := s.Auth.CheckPassword(ctx, &row, a.NewPassword, auth.Try{UserName: row.UserName, Address: a.Address})
	if errors.Is(err, auth.ErrSignInFailed) {
		return ErrActivationFailed
	}
	return err
}

// proveNIK looks at an account whose code is right, one activation at a time, and
// counts it where the NIK is wrong. Errors: ErrActivationFailed.
func (s *Service) proveNIK(ctx context.Context, number uint32, a *Activation) (row store.Account, err error) {
	hash, err := NIKHash(s.Vault.Ring(), a.NIK)
	if err != nil {
		return row, err
	}
	failed := false
	err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if row, err = tx.Directory().LockAccount(ctx, number); err != nil {
			return err
		}
		person := row.NIKHash == nil || bytes.Equal(row.NIKHash, hash)
		alive := codeMatches(row.UserName, a.Code, row.CodeHash) && !row.Disabled && row.CodeFailures < maxCodeFailures
		if failed = !person || !alive; person || !alive {
			return nil
		}
		row.CodeFailures++
		_, err = tx.Directory().PutAccount(ctx, row)
		return err
	})
	if err == nil && failed {
		err = ErrActivationFailed
	}
	return row, err
}
