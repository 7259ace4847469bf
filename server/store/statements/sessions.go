package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

const selectSession = `SELECT id, account, device, browser, token_hash, previous_hash, rotation_nonce, successor, generation, expires_ms,
    created_ms, used_ms, revoked FROM session `

func (t *Tx) sessions(ctx context.Context, where string, args ...any) ([]store.Session, error) {
	var out []store.Session
	err := t.each(ctx, "read sessions", selectSession+where, args, func(rows Rows) error {
		var s store.Session
		var account, device, generation, ended int64
		err := rows.Scan(&s.ID, &account, &device, &s.Browser, &s.TokenHash, &s.PreviousHash, &s.RotationNonce, &s.Successor, &generation, &s.ExpiresMS,
			&s.CreatedMS, &s.UsedMS, &ended)
		s.Account, s.Device, s.Generation, s.Ended = uint32(account), uint32(device), uint32(generation), store.SessionEnd(ended)
		out = append(out, s)
		return err
	})
	return out, err
}

func (t *Tx) session(ctx context.Context, id []byte, lock string) (store.Session, error) {
	found, err := t.sessions(ctx, `WHERE id = $1`+lock, id)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read session: %w", store.ErrNotFound)
	}
	if err != nil {
		return store.Session{}, err
	}
	return found[0], nil
}

// FindSession reads by id.
func (t *Tx) FindSession(ctx context.Context, id []byte) (store.Session, error) {
	return t.session(ctx, id, "")
}

// LockSession reads a session that is to be written.
func (t *Tx) LockSession(ctx context.Context, id []byte) (store.Session, error) {
	return t.session(ctx, id, t.engine.ForUpdate())
}

// SessionsOf lists an account's sessions that can still be renewed.
func (t *Tx) SessionsOf(ctx context.Context, account uint32, nowMS int64) ([]store.Session, error) {
	return t.sessions(ctx, `WHERE account = $1 AND revoked = 0 AND expires_ms > $2 ORDER BY created_ms, id`, int64(account), nowMS)
}

// PutSession adds or replaces one.
func (t *Tx) PutSession(ctx context.Context, s store.Session) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO session (id, account, device, browser, token_hash, previous_hash, rotation_nonce, successor, generation, expires_ms, created_ms, used_ms,
    revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, previous_hash = excluded.previous_hash,
    rotation_nonce = excluded.rotation_nonce, successor = excluded.successor, generation = excluded.generation,
    expires_ms = excluded.expires_ms, used_ms = excluded.used_ms, revoked = excluded.revoked`,
		s.ID, int64(s.Account), int64(s.Device), s.Browser, s.TokenHash, s.PreviousHash, s.RotationNonce, s.Successor, int64(s.Generation), s.ExpiresMS,
		s.CreatedMS, s.UsedMS, int64(s.Ended))
	return t.fail("write session", err)
}

// EndSessions ends an account's sessions but for one.
func (t *Tx) EndSessions(ctx context.Context, account uint32, spare []byte, why store.SessionEnd) error {
	if spare == nil {
		spare = []byte{}
	}
	_, err := t.conn.Exec(ctx, `UPDATE session SET revoked = $1 WHERE account = $2 AND revoked = 0 AND id <> $3`, int64(why), int64(account), spare)
	return t.fail("end sessions", err)
}
