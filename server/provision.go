package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
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
	// PasswordCost of the hash; zero: auth.DefaultPasswordCost. Tests and
	// simulators sign in by the thousand and make it cheap.
	PasswordCost record.PasswordCost
}

// InitStore gives a new store its epoch; on one that has an epoch it does
// nothing.
func InitStore(ctx context.Context, s store.Store, rand io.Reader) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		epoch, err := tx.Snapshot().Meta(ctx, session.MetaEpoch)
		if err != nil || epoch != "" {
			return err
		}
		return errors.Join(session.BeginEpoch(ctx, tx, rand), tryWrite(ctx, tx))
	})
}

// AddAccount makes an account and tells its number. Errors: store.ErrExists for
// a user name that is taken, *auth.WeakPassword, *account.InvalidError where role, area,
// Puskesmas and assigned areas don't fit, store.ErrNotFound for an area or Puskesmas that is not there.
func AddAccount(ctx context.Context, s store.Store, ring *record.Ring, rand io.Reader, a NewAccount) (uint32, error) {
	if a.PasswordCost == (record.PasswordCost{}) {
		a.PasswordCost = auth.DefaultPasswordCost
	}
	hash, err := auth.NewHasher(rand).HashAt(ctx, a.PasswordCost, a.Password, auth.Owner{UserName: a.UserName, FullName: a.FullName})
	if err != nil {
		return 0, err
	}
	row := store.Account{
		UserName: auth.NormalUserName(a.UserName), Password: hash, Area: a.Area, Puskesmas: a.Puskesmas, ScopeRevision: 1,
	}
	for _, r := range a.Roles {
		row.Roles = append(row.Roles, int32(r))
	}
	if err := account.SealFullName(ingest.NewVault(ring, rand), &row, a.FullName); err != nil {
		return 0, err
	}
	var number uint32
	err = s.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if err := account.CheckPlace(ctx, tx.Snapshot(), a.Roles, a.Area, a.Puskesmas); err != nil {
			return err
		}
		if row.Assigned, err = account.Assignable(ctx, tx.Snapshot(), &row, a.Assigned); err != nil {
			return err
		}
		number, err = tx.Directory().PutAccount(ctx, row)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("add account %s: %w", row.UserName, err)
	}
	return number, nil
}

// Assign replaces a surveyor's areas; devices learn of it at their next sync.
// Errors: store.ErrNotFound, *account.InvalidError for areas that are not to be assigned to
// it.
func Assign(ctx context.Context, s store.Store, number uint32, areas []string) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Directory().LockAccount(ctx, number)
		if err != nil {
			return err
		}
		if a.Assigned, err = account.Assignable(ctx, tx.Snapshot(), &a, areas); err != nil {
			return err
		}
		a.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
}

// UnknownVillageError: the village of an RT is not in the tree.
type UnknownVillageError struct {
	// At is the RT's place in the list.
	At      int
	Village string
}

// Error names the village.
func (e *UnknownVillageError) Error() string { return "village " + e.Village + " is not in the tree" }

// AddPlaces makes RT known before their first family, so that they can be
// listed and assigned; those known already stay as they are. All villages are looked
// up before anything is written; each is written by itself. Errors:
// *UnknownVillageError.
func AddPlaces(ctx context.Context, s store.Store, codes []area.Code) error {
	numbers := map[string]uint32{} // by code
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		for _, v := range villages {
			numbers[v.Code] = v.Number
		}
		return err
	})
	if err != nil {
		return err
	}
	byVillage := map[string][]area.Place{}
	for i, c := range codes {
		village, ok := c.Village()
		if !ok || c.Place() == 0 {
			return fmt.Errorf("%s is no RT", c)
		}
		code := village.Dotted()
		if _, ok := numbers[code]; !ok {
			return &UnknownVillageError{i, code}
		}
		byVillage[code] = append(byVillage[code], c.Place())
	}
	for i, code := range slices.Sorted(maps.Keys(byVillage)) {
		if err := addPlaces(ctx, s, numbers[code], byVillage[code]); err != nil {
			return fmt.Errorf("RT of village %s: %w; those of %d of %d villages were kept: run it again", code, err, i, len(byVillage))
		}
	}
	return nil
}

func addPlaces(ctx context.Context, s store.Store, village uint32, places []area.Place) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			known, err := v.Places(ctx, places)
			if err != nil {
				return err
			}
			c := &store.Commit{Village: v.Village()}
			for _, p := range places {
				same := func(k store.Place) bool { return k.Place == p }
				if !slices.ContainsFunc(known, same) && !slices.ContainsFunc(c.Places, same) {
					c.Places = append(c.Places, store.Place{Place: p})
				}
			}
			if len(c.Places) == 0 {
				return nil
			}
			return v.Apply(ctx, c)
		})
	})
}
