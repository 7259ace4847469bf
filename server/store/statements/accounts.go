package statements

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/server/store"
)

const accountColumns = `user_name, full_name, salt, password, roles, area, puskesmas, disabled, assigned, scope_revision,
    person, nik_hash, registered, code_hash, code_expires_ms, code_failures, acting_until_ms, created_ms, activated_ms, used_ms`

const selectAccount = `SELECT number, ` + accountColumns + ` FROM account `

func scanAccount(rows Rows) (store.Account, error) {
	var a store.Account
	var number, disabled, scope, registered int64
	var salt []byte
	var roles, assigned string
	err := rows.Scan(&number, &a.UserName, &a.FullName, &salt, &a.Password, &roles, &a.Area, &a.Puskesmas, &disabled, &assigned, &scope,
		&a.Person, &a.NIKHash, &registered, &a.CodeHash, &a.CodeExpiresMS, &a.CodeFailures, &a.ActingUntilMS, &a.CreatedMS, &a.ActivatedMS, &a.UsedMS)
	if err != nil {
		return a, err
	}
	copy(a.Salt[:], salt)
	a.Number, a.Disabled, a.ScopeRevision, a.Registered = uint32(number), disabled != 0, uint64(scope), registered != 0
	if err := json.Unmarshal([]byte(roles), &a.Roles); err != nil {
		return a, err
	}
	return a, json.Unmarshal([]byte(assigned), &a.Assigned)
}

func (t *Tx) account(ctx context.Context, where string, arg any) (store.Account, error) {
	var a store.Account
	err := t.one(ctx, "read account", selectAccount+where, []any{arg}, func(rows Rows) (err error) {
		a, err = scanAccount(rows)
		return err
	})
	return a, err
}

func (t *Tx) accounts(ctx context.Context, where string, args ...any) ([]store.Account, error) {
	var out []store.Account
	err := t.each(ctx, "list accounts", selectAccount+where, args, func(rows Rows) error {
		a, err := scanAccount(rows)
		out = append(out, a)
		return err
	})
	return out, err
}

// FindAccount reads by number.
func (t *Tx) FindAccount(ctx context.Context, number uint32) (store.Account, error) {
	return t.account(ctx, `WHERE number = $1`, int64(number))
}

// LockAccount reads an account that is to be written.
func (t *Tx) LockAccount(ctx context.Context, number uint32) (store.Account, error) {
	return t.account(ctx, `WHERE number = $1`+t.engine.ForUpdate(), int64(number))
}

// LockPerson locks a person. Two hashes that begin alike only wait for each other.
func (t *Tx) LockPerson(ctx context.Context, nikHash []byte) error {
	lock := t.engine.LockPerson()
	if lock == "" {
		return nil
	}
	var begin [4]byte
	copy(begin[:], nikHash)
	_, err := t.conn.Exec(ctx, lock, int32(binary.BigEndian.Uint32(begin[:])))
	return t.fail("lock person", err)
}

// NoteUse keeps when an account was last used.
func (t *Tx) NoteUse(ctx context.Context, account uint32, atMS int64) error {
	_, err := t.conn.Exec(ctx, `UPDATE account SET used_ms = $1 WHERE number = $2`, atMS, int64(account))
	return t.fail("note use", err)
}

// FindAccountByName reads by user name.
func (t *Tx) FindAccountByName(ctx context.Context, userName string) (store.Account, error) {
	return t.account(ctx, `WHERE user_name = $1`, userName)
}

// AccountsOfPerson finds accounts by the keyed hash of a NIK.
func (t *Tx) AccountsOfPerson(ctx context.Context, nikHash []byte) ([]store.Account, error) {
	return t.accounts(ctx, `WHERE nik_hash = $1 ORDER BY number`, nikHash)
}

// ListAccounts lists accounts by number.
func (t *Tx) ListAccounts(ctx context.Context, q store.AccountQuery) ([]store.Account, error) {
	const page = ` AND number > $2 ORDER BY number LIMIT $3`
	after, limit := int64(q.After), int64(q.Limit)
	switch {
	case q.Puskesmas != "":
		return t.accounts(ctx, `WHERE puskesmas = $1`+page, q.Puskesmas, after, limit)
	case !q.Below:
		return t.accounts(ctx, `WHERE puskesmas = '' AND area = $1`+page, q.Area, after, limit)
	case q.Area == "":
		return t.accounts(ctx, `WHERE number > $1 ORDER BY number LIMIT $2`, after, limit)
	default:
		return t.accounts(ctx, `WHERE (puskesmas = '' AND (area = $1 OR area LIKE $2)
    OR puskesmas IN (SELECT code FROM puskesmas WHERE district = $1 OR district LIKE $2)) AND number > $3 ORDER BY number LIMIT $4`,
			q.Area, q.Area+".%", after, limit)
	}
}

