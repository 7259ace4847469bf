package statements

import (
	"context"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// PutExport adds or replaces one.
func (t *Tx) PutExport(ctx context.Context, e store.Export) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO export (account, id, state, file_name, row_count, families, left_out, began_ms, updated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (account, id) DO UPDATE SET state = excluded.state, row_count = excluded.row_count, families = excluded.families,
    left_out = excluded.left_out, updated_ms = excluded.updated_ms`,
		int64(e.Account), e.ID[:], int64(e.State), e.FileName, e.Rows, e.Families, e.LeftOut, e.BeganMS, e.UpdatedMS)
	return t.fail("write export", err)
}

// ForgetExports deletes old ones.
func (t *Tx) ForgetExports(ctx context.Context, beforeMS int64) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM export WHERE began_ms < $1`, beforeMS)
	return t.fail("forget exports", err)
}

func (t *Tx) exports(ctx context.Context, where string, args ...any) ([]store.Export, error) {
	var out []store.Export
	err := t.each(ctx, "read exports", `
SELECT account, id, state, file_name, row_count, families, left_out, began_ms, updated_ms FROM export `+where, args, func(rows Rows) error {
		var e store.Export
		var account, state int64
		var id []byte
		err := rows.Scan(&account, &id, &state, &e.FileName, &e.Rows, &e.Families, &e.LeftOut, &e.BeganMS, &e.UpdatedMS)
		e.Account, e.State = uint32(account), int32(state)
		copy(e.ID[:], id)
		out = append(out, e)
		return err
	})
	return out, err
}

// FindExport reads one of an account's.
func (t *Tx) FindExport(ctx context.Context, account uint32, id merge.ID) (store.Export, error) {
	found, err := t.exports(ctx, `WHERE account = $1 AND id = $2`, int64(account), id[:])
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read export: %w", store.ErrNotFound)
	}
	if err != nil {
		return store.Export{}, err
	}
	return found[0], nil
}

// ListExports lists an account's.
func (t *Tx) ListExports(ctx context.Context, account uint32, limit int) ([]store.Export, error) {
	return t.exports(ctx, `WHERE account = $1 ORDER BY began_ms DESC, id LIMIT $2`, int64(account), int64(limit))
}

// AddFeedToken adds one.
func (t *Tx) AddFeedToken(ctx context.Context, f store.FeedToken) (uint32, error) {
	return t.insert(ctx, "add feed token", `
INSERT INTO feed_token (account, hash, name, area, created_ms, expires_ms, revoked_ms, used_ms)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING number`,
		[]any{int64(f.Account), f.Hash, f.Name, f.Area, f.CreatedMS, f.ExpiresMS, f.RevokedMS, f.UsedMS})
}

// RevokeFeedToken ends one of an account's.
func (t *Tx) RevokeFeedToken(ctx context.Context, account, number uint32, atMS int64) error {
	n, err := t.conn.Exec(ctx, `
UPDATE feed_token SET revoked_ms = CASE WHEN revoked_ms = 0 THEN $1 ELSE revoked_ms END WHERE account = $2 AND number = $3`,
		atMS, int64(account), int64(number))
	if err == nil && n == 0 {
		return fmt.Errorf("revoke feed token %d: %w", number, store.ErrNotFound)
	}
	return t.fail("revoke feed token", err)
}

// RevokeFeedTokens ends all of an account's that are in force.
func (t *Tx) RevokeFeedTokens(ctx context.Context, account uint32, atMS int64) ([]uint32, error) {
	var ended []uint32
	err := t.each(ctx, "revoke feed tokens", `
UPDATE feed_token SET revoked_ms = $1 WHERE account = $2 AND revoked_ms = 0 AND expires_ms > $1 RETURNING number`,
		[]any{atMS, int64(account)}, func(rows Rows) error {
			var number int64
			err := rows.Scan(&number)
			ended = append(ended, uint32(number))
			return err
		})
	slices.Sort(ended)
	return ended, err
}

// NoteFeedUse keeps when one was last used.
func (t *Tx) NoteFeedUse(ctx context.Context, number uint32, atMS int64) error {
	_, err := t.conn.Exec(ctx, `UPDATE feed_token SET used_ms = $1 WHERE number = $2`, atMS, int64(number))
	return t.fail("note use of feed token", err)
}

func (t *Tx) feedTokens(ctx context.Context, where string, args ...any) ([]store.FeedToken, error) {
	var out []store.FeedToken
	err := t.each(ctx, "read feed tokens", `
SELECT number, account, hash, name, area, created_ms, expires_ms, revoked_ms, used_ms FROM feed_token `+where, args, func(rows Rows) error {
		var f store.FeedToken
		var number, account int64
		err := rows.Scan(&number, &account, &f.Hash, &f.Name, &f.Area, &f.CreatedMS, &f.ExpiresMS, &f.RevokedMS, &f.UsedMS)
		f.Number, f.Account = uint32(number), uint32(account)
		out = append(out, f)
		return err
	})
	return out, err
}

// FindFeedToken reads by hash.
func (t *Tx) FindFeedToken(ctx context.Context, hash []byte) (store.FeedToken, error) {
	found, err := t.feedTokens(ctx, `WHERE hash = $1`, hash)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read feed token: %w", store.ErrNotFound)
	}
	if err != nil {
		return store.FeedToken{}, err
	}
	return found[0], nil
}

// FeedTokensOf lists an account's.
func (t *Tx) FeedTokensOf(ctx context.Context, account uint32, afterMS int64) ([]store.FeedToken, error) {
	return t.feedTokens(ctx, `WHERE account = $1 AND expires_ms > $2 ORDER BY number DESC`, int64(account), afterMS)
}
