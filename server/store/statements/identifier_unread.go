package statements

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// UnreadFamilies gives some.
func (t *Tx) UnreadFamilies(ctx context.Context, limit int) (out []store.UnreadFamily, err error) {
	err = t.each(ctx, "read families that do not open", `SELECT village, family FROM `+t.engine.Everywhere().Unread, []any{int64(limit)}, func(rows Rows) error {
		var village int64
		var family []byte
		if err := rows.Scan(&village, &family); err != nil {
			return err
		}
		out = append(out, store.UnreadFamily{Village: uint32(village), Family: merge.ID(family)})
		return nil
	})
	return out, err
}

// NoteUnread notes families that do not open.
func (t *Tx) NoteUnread(ctx context.Context, village uint32, families []merge.ID) error {
	return t.unread(ctx, village, `INSERT INTO identifier_unread (village, family) VALUES ($1, $2) ON CONFLICT DO NOTHING`, families)
}

// ForgetUnread forgets them.
func (t *Tx) ForgetUnread(ctx context.Context, village uint32, families []merge.ID) error {
	return t.unread(ctx, village, `DELETE FROM identifier_unread WHERE village = $1 AND family = $2`, families)
}

func (t *Tx) unread(ctx context.Context, village uint32, query string, families []merge.ID) error {
	rows := make([][]any, len(families))
	for i := range families {
		rows[i] = []any{int64(village), families[i][:]}
	}
	if err := t.enter(ctx, village); err != nil {
		return err
	}
	return t.fail("note families that do not open", t.conn.Bulk(ctx, query, rows))
}
