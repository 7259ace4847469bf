package statements

import (
	"context"
	"fmt"
	"maps"
	"slices"

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

// crossing are the Puskesmas of villages that go from one district to another.
func (t *Tx) crossing(ctx context.Context, rename func(string) string) ([]string, error) {
	found := map[string]bool{}
	err := t.each(ctx, "recode Puskesmas", `SELECT code, puskesmas FROM village WHERE puskesmas <> '' ORDER BY number`, nil, func(rows Rows) error {
		var code, puskesmas string
		err := rows.Scan(&code, &puskesmas)
		if err == nil && districtOf(rename(code)) != districtOf(code) {
			found[puskesmas] = true
		}
		return err
	})
	return slices.Sorted(maps.Keys(found)), err
}

// movePuskesmas moves Puskesmas into the district in which all of their villages lie now; its
// accounts are its own, and go along. Where they lie in several, nobody but its office can
// tell of which it is.
func (t *Tx) movePuskesmas(ctx context.Context, crossing []string) error {
	var moved [][]any
	for _, code := range crossing {
		districts := map[string]bool{}
		err := t.each(ctx, "recode Puskesmas", `SELECT code FROM village WHERE puskesmas = $1 ORDER BY number`, []any{code}, func(rows Rows) error {
			var village string
			err := rows.Scan(&village)
			districts[districtOf(village)] = true
			return err
		})
		if err != nil {
			return err
		}
		if len(districts) == 1 {
			moved = append(moved, []any{slices.Collect(maps.Keys(districts))[0], code})
		}
	}
	if len(moved) == 0 {
		return nil
	}
	return t.fail("recode Puskesmas", t.conn.Bulk(ctx, `UPDATE puskesmas SET district = $1 WHERE code = $2`, moved))
}

// districtOf is the district in which a village lies, by their codes.
func districtOf(village string) string { return parentCode(parentCode(village)) }
