package account

import (
	"context"
	"errors"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// seenPlaces are Puskesmas that a transaction has looked at, by code: those of a list of accounts
// are looked at once.
type seenPlaces map[string]access.Place

// over decides what the caller may do with an account.
func (p seenPlaces) over(ctx context.Context, snap store.Snapshot, c *access.Caller, a *store.Account) (access.OverAccount, error) {
	if a.Puskesmas == "" {
		return c.Over(a, access.Place{}), nil
	}
	place, known := p[a.Puskesmas]
	if !known {
		row, err := snap.FindPuskesmas(ctx, a.Puskesmas)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return access.OverAccount{}, err
		}
		place.District = row.District
		// Who administers is asked for the national level alone: nobody else's rights rest on it.
		if slices.Contains(c.Account.Roles, int32(ksv1.Role_ROLE_NATIONAL)) {
			if place.Unadministered, err = unadministered(ctx, snap, a.Puskesmas); err != nil {
				return access.OverAccount{}, err
			}
		}
		p[a.Puskesmas] = place
	}
	return c.Over(a, place), nil
}

// unadministered tells whether no administrator of a Puskesmas can sign in.
func unadministered(ctx context.Context, snap store.Snapshot, code string) (bool, error) {
	for q := (store.AccountQuery{Puskesmas: code, Limit: pageRows}); ; {
		page, err := snap.ListAccounts(ctx, q)
		if err != nil {
			return false, err
		}
		for i := range page {
			q.After = page[i].Number
			if a := &page[i]; !a.Disabled && !a.Waiting() && slices.Contains(a.Roles, int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)) {
				return false, nil
			}
		}
		if len(page) < pageRows {
			return true, nil
		}
	}
}
