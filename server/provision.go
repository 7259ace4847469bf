package server

import (
	"context"
	"fmt"
	"io"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// NewAccount is an account to be made by an operator.
type NewAccount struct {
	UserName, FullName, Password string
	Roles                        []ksv1.Role
	Area, Puskesmas              string
	Assigned                     []string
}

// InitStore gives a new store its epoch; on one that has an epoch it does
// nothing.
func InitStore(ctx context.Context, s store.Store, rand io.Reader) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		epoch, err := tx.Snapshot().Meta(ctx, session.MetaEpoch)
		if err != nil || epoch != "" {
			return err
		}
		return session.BeginEpoch(ctx, tx, rand)
	})
}

// AddAccount makes an account and tells its number. Errors: store.ErrExists for
// a user name that is taken, auth.ErrWeakPassword.
func AddAccount(ctx context.Context, s store.Store, ring *record.Ring, rand io.Reader, a NewAccount) (uint32, error) {
	hash, err := auth.NewHasher(rand).Hash(ctx, a.Password)
	if err != nil {
		return 0, err
	}
	row := store.Account{
		UserName: auth.NormalUserName(a.UserName), Password: hash, Area: a.Area, Puskesmas: a.Puskesmas, Assigned: a.Assigned, ScopeRevision: 1,
	}
	for _, r := range a.Roles {
		row.Roles = append(row.Roles, int32(r))
	}
	if err := api.SealFullName(ingest.NewVault(ring, rand), &row, a.FullName); err != nil {
		return 0, err
	}
	var number uint32
	err = s.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		number, err = tx.Directory().PutAccount(ctx, row)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add account %s: %w", row.UserName, err)
	}
	return number, nil
}

// Assign replaces a surveyor's areas; devices learn of it at their next sync.
// Errors: store.ErrNotFound.
func Assign(ctx context.Context, s store.Store, account uint32, areas []string) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccount(ctx, account)
		if err != nil {
			return err
		}
		a.Assigned = areas
		a.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
}
