package auth

import (
	"context"

	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// Ending is the end of all that opens an account's doors.
type Ending struct {
	Account uint32
	// Spare is the session that goes on; nil: none does.
	Spare []byte
	Why   store.SessionEnd
	AtMS  int64
}

// Disable disables an account, and ends all that opens its doors; the row is locked.
func Disable(ctx context.Context, tx store.Tx, row store.Account, atMS int64) error {
	row.Disabled, row.ActingUntilMS = true, 0
	if _, err := tx.Directory().PutAccount(ctx, row); err != nil {
		return err
	}
	return EndAll(ctx, tx, Ending{Account: row.Number, Why: store.EndDisabled, AtMS: atMS})
}

// EndAll ends an account's sessions and its feed tokens, which whoever knew the
// password may have made; the entry of the call under way names each that ended.
// For what takes an account from somebody: another password, a new code, its
// disabling.
func EndAll(ctx context.Context, tx store.Tx, e Ending) error {
	if err := tx.Directory().EndSessions(ctx, e.Account, e.Spare, e.Why); err != nil {
		return err
	}
	ended, err := tx.Directory().RevokeFeedTokens(ctx, e.Account, e.AtMS)
	for _, number := range ended {
		audit.Of(ctx).Subject(audit.FeedTokenSubject(number))
	}
	return err
}
