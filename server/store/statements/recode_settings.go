package statements

import (
	"context"
	"strings"

	"github.com/keluarga-sehat/sync/server/store"
)

// recodeSettings moves the settings that areas have; one that the new code has already
// stays, but for an empty one, as of a desk that was cleared.
func (t *Tx) recodeSettings(ctx context.Context, rename func(string) string) error {
	const deed = "recode settings"
	var old, moved [][]any
	err := t.each(ctx, deed, `SELECT name, value FROM meta WHERE name LIKE $1 ORDER BY name`, []any{store.MetaSupport + "%"}, func(rows Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		code := strings.TrimPrefix(name, store.MetaSupport)
		if to := rename(code); to != code {
			old, moved = append(old, []any{name}), append(moved, []any{store.MetaSupport + to, value})
		}
		return err
	})
	if err != nil || len(moved) == 0 {
		return err
	}
	if err := t.conn.Bulk(ctx, `DELETE FROM meta WHERE name = $1`, old); err != nil {
		return t.fail(deed, err)
	}
	return t.fail(deed, t.conn.Bulk(ctx, `INSERT INTO meta (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE meta.value = ''`, moved))
}
