package statements

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

const selectAccount = `SELECT number, user_name, full_name, salt, password, roles, area, puskesmas, disabled, assigned, scope_revision FROM account `

func (t *Tx) account(ctx context.Context, where string, arg any) (store.Account, error) {
	var a store.Account
	err := t.one(ctx, "read account", selectAccount+where, []any{arg}, func(rows Rows) error {
		var number, disabled, scope int64
		var salt []byte
		var roles, assigned string
		err := rows.Scan(&number, &a.UserName, &a.FullName, &salt, &a.Password, &roles, &a.Area, &a.Puskesmas, &disabled, &assigned, &scope)
		if err != nil {
			return err
		}
		copy(a.Salt[:], salt)
		a.Number, a.Disabled, a.ScopeRevision = uint32(number), disabled != 0, uint64(scope)
		if err := json.Unmarshal([]byte(roles), &a.Roles); err != nil {
			return err
		}
		return json.Unmarshal([]byte(assigned), &a.Assigned)
	})
	return a, err
}

// FindAccount reads by number.
func (t *Tx) FindAccount(ctx context.Context, number uint32) (store.Account, error) {
	return t.account(ctx, `WHERE number = $1`, int64(number))
}

// FindAccountByName reads by user name.
func (t *Tx) FindAccountByName(ctx context.Context, userName string) (store.Account, error) {
	return t.account(ctx, `WHERE user_name = $1`, userName)
}

// PutAccount adds or replaces an account.
func (t *Tx) PutAccount(ctx context.Context, a store.Account) (uint32, error) {
	values := []any{
		a.UserName, a.FullName, a.Salt[:], a.Password, jsonOf(a.Roles), a.Area, a.Puskesmas, boolInt(a.Disabled),
		jsonOf(a.Assigned), int64(a.ScopeRevision),
	}
	if a.Number == 0 {
		return t.insert(ctx, "add account", `
INSERT INTO account (user_name, full_name, salt, password, roles, area, puskesmas, disabled, assigned, scope_revision)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING number`, values)
	}
	n, err := t.conn.Exec(ctx, `
UPDATE account SET user_name = $1, full_name = $2, salt = $3, password = $4, roles = $5, area = $6, puskesmas = $7,
    disabled = $8, assigned = $9, scope_revision = $10 WHERE number = $11`, append(values, int64(a.Number))...)
	if err == nil && n == 0 {
		return 0, fmt.Errorf("account %d: %w", a.Number, store.ErrNotFound)
	}
	return a.Number, t.fail("write account", err)
}

func (t *Tx) insert(ctx context.Context, deed, sql string, args []any) (uint32, error) {
	var number int64
	err := t.one(ctx, deed, sql, args, func(rows Rows) error { return rows.Scan(&number) })
	return uint32(number), err
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (t *Tx) device(ctx context.Context, where string, arg any) (store.Device, error) {
	var d store.Device
	err := t.one(ctx, "read device", `SELECT number, public_key, account, name, revoked, registered_ms FROM device `+where, []any{arg}, func(rows Rows) error {
		var number, account, revoked int64
		err := rows.Scan(&number, &d.PublicKey, &account, &d.Name, &revoked, &d.RegisteredMS)
		d.Number, d.Account, d.Revoked = uint32(number), uint32(account), revoked != 0
		return err
	})
	return d, err
}

// FindDevice reads by number.
func (t *Tx) FindDevice(ctx context.Context, number uint32) (store.Device, error) {
	return t.device(ctx, `WHERE number = $1`, int64(number))
}

// FindDeviceByKey reads by public key.
func (t *Tx) FindDeviceByKey(ctx context.Context, publicKey []byte) (store.Device, error) {
	return t.device(ctx, `WHERE public_key = $1`, publicKey)
}

// PutDevice adds or replaces a device.
func (t *Tx) PutDevice(ctx context.Context, d store.Device) (uint32, error) {
	values := []any{d.PublicKey, int64(d.Account), d.Name, boolInt(d.Revoked), d.RegisteredMS}
	if d.Number == 0 {
		return t.insert(ctx, "add device", `
INSERT INTO device (public_key, account, name, revoked, registered_ms) VALUES ($1, $2, $3, $4, $5) RETURNING number`, values)
	}
	_, err := t.conn.Exec(ctx, `
UPDATE device SET public_key = $1, account = $2, name = $3, revoked = $4, registered_ms = $5 WHERE number = $6`, append(values, int64(d.Number))...)
	return d.Number, t.fail("write device", err)
}

// FindIncarnation reads one.
func (t *Tx) FindIncarnation(ctx context.Context, device, incarnation uint32) (store.Incarnation, error) {
	i := store.Incarnation{Device: device, Incarnation: incarnation}
	err := t.one(ctx, "read incarnation", `SELECT nonce FROM incarnation WHERE device = $1 AND incarnation = $2`,
		[]any{int64(device), int64(incarnation)}, func(rows Rows) error { return rows.Scan(&i.Nonce) })
	return i, err
}

// PutIncarnation adds or replaces one.
func (t *Tx) PutIncarnation(ctx context.Context, i store.Incarnation) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO incarnation (device, incarnation, nonce) VALUES ($1, $2, $3)
ON CONFLICT (device, incarnation) DO UPDATE SET nonce = excluded.nonce`, int64(i.Device), int64(i.Incarnation), i.Nonce)
	return t.fail("write incarnation", err)
}

// ForgetIncarnations deletes all.
func (t *Tx) ForgetIncarnations(ctx context.Context) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM incarnation`)
	return t.fail("forget incarnations", err)
}

// FindSession reads by the hash of a refresh token.
func (t *Tx) FindSession(ctx context.Context, tokenHash []byte) (store.Session, error) {
	var s store.Session
	err := t.one(ctx, "read session", `
SELECT id, account, device, token_hash, previous_hash, rotation_nonce, successor, expires_ms, revoked FROM session
WHERE token_hash = $1 OR previous_hash = $1`, []any{tokenHash}, func(rows Rows) error {
		var account, device, revoked int64
		err := rows.Scan(&s.ID, &account, &device, &s.TokenHash, &s.PreviousHash, &s.RotationNonce, &s.Successor, &s.ExpiresMS, &revoked)
		s.Account, s.Device, s.Revoked = uint32(account), uint32(device), revoked != 0
		return err
	})
	return s, err
}

// PutSession adds or replaces one.
func (t *Tx) PutSession(ctx context.Context, s store.Session) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO session (id, account, device, token_hash, previous_hash, rotation_nonce, successor, expires_ms, revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, previous_hash = excluded.previous_hash,
    rotation_nonce = excluded.rotation_nonce, successor = excluded.successor, expires_ms = excluded.expires_ms,
    revoked = excluded.revoked`,
		s.ID, int64(s.Account), int64(s.Device), s.TokenHash, s.PreviousHash, s.RotationNonce, s.Successor, s.ExpiresMS, boolInt(s.Revoked))
	return t.fail("write session", err)
}
