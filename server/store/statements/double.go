package statements

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// CloseDoubles records that a family is closed as moved. The rows of other
// families are not to be read here: what is not this family's is another's.
func (v *villageTx) CloseDoubles(ctx context.Context, family merge.ID, tokens [][]byte) (own [][]byte, err error) {
	e := v.tx.engine
	for _, token := range tokens {
		_, err := v.tx.conn.Exec(ctx, `
INSERT INTO closed_double (token, village, family) VALUES ($1, $2, $3) ON CONFLICT (token) DO NOTHING`, token, int64(v.row.Number), family[:])
		if err != nil {
			return nil, v.tx.fail("close double", err)
		}
	}
	err = v.tx.each(ctx, "read closed doubles", `SELECT token FROM closed_double WHERE village = $1 AND family = $2 AND token `+e.InBlobs("$3"),
		[]any{int64(v.row.Number), family[:], e.Blobs(tokens)}, func(rows Rows) error {
			var token []byte
			err := rows.Scan(&token)
			own = append(own, append([]byte{}, token...))
			return err
		})
	return own, err
}

// ReopenDoubles forgets that families were closed.
func (v *villageTx) ReopenDoubles(ctx context.Context, families ...merge.ID) error {
	if len(families) == 0 {
		return nil
	}
	e := v.tx.engine
	_, err := v.tx.conn.Exec(ctx, `DELETE FROM closed_double WHERE village = $1 AND family `+e.InBlobs("$2"), int64(v.row.Number), e.Blobs(BlobsOf(families)))
	return v.tx.fail("reopen doubles", err)
}

// putDoubleCases replaces the cases of families; those that stay keep their age.
func (v *villageTx) putDoubleCases(ctx context.Context, c *store.Commit) error {
	e := v.tx.engine
	var rows, fewer [][]any
	var without []merge.ID // most have none, and are written together
	for i := range c.DoubleCases {
		f := &c.DoubleCases[i]
		if len(f.Tokens) == 0 {
			without = append(without, f.Family)
			continue
		}
		fewer = append(fewer, []any{int64(v.row.Number), f.Family[:], e.Blobs(f.Tokens)})
		for _, token := range f.Tokens {
			rows = append(rows, []any{int64(v.row.Number), f.Family[:], token, f.OpenedAtMS})
		}
	}
	if len(without) > 0 {
		err := v.tx.conn.Do(ctx, `DELETE FROM double_case WHERE village = $1 AND family `+e.InBlobs("$2"), int64(v.row.Number), e.Blobs(BlobsOf(without)))
		if err != nil {
			return v.tx.fail("settle cases", err)
		}
	}
	err := v.bulk(ctx, "settle cases", `DELETE FROM double_case WHERE village = $1 AND family = $2 AND NOT (token `+e.InBlobs("$3")+`)`, fewer)
	if err != nil {
		return err
	}
	return v.bulk(ctx, "write cases", `
INSERT INTO double_case (village, family, token, opened_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, rows)
}

// DoubledAmong gives those that have doubles.
func (t *Tx) DoubledAmong(ctx context.Context, village uint32, families []merge.ID) (out []merge.ID, err error) {
	if len(families) == 0 {
		return nil, nil
	}
	err = t.each(ctx, "read doubled families", `SELECT id FROM family WHERE village = $1 AND doubles > 0 AND id `+t.engine.InBlobs("$2"),
		[]any{int64(village), t.engine.Blobs(BlobsOf(families))}, func(rows Rows) error {
			var id []byte
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out = append(out, merge.ID(id))
			return nil
		})
	return out, err
}

// ListDoubleCases reads sides of cases.
func (t *Tx) ListDoubleCases(ctx context.Context, villages []uint32, after []byte, limit int) ([]store.DoubleCase, error) {
	if after == nil {
		after = []byte{}
	}
	var out []store.DoubleCase
	err := t.each(ctx, "read cases", `
SELECT token, village, opened_ms FROM double_case WHERE village `+t.engine.InInts("$1")+` AND token > $2 ORDER BY token, village LIMIT $3`,
		[]any{t.engine.Ints(numbersOf(villages)), after, int64(limit)}, func(rows Rows) error {
			var c store.DoubleCase
			var token []byte
			var village int64
			err := rows.Scan(&token, &village, &c.OpenedAtMS)
			c.Token, c.Village = append([]byte{}, token...), uint32(village)
			out = append(out, c)
			return err
		})
	return out, err
}
