package statements

import (
	"context"
	"errors"

	"github.com/keluarga-sehat/sync/server/store"
)

// AddLookUps adds to a day's count unless it would exceed the limit.
func (t *Tx) AddLookUps(ctx context.Context, day int, account uint32, n, limit int64) (ok bool, err error) {
	if n > limit {
		return false, nil
	}
	err = t.one(ctx, "count look-up", `
INSERT INTO look_up_use (day, account, used) VALUES ($1, $2, $3)
ON CONFLICT (day, account) DO UPDATE SET used = look_up_use.used + $3 WHERE look_up_use.used + $3 <= $4
RETURNING used`, []any{int64(day), int64(account), n, limit}, func(rows Rows) error {
		var used int64
		return rows.Scan(&used)
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ForgetLookUps deletes the counts of days before one.
func (t *Tx) ForgetLookUps(ctx context.Context, before int) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM look_up_use WHERE day < $1`, int64(before))
	return t.fail("forget look-ups", err)
}
