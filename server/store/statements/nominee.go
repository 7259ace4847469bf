package statements

import (
	"context"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
)

const nomineeColumns = `registration, puskesmas, list_position, role, standing, replaces, account, since_ms, nik_hash, mobile_hash, email_hash, payload`

func (t *Tx) nominees(ctx context.Context, where string, args ...any) ([]store.Nominee, error) {
	var out []store.Nominee
	err := t.each(ctx, "read nominees", `SELECT number, `+nomineeColumns+` FROM `+where, args, func(rows Rows) error {
		var n store.Nominee
		var number, registration, position, role, standing, replaces, account int64
		err := rows.Scan(&number, &registration, &n.Puskesmas, &position, &role, &standing, &replaces, &account, &n.SinceMS,
			&n.NIKHash, &n.MobileHash, &n.EmailHash, &n.Payload)
		n.Number, n.Registration, n.Position, n.Role, n.Standing = uint32(number), uint32(registration), int(position), int32(role), int32(standing)
		n.Replaces, n.Account = uint32(replaces), uint32(account)
		out = append(out, n)
		return err
	})
	return out, err
}

// FindNominee reads one.
func (t *Tx) FindNominee(ctx context.Context, number uint32) (store.Nominee, error) {
	found, err := t.nominees(ctx, `registration_nominee WHERE number = $1`, int64(number))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read nominee %d: %w", number, store.ErrNotFound)
	}
	if err != nil {
		return store.Nominee{}, err
	}
	return found[0], nil
}

// ListNominees lists them by number.
func (t *Tx) ListNominees(ctx context.Context, q store.NomineeQuery) ([]store.Nominee, error) {
	c := &conditions{}
	c.add(`number > ?`, int64(q.After))
	if q.Registration != 0 {
		c.add(`registration = ?`, int64(q.Registration))
	}
	if q.Puskesmas != "" {
		c.add(`puskesmas = ?`, q.Puskesmas)
	}
	if q.Area != "" {
		_, to := prefixRange(q.Area)
		c.add(`number IN (
SELECT n.number FROM registration_nominee n WHERE n.registration IN (SELECT r.number FROM registration r WHERE r.district >= ? AND r.district < ?)
UNION SELECT n.number FROM registration_nominee n WHERE n.puskesmas IN (SELECT k.code FROM puskesmas k WHERE k.district >= ? AND k.district < ?))`,
			q.Area, to, q.Area, to)
	}
	if q.Standing != 0 {
		c.add(`standing = ?`, int64(q.Standing))
	}
	for column, hash := range map[string][]byte{"nik_hash": q.NIKHash, "mobile_hash": q.MobileHash, "email_hash": q.EmailHash} {
		if hash != nil {
			c.add(column+` = ?`, hash)
		}
	}
	if q.Account != 0 {
		c.add(`account = ?`, int64(q.Account))
	}
	return t.nominees(ctx, `registration_nominee `+c.where()+fmt.Sprintf(` ORDER BY number LIMIT $%d`, len(c.args)+1), append(c.args, int64(q.Limit))...)
}

// NomineesSharing finds who shares a hash.
func (t *Tx) NomineesSharing(ctx context.Context, q store.NomineeQuery) ([]store.Nominee, error) {
	return t.nominees(ctx, t.engine.Everywhere().NomineesSharing+` ORDER BY number`, q.NIKHash, q.MobileHash, q.EmailHash, int64(q.Limit))
}

// PutNominee adds or replaces one.
func (t *Tx) PutNominee(ctx context.Context, n store.Nominee) (uint32, error) {
	values := []any{
		int64(n.Registration), n.Puskesmas, int64(n.Position), int64(n.Role), int64(n.Standing), int64(n.Replaces), int64(n.Account), n.SinceMS,
		n.NIKHash, n.MobileHash, n.EmailHash, n.Payload,
	}
	if n.Number == 0 {
		return t.insert(ctx, "add nominee", `
INSERT INTO registration_nominee (`+nomineeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING number`, values)
	}
	_, err := t.conn.Exec(ctx, `
UPDATE registration_nominee SET registration = $1, puskesmas = $2, list_position = $3, role = $4, standing = $5, replaces = $6, account = $7,
    since_ms = $8, nik_hash = $9, mobile_hash = $10, email_hash = $11, payload = $12 WHERE number = $13`, append(values, int64(n.Number))...)
	return n.Number, t.fail("write nominee", err)
}

// DeleteNominees deletes the list of a Puskesmas but for those with an account.
func (t *Tx) DeleteNominees(ctx context.Context, registration uint32, puskesmas string) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM registration_nominee WHERE registration = $1 AND puskesmas = $2 AND account = 0`, int64(registration), puskesmas)
	return t.fail("delete nominees", err)
}

// LockOffices locks areas, then a Puskesmas, always in the same order.
func (t *Tx) LockOffices(ctx context.Context, areas []string, puskesmas string) error {
	for _, code := range slices.Sorted(slices.Values(areas)) {
		err := t.each(ctx, "lock area", `SELECT code FROM area WHERE code = $1`+t.engine.ForUpdate(), []any{code}, func(rows Rows) error { return rows.Scan(&code) })
		if err != nil {
			return err
		}
	}
	if puskesmas == "" {
		return nil
	}
	return t.each(ctx, "lock Puskesmas", `SELECT code FROM puskesmas WHERE code = $1`+t.engine.ForUpdate(), []any{puskesmas},
		func(rows Rows) error { return rows.Scan(&puskesmas) })
}
