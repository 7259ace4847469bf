package statements

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/keluarga-sehat/sync/server/store"
)

const registrationColumns = `district, channel, created_ms, copied_ms, copy_channel, submitted_ms, waiting_ms, letter_hash, salt, letter`

const selectRegistration = `SELECT number, ` + registrationColumns + ` FROM registration `

func (t *Tx) registrations(ctx context.Context, where string, args ...any) ([]store.Registration, error) {
	var out []store.Registration
	err := t.each(ctx, "read registrations", selectRegistration+where, args, func(rows Rows) error {
		var r store.Registration
		var number, channel, copyChannel int64
		var salt []byte
		err := rows.Scan(&number, &r.District, &channel, &r.CreatedMS, &r.CopiedMS, &copyChannel, &r.SubmittedMS, &r.WaitingMS, &r.LetterHash, &salt, &r.Letter)
		r.Number, r.Channel, r.CopyChannel = uint32(number), int32(channel), int32(copyChannel)
		copy(r.Salt[:], salt)
		out = append(out, r)
		return err
	})
	return out, err
}

func (t *Tx) registration(ctx context.Context, number uint32, lock string) (store.Registration, error) {
	found, err := t.registrations(ctx, `WHERE number = $1`+lock, int64(number))
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("read registration %d: %w", number, store.ErrNotFound)
	}
	if err != nil {
		return store.Registration{}, err
	}
	return found[0], nil
}

// FindRegistration reads one.
func (t *Tx) FindRegistration(ctx context.Context, number uint32) (store.Registration, error) {
	return t.registration(ctx, number, "")
}

// LockRegistration reads one that is to be written.
func (t *Tx) LockRegistration(ctx context.Context, number uint32) (store.Registration, error) {
	return t.registration(ctx, number, t.engine.ForUpdate())
}

// conditions gathers the parts of a WHERE with their arguments.
type conditions struct {
	parts []string
	args  []any
}

