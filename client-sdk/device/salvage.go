package device

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// salvage sets a damaged file aside, makes a new one under the same password
// and takes over every change that can still be read and proved; confirmed
// states come again with the next sync.
func salvage(ctx context.Context, o Options, password string, cause error) (*Store, error) {
	aside := fmt.Sprintf("%s.rusak-%s", o.Path, o.Env.Now().UTC().Format("20060102T150405"))
	for i := 0; Exists(aside); i++ {
		aside += "x"
	}
	if err := moveFile(o.Path, aside); err != nil {
		return nil, errors.Join(cause, err)
	}
	saved, err := readDamaged(ctx, aside, o, password)
	if errors.Is(err, ErrWrongPassword) {
		return nil, errors.Join(ErrWrongPassword, moveFile(aside, o.Path))
	}
	if sqlite.IsFull(err) { // not unreadable: it is read once there is room for the copy
		return nil, errors.Join(err, moveFile(aside, o.Path))
	}
	if err != nil {
		return nil, &Unreadable{SetAside: aside, Cause: errors.Join(cause, err)}
	}
	s, err := openFile(ctx, o)
	if err == nil {
		if err = s.takeOver(ctx, saved); err != nil {
			err = errors.Join(err, s.closeFile())
		}
	}
	if sqlite.IsFull(err) {
		err = errors.Join(err, putBack(aside, o.Path))
	}
	if err != nil {
		return nil, err
	}
	mark, marked := s.mark.load()
	lost := -1
	if marked {
		lost = int(max(mark.seq-saved.identity.anchorSeq-int64(len(saved.changes)), 0))
	}
	s.addLoss(Loss{LostChanges: lost, DamagedRecords: saved.unreadable, SetAside: aside, Detail: cause.Error()})
	s.storeMark()
	return s, nil
}

// Unreadable is returned for a file of which not even the key could be read. It
// was set aside; signing in on line makes a new one, and the server brings what
// it has.
type Unreadable struct {
	SetAside string
	Cause    error
}

// Error names the file.
func (e *Unreadable) Error() string {
	return fmt.Sprintf("database can't be read any more; it is kept as %s: %v", e.SetAside, e.Cause)
}

// Unwrap is what SQLite said.
func (e *Unreadable) Unwrap() error { return e.Cause }

// moveFile moves a database with its companions.
func moveFile(from, to string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// readingCopy copies a damaged file, with the number of pages in its header set
// to those that are there, because SQLite reads nothing of a file that is
// shorter than its header says.
func readingCopy(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	const pageSizeAt, pageCountAt, headerBytes = 16, 28, 100
	if len(data) >= headerBytes {
		if page := int(binary.BigEndian.Uint16(data[pageSizeAt:])); page >= 512 {
			data = data[:len(data)/page*page]
			binary.BigEndian.PutUint32(data[pageCountAt:], uint32(len(data)/page))
		}
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		return err
	}
	wal, err := os.ReadFile(from + "-wal")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return errors.Join(err, os.WriteFile(to+"-wal", wal, 0o600))
}

// salvaged is what could be read of a damaged file.
type salvaged struct {
	identity   identity
	keys       keySet
	wrapped    []byte
	secrets    map[string][]byte
	changes    []savedChange
	steps      []savedStep
	seed       []byte   // of the deposit; nil: none
	carried    [][]byte // parts of others' work
	unreadable int
}

// readDamaged reads what it can; the key slot and the identity it must.
func readDamaged(ctx context.Context, path string, o Options, password string) (*salvaged, error) {
	reading := path + ".baca"
	if err := readingCopy(path, reading); err != nil {
		return nil, err
	}
	defer func() {
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(reading + suffix)
		}
	}()
	db, err := sql.Open("sqlite3", "file:"+reading+"?_query_only=1")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	s := &Store{db: db, env: o.Env, path: path, index: newIndex()}
	if err := s.unlock(ctx, password); err != nil {
		return nil, err
	}
	out := &salvaged{identity: s.identity, keys: keySet{s.vault.root, s.vault.key}, secrets: map[string][]byte{}}
	if err := db.QueryRowContext(ctx, `SELECT wrapped FROM keyslot WHERE purpose = 1`).Scan(&out.wrapped); err != nil {
		return nil, err
	}
	if names, err := collect[string](ctx, db, `SELECT name FROM secret`); err == nil {
		for _, name := range names {
			if plain, err := s.secret(ctx, name); err == nil {
				out.secrets[name] = plain
			}
		}
	}
	out.changes, out.unreadable = s.readableChanges(ctx)
	for _, r := range out.changes {
		if r.status == StatusPending {
			out.identity.learn(r.change)
		}
	}
	lost := 0
	out.steps, lost = s.readableSteps(ctx)
	out.unreadable += lost
	out.carried, lost = s.readableCarried(ctx)
	out.unreadable += lost
	if err := db.QueryRowContext(ctx, `SELECT seed FROM deposit`).Scan(&out.seed); err != nil {
		out.seed = nil // load keeps it anew, where the device has a key of its own
	}
	return out, nil
}