// PutAccount adds or replaces an account.
func (t *Tx) PutAccount(ctx context.Context, a store.Account) (uint32, error) {
	values := []any{
		a.UserName, a.FullName, a.Salt[:], a.Password, jsonOf(a.Roles), a.Area, a.Puskesmas, boolInt(a.Disabled),
		jsonOf(a.Assigned), int64(a.ScopeRevision), a.Person, a.NIKHash, boolInt(a.Registered), a.CodeHash, a.CodeExpiresMS, a.CodeFailures,
		a.ActingUntilMS, a.CreatedMS, a.ActivatedMS, a.UsedMS,
	}
	if a.Number == 0 {
		number, err := t.insert(ctx, "add account", `
INSERT INTO account (`+accountColumns+`)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (user_name) DO NOTHING RETURNING number`, values)
		if errors.Is(err, store.ErrNotFound) {
			return 0, fmt.Errorf("add account %s: %w", a.UserName, store.ErrExists)
		}
		return number, err
	}
	n, err := t.conn.Exec(ctx, `
UPDATE account SET user_name = $1, full_name = $2, salt = $3, password = $4, roles = $5, area = $6, puskesmas = $7,
    disabled = $8, assigned = $9, scope_revision = $10, person = $11, nik_hash = $12, registered = $13, code_hash = $14,
    code_expires_ms = $15, code_failures = $16, acting_until_ms = $17, created_ms = $18, activated_ms = $19, used_ms = $20
WHERE number = $21`, append(values, int64(a.Number))...)
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

const selectDevice = `SELECT number, public_key, account, name, revoked, registered_ms, opened_ms, synced_ms, unsent, handover_key FROM device `

func (t *Tx) devices(ctx context.Context, where string, arg any) ([]store.Device, error) {
	var out []store.Device
	err := t.each(ctx, "read devices", selectDevice+where, []any{arg}, func(rows Rows) error {
		var d store.Device
		var number, account, revoked int64
		err := rows.Scan(&number, &d.PublicKey, &account, &d.Name, &revoked, &d.RegisteredMS, &d.OpenedMS, &d.SyncedMS, &d.Unsent, &d.HandoverKey)
		d.Number, d.Account, d.Revoked = uint32(number), uint32(account), revoked != 0
		out = append(out, d)
		return err
	})
	return out, err
}

func (t *Tx) device(ctx context.Context, where string, arg any) (store.Device, error) {
	found, err := t.devices(ctx, where, arg)
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read device: %w", store.ErrNotFound)
	}
	if err != nil {
		return store.Device{}, err
	}
	return found[0], nil
}

// FindDevice reads by number.
func (t *Tx) FindDevice(ctx context.Context, number uint32) (store.Device, error) {
	return t.device(ctx, `WHERE number = $1`, int64(number))
}

// FindDeviceByKey reads by public key.
func (t *Tx) FindDeviceByKey(ctx context.Context, publicKey []byte) (store.Device, error) {
	return t.device(ctx, `WHERE public_key = $1`, publicKey)
}

// DevicesOf lists an account's devices.
func (t *Tx) DevicesOf(ctx context.Context, account uint32) ([]store.Device, error) {
	return t.devices(ctx, `WHERE account = $1 ORDER BY number`, int64(account))
}

// PutDevice adds or replaces a device.
func (t *Tx) PutDevice(ctx context.Context, d store.Device) (uint32, error) {
	values := []any{d.PublicKey, int64(d.Account), d.Name, boolInt(d.Revoked), d.RegisteredMS, d.OpenedMS, d.SyncedMS, d.Unsent}
	if d.Number == 0 {
		return t.insert(ctx, "add device", `
INSERT INTO device (public_key, account, name, revoked, registered_ms, opened_ms, synced_ms, unsent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING number`, values)
	}
	_, err := t.conn.Exec(ctx, `
UPDATE device SET public_key = $1, account = $2, name = $3, revoked = $4, registered_ms = $5, opened_ms = $6, synced_ms = $7, unsent = $8
WHERE number = $9`, append(values, int64(d.Number))...)
	return d.Number, t.fail("write device", err)
}

// RevokeDevice lets a device sync no more.
func (t *Tx) RevokeDevice(ctx context.Context, number uint32) error {
	n, err := t.conn.Exec(ctx, `UPDATE device SET revoked = 1 WHERE number = $1`, int64(number))
	if err == nil && n == 0 {
		return fmt.Errorf("revoke device %d: %w", number, store.ErrNotFound)
	}
	return t.fail("revoke device", err)
}

// NoteSync keeps when a device synced, and what it had to send.
func (t *Tx) NoteSync(ctx context.Context, device uint32, atMS, unsent int64, finished bool) error {
	set := `opened_ms = $1`
	if finished {
		set = `synced_ms = $1`
	}
	_, err := t.conn.Exec(ctx, `UPDATE device SET `+set+`, unsent = $2 WHERE number = $3`, atMS, unsent, int64(device))
	return t.fail("note sync", err)
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
