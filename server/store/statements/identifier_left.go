package statements

import (
	"context"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

// without are the entries of families that lists have no more.
func without(had []store.Identifier, lists ...[]store.Identifier) []store.Identifier {
	if len(had) == 0 {
		return nil
	}
	of := func(i *store.Identifier) store.Identifier { return store.Identifier{Family: i.Family, Hash: i.Hash} }
	has := map[store.Identifier]bool{}
	for i := range had {
		has[of(&had[i])] = false
	}
	for _, list := range lists {
		for i := range list {
			if _, asked := has[of(&list[i])]; asked {
				has[of(&list[i])] = true
			}
		}
	}
	return slices.DeleteFunc(had, func(i store.Identifier) bool { return has[of(&i)] })
}

// leave notes that families of a village, which this transaction counts a write in, are found
// by some identifiers no more.
func (t *Tx) leave(ctx context.Context, village uint32, gone []store.Identifier) error {
	if len(gone) == 0 {
		return nil
	}
	rows := make([][]any, len(gone))
	for i := range gone {
		rows[i] = []any{int64(village), gone[i].Hash[:]}
	}
	return t.fail("note identifiers that were left", t.conn.Bulk(ctx, `
INSERT INTO identifier_left (village, writes, hash) VALUES ($1, (SELECT writes FROM identifier_progress WHERE village = $1), $2) ON CONFLICT DO NOTHING`, rows))
}

// forgetAndLeave deletes all that a family is found by.
func (t *Tx) forgetAndLeave(ctx context.Context, village uint32, family [16]byte) error {
	had, err := t.forgetIdentifiers(ctx, village, [][16]byte{family})
	if err != nil {
		return err
	}
	return t.leave(ctx, village, had)
}

// LeftIdentifiers gives what families were found by.
func (t *Tx) LeftIdentifiers(ctx context.Context, limit int) (out []store.LeftIdentifier, err error) {
	err = t.each(ctx, "read identifiers that were left", `SELECT village, writes, hash FROM `+t.engine.Everywhere().Left, []any{int64(limit)},
		func(rows Rows) error {
			var l store.LeftIdentifier
			var hash []byte
			err := rows.Scan(&l.Village, &l.Writes, &hash)
			copy(l.Hash[:], hash)
			out = append(out, l)
			return err
		})
	return out, err
}

// ForgetLeft forgets that identifiers were left.
func (t *Tx) ForgetLeft(ctx context.Context, left []store.LeftIdentifier) error {
	rows := make([][]any, len(left))
	for i, l := range left {
		if i > 0 && l.Village != left[i-1].Village && !t.engine.ManyVillages() {
			return fmt.Errorf("identifiers left in village %d after %d: %w", l.Village, left[0].Village, store.ErrSecondVillage)
		}
		rows[i] = []any{int64(l.Village), int64(l.Writes), l.Hash[:]}
	}
	if len(left) == 0 {
		return nil
	}
	if err := t.enter(ctx, left[0].Village); err != nil {
		return err
	}
	return t.fail("forget identifiers that were left", t.conn.Bulk(ctx, `DELETE FROM identifier_left WHERE village = $1 AND writes = $2 AND hash = $3`, rows))
}
