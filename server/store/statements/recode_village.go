package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

// replaceVillage deletes a village without families for another, whose is from then on what
// devices still bring under its number. It comes before all else that is asked of the
// village: who commits to it waits, and finds the other.
func (t *Tx) replaceVillage(ctx context.Context, village, by int64) error {
	deleted, err := t.conn.Exec(ctx, `DELETE FROM village WHERE number = $1 AND revision = 0`, village)
	if err != nil {
		return t.fail("recode village", err)
	}
	if deleted == 0 {
		return fmt.Errorf("it has got families meanwhile: %w", store.ErrExists)
	}
	if _, err := t.conn.Exec(ctx, `UPDATE gave_way SET taker = $1 WHERE taker = $2`, by, village); err != nil {
		return t.fail("recode village", err)
	}
	_, err = t.conn.Exec(ctx, `INSERT INTO gave_way (number, taker) VALUES ($1, $2)`, village, by)
	return t.fail("recode village", err)
}

// takerOf is the village for which that of a number gave way. Errors: store.ErrNotFound.
func (t *Tx) takerOf(ctx context.Context, village uint32) (uint32, error) {
	var taker int64
	err := t.one(ctx, fmt.Sprintf("find village %d", village), `SELECT taker FROM gave_way WHERE number = $1`, []any{int64(village)}, func(rows Rows) error {
		return rows.Scan(&taker)
	})
	return uint32(taker), err
}

// takePuskesmas gives a village without one the Puskesmas of the village that gave way to it,
// as a list of the new tree names it.
func (t *Tx) takePuskesmas(ctx context.Context, village int64, puskesmas string) error {
	if puskesmas == "" {
		return nil
	}
	if _, err := t.conn.Exec(ctx, `UPDATE village SET puskesmas = $1 WHERE number = $2`, puskesmas, village); err != nil {
		return t.fail("recode village", err)
	}
	return t.markDoubledStale(ctx, uint32(village))
}