// savedChange is a change that was read of a damaged file, with what tells whether the
// server may know it by its names (copied, migrations 023 and 024).
type savedChange struct {
	row
	copied int64
}

// nameSent is copied where it is not known: a name that nobody else has is kept for
// nothing, one that the server has must be.
const nameSent = 2

// readableChanges walks row by row, stepping over what can't be read. An answer that
// can't be read costs the answer alone.
func (s *Store) readableChanges(ctx context.Context) (out []savedChange, unreadable int) {
	last, failures := int64(0), 0
	for failures < 1000 {
		var seq sql.NullInt64
		if err := s.db.QueryRowContext(ctx, `SELECT min(seq) FROM change WHERE seq > ?`, last).Scan(&seq); err != nil {
			last, failures, unreadable = last+1, failures+1, unreadable+1
			continue
		}
		if !seq.Valid {
			return out, unreadable
		}
		last = seq.Int64
		c, err := s.readableChange(ctx, last)
		if err != nil {
			unreadable++
			continue
		}
		out = append(out, c)
	}
	return out, unreadable
}

func (s *Store) readableChange(ctx context.Context, seq int64) (savedChange, error) {
	c := savedChange{copied: nameSent}
	rows, err := s.changes(ctx, s.db, `WHERE seq = ?`, seq)
	if err != nil || len(rows) != 1 {
		rows, err = s.scanChanges(ctx, s.db, selectUnanswered+`WHERE seq = ?`, seq)
	}
	if err != nil {
		return c, err
	}
	if len(rows) != 1 {
		return c, fmt.Errorf("change %d: %w", seq, ErrNotFound)
	}
	c.row = rows[0]
	// Files of before migration 023 have no such column.
	if err := s.db.QueryRowContext(ctx, `SELECT copied FROM change WHERE seq = ?`, seq).Scan(&c.copied); err != nil {
		c.copied = nameSent
	}
	return c, nil
}

// takeOver writes what was salvaged into a new file, under a new incarnation, or under
// that of a grant.
func (s *Store) takeOver(ctx context.Context, saved *salvaged) error {
	p := Profile{Device: saved.identity.device, Account: saved.identity.author, EscrowPublicKey: saved.secrets[secretEscrow]}
	granted := len(saved.secrets[secretGranted]) > 0
	if granted {
		p.Incarnation = saved.identity.incarnation
	}
	if err := s.initialise(ctx, saved.keys, saved.wrapped, p); err != nil {
		return err
	}
	s.identity.counter = saved.identity.counter
	if granted {
		s.identity.counter += grantedLeap
	}
	s.identity.clock.Last = saved.identity.clock.Last
	if err := s.useEscrow(ctx, p.EscrowPublicKey); err != nil {
		return err
	}
	// Their tables were not taken over, so the next sync brings them anew.
	delete(saved.secrets, secretColleagues)
	for name, plain := range saved.secrets {
		if err := s.putSecret(ctx, s.db, name, plain); err != nil {
			return err
		}
	}
	if len(saved.seed) > 0 {
		if err := s.PutDepositKey(ctx, saved.seed); err != nil {
			return err
		}
	}
	lost, err := s.carryOn(ctx, saved.carried)
	if err != nil {
		return err
	}
	saved.unreadable += lost
	return s.write(ctx, func(tx *sql.Tx) error {
		for _, c := range saved.changes {
			if err := s.takeChangeOver(ctx, tx, c); err != nil {
				return err
			}
		}
		return s.takeStepsOver(ctx, tx, saved.steps)
	})
}

// takeChangeOver writes a change with what became of it. One that was applied is offered
// again, as to a server that was restored (session_welcome.go): the confirmed state that held it
// was not taken over. That it was acked it keeps, and with it its names and its stamp.
func (s *Store) takeChangeOver(ctx context.Context, tx *sql.Tx, c savedChange) error {
	if err := s.insertChange(ctx, tx, c.change); err != nil {
		return err
	}
	status, receipt := c.status, []byte(nil)
	if status == StatusApplied {
		status = StatusPending
	}
	if c.receipt != nil && status != StatusPending {
		id := toID(c.change.GetId())
		plain, err := proto.Marshal(c.receipt)
		if err != nil {
			return fmt.Errorf("encode receipt: %w", err)
		}
		if receipt, err = s.vault.seal(tableReceipt, id, plain); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE change SET status = ?, saved_ms = ?, acked_ms = ?, copied = ?, receipt = ? WHERE seq = ?`,
		status, c.savedMS, c.ackedMS, c.copied, receipt, s.identity.lastSeq)
	if err != nil {
		return fmt.Errorf("take change over: %w", err)
	}
	return s.reindex(ctx, tx, toID(c.change.GetFamilyId()))
}
