package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

// without are the entries of families that lists have no more.
func without(had []store.Identifier, lists ...[]store.Identifier) (gone []store.Identifier) {
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
	for i := range had {
		if !has[of(&had[i])] {
			gone = append(gone, had[i])
		}
	}
	return gone
}

// markStale notes those of some identifiers of a village that others have, too. It is called
// while the index has them, in a transaction that counts a write there.
func (t *Tx) markStale(ctx context.Context, village uint32, some []store.Identifier) error {
	hashes := make([][16]byte, len(some))
	for i := range some {
		hashes[i] = some[i].Hash
	}
	shared, err := t.SharedHashes(ctx, hashes)
	if err != nil || len(shared) == 0 {
		return err
	}
	var rows [][]any
	for hash := range shared {
		rows = append(rows, []any{int64(village), hash[:]})
	}
	return t.fail("note stale identifiers", t.conn.Bulk(ctx, `
INSERT INTO identifier_stale (village, writes, hash) VALUES ($1, (SELECT writes FROM identifier_progress WHERE village = $1), $2) ON CONFLICT DO NOTHING`, rows))
}

// markDoubledStale has all of a village that have doubles looked at: what they are told of
// each other depends on the Puskesmas.
func (t *Tx) markDoubledStale(ctx context.Context, village uint32) error {
	if err := t.enter(ctx, village); err != nil {
		return err
	}
	if _, err := t.conn.Exec(ctx, `UPDATE identifier_progress SET writes = writes + 1 WHERE village = $1`, int64(village)); err != nil {
		return t.fail("count writes", err)
	}
	doubled, err := t.listed(ctx, `village = $1 AND family IN (SELECT id FROM family WHERE village = $1 AND doubles > 0)`, int64(village))
	if err != nil {
		return err
	}
	return t.markStale(ctx, village, doubled)
}

// StaleIdentifiers gives some.
func (t *Tx) StaleIdentifiers(ctx context.Context, limit int) (out []store.StaleIdentifier, err error) {
	err = t.each(ctx, "read stale identifiers", `SELECT village, writes, hash FROM `+t.engine.Everywhere().Stale, []any{int64(limit)},
		func(rows Rows) error {
			var i store.StaleIdentifier
			var hash []byte
			err := rows.Scan(&i.Village, &i.Writes, &hash)
			copy(i.Hash[:], hash)
			out = append(out, i)
			return err
		})
	return out, err
}

// ForgetStale forgets that identifiers were stale.
func (t *Tx) ForgetStale(ctx context.Context, stale []store.StaleIdentifier) error {
	rows := make([][]any, len(stale))
	for n, i := range stale {
		if n > 0 && i.Village != stale[n-1].Village && !t.engine.ManyVillages() {
			return fmt.Errorf("stale identifiers of village %d after %d: %w", i.Village, stale[0].Village, store.ErrSecondVillage)
		}
		rows[n] = []any{int64(i.Village), int64(i.Writes), i.Hash[:]}
	}
	if len(stale) == 0 {
		return nil
	}
	if err := t.enter(ctx, stale[0].Village); err != nil {
		return err
	}
	return t.fail("forget stale identifiers", t.conn.Bulk(ctx, `DELETE FROM identifier_stale WHERE village = $1 AND writes = $2 AND hash = $3`, rows))
}