// add adds a condition in which "?" stands for the argument.
func (c *conditions) add(condition string, args ...any) {
	for _, arg := range args {
		c.args = append(c.args, arg)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.parts = append(c.parts, condition)
}

func (c *conditions) where() string {
	if len(c.parts) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(c.parts, " AND ")
}

// inArea bounds a column to an area and what lies in it.
func (c *conditions) inArea(column, code string) {
	if code == "" {
		return
	}
	_, to := prefixRange(code)
	c.add(column+` >= ? AND `+column+` < ?`, code, to)
}

// ListRegistrations lists them.
func (t *Tx) ListRegistrations(ctx context.Context, q store.RegistrationQuery) ([]store.Registration, error) {
	c := &conditions{}
	c.inArea("district", q.Area)
	if q.State != 0 {
		c.add(`EXISTS (SELECT 1 FROM registration_puskesmas p WHERE p.registration = number AND p.state = ?)`, int64(q.State))
	}
	if q.Puskesmas != "" {
		c.add(`EXISTS (SELECT 1 FROM registration_puskesmas p WHERE p.registration = number AND p.puskesmas = ?)`, q.Puskesmas)
	}
	if q.LetterHash != nil {
		c.add(`letter_hash = ?`, q.LetterHash)
	}
	if q.Submitted {
		c.add(`(submitted_ms > 0 OR channel > 1)`)
	}
	if q.Copied {
		c.add(`copied_ms > 0`)
	}
	order := ` ORDER BY number DESC`
	if q.Waiting {
		c.add(`waiting_ms > 0`)
		order = ` ORDER BY waiting_ms, number`
		if q.After > 0 {
			c.add(`(waiting_ms > ? OR waiting_ms = ? AND number > ?)`, q.AfterMS, q.AfterMS, int64(q.After))
		}
	} else if q.After > 0 {
		c.add(`number < ?`, int64(q.After))
	}
	where := c.where() + order + fmt.Sprintf(` LIMIT $%d`, len(c.args)+1)
	return t.registrations(ctx, where, append(c.args, int64(q.Limit))...)
}

// PutRegistration adds or replaces one.
func (t *Tx) PutRegistration(ctx context.Context, r store.Registration) (uint32, error) {
	values := []any{
		r.District, int64(r.Channel), r.CreatedMS, r.CopiedMS, int64(r.CopyChannel), r.SubmittedMS, r.WaitingMS, r.LetterHash, r.Salt[:], r.Letter,
	}
	if r.Number == 0 {
		return t.insert(ctx, "add registration", `
INSERT INTO registration (`+registrationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING number`, values)
	}
	_, err := t.conn.Exec(ctx, `
UPDATE registration SET district = $1, channel = $2, created_ms = $3, copied_ms = $4, copy_channel = $5, submitted_ms = $6, waiting_ms = $7,
    letter_hash = $8, salt = $9, letter = $10 WHERE number = $11`, append(values, int64(r.Number))...)
	return r.Number, t.fail("write registration", err)
}

func (t *Tx) registrationPuskesmas(ctx context.Context, where string, args ...any) ([]store.RegistrationPuskesmas, error) {
	var out []store.RegistrationPuskesmas
	err := t.each(ctx, "read Puskesmas of registrations", `
SELECT registration, puskesmas, name, state, since_ms, submitted_ms FROM `+where, args, func(rows Rows) error {
		var p store.RegistrationPuskesmas
		var registration, state int64
		err := rows.Scan(&registration, &p.Puskesmas, &p.Name, &state, &p.SinceMS, &p.SubmittedMS)
		p.Registration, p.State = uint32(registration), int32(state)
		out = append(out, p)
		return err
	})
	return out, err
}

// RegistrationPuskesmasOf reads those in a registration.
func (t *Tx) RegistrationPuskesmasOf(ctx context.Context, registration uint32) ([]store.RegistrationPuskesmas, error) {
	return t.registrationPuskesmas(ctx, `registration_puskesmas WHERE registration = $1 ORDER BY puskesmas`, int64(registration))
}

// Standings reads where a Puskesmas stands, and all of a registration.
func (t *Tx) Standings(ctx context.Context, puskesmas string, registration uint32) ([]store.RegistrationPuskesmas, error) {
	return t.registrationPuskesmas(ctx, t.engine.Everywhere().Standings+` ORDER BY registration, puskesmas`, puskesmas, int64(registration))
}

// PutRegistrationPuskesmas adds or replaces one.
func (t *Tx) PutRegistrationPuskesmas(ctx context.Context, p store.RegistrationPuskesmas) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO registration_puskesmas (registration, puskesmas, name, state, since_ms, submitted_ms) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (registration, puskesmas) DO UPDATE SET name = excluded.name, state = excluded.state, since_ms = excluded.since_ms,
    submitted_ms = excluded.submitted_ms`, int64(p.Registration), p.Puskesmas, p.Name, int64(p.State), p.SinceMS, p.SubmittedMS)
	return t.fail("write Puskesmas of registration", err)
}

// DeleteRegistrationPuskesmas takes one out with its nominees.
func (t *Tx) DeleteRegistrationPuskesmas(ctx context.Context, registration uint32, puskesmas string) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM registration_puskesmas WHERE registration = $1 AND puskesmas = $2`, int64(registration), puskesmas)
	return errors.Join(t.fail("delete Puskesmas of registration", err), t.DeleteNominees(ctx, registration, puskesmas))
}

// RegistrationEvents reads a timeline.
func (t *Tx) RegistrationEvents(ctx context.Context, registration, after uint32, limit int) ([]store.RegistrationEvent, error) {
	var out []store.RegistrationEvent
	err := t.each(ctx, "read timeline", `
SELECT sequence, time_ms, step, puskesmas, state_before, state_after, actor, nominee, channel, note FROM registration_event
WHERE registration = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`, []any{int64(registration), int64(after), int64(limit)}, func(rows Rows) error {
		e := store.RegistrationEvent{Registration: registration}
		var sequence, step, before, after, actor, nominee, channel int64
		err := rows.Scan(&sequence, &e.TimeMS, &step, &e.Puskesmas, &before, &after, &actor, &nominee, &channel, &e.Note)
		e.Sequence, e.Step, e.Before, e.After = uint32(sequence), int32(step), int32(before), int32(after)
		e.Actor, e.Nominee, e.Channel = uint32(actor), uint32(nominee), int32(channel)
		out = append(out, e)
		return err
	})
	return out, err
}

// AppendRegistrationEvent gives the event its sequence.
func (t *Tx) AppendRegistrationEvent(ctx context.Context, e store.RegistrationEvent) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO registration_event (registration, sequence, time_ms, step, puskesmas, state_before, state_after, actor, nominee, channel, note)
VALUES ($1, (SELECT coalesce(max(sequence), 0) + 1 FROM registration_event WHERE registration = $1), $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		int64(e.Registration), e.TimeMS, int64(e.Step), e.Puskesmas, int64(e.Before), int64(e.After), int64(e.Actor), int64(e.Nominee),
		int64(e.Channel), e.Note)
	return t.fail("write timeline", err)
}

// RegistrationFiles reads files whose name begins so.
func (t *Tx) RegistrationFiles(ctx context.Context, registration uint32, prefix string) ([]store.RegistrationFile, error) {
	var out []store.RegistrationFile
	err := t.each(ctx, "read files of registration", `
SELECT name, puskesmas, payload FROM registration_file WHERE registration = $1 AND name >= $2 AND name < $3 ORDER BY name`,
		[]any{int64(registration), prefix, prefix + "~"}, func(rows Rows) error {
			f := store.RegistrationFile{Registration: registration}
			err := rows.Scan(&f.Name, &f.Puskesmas, &f.Payload)
			out = append(out, f)
			return err
		})
	return out, err
}

// PutRegistrationFile adds or replaces one.
func (t *Tx) PutRegistrationFile(ctx context.Context, f store.RegistrationFile) error {
	_, err := t.conn.Exec(ctx, `
INSERT INTO registration_file (registration, name, puskesmas, payload) VALUES ($1, $2, $3, $4)
ON CONFLICT (registration, name) DO UPDATE SET puskesmas = excluded.puskesmas, payload = excluded.payload`,
		int64(f.Registration), f.Name, f.Puskesmas, f.Payload)
	return t.fail("write file of registration", err)
}

// DeleteRegistrationFiles deletes files of a Puskesmas.
func (t *Tx) DeleteRegistrationFiles(ctx context.Context, registration uint32, prefix, puskesmas string) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM registration_file WHERE registration = $1 AND name >= $2 AND name < $3 AND puskesmas = $4`,
		int64(registration), prefix, prefix+"~", puskesmas)
	return t.fail("delete files of registration", err)
}
