package store

import "context"

// LookUpWriter counts look-ups in the civil registry.
type LookUpWriter interface {
	// AddLookUps adds n to an account's count of a day (yyyymmdd), account 0 being
	// all accounts together, unless it would exceed the limit: then ok is false and
	// nothing is added. A negative n takes back.
	AddLookUps(ctx context.Context, day int, account uint32, n, limit int64) (ok bool, err error)
	// ForgetLookUps deletes the counts of days before one.
	ForgetLookUps(ctx context.Context, before int) error
}
