package device

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// salvage makes a new store under the same password in the place of a damaged file,
// which is kept beside it, and takes over every change that can still be read and
// proved; confirmed states come again with the next sync. Whatever it fails at, the
// damaged file is where it was, or the new store there whole (replacement).
func salvage(ctx context.Context, o Options, password string, cause error) (*Store, error) {
	if err := replaceDamaged(ctx, o, password, cause); err != nil {
		return nil, err
	}
	s, err := openFile(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, password); err != nil {
		return nil, errors.Join(err, s.closeFile())
	}
	return s, nil
}

func replaceDamaged(ctx context.Context, o Options, password string, cause error) (err error) {
	unlock, err := o.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := discardUnfinished(o.Path); err != nil {
		return fmt.Errorf("salvage: %w", err)
	}
	aside := fmt.Sprintf("%s.rusak-%s", o.Path, o.Env.Now().UTC().Format("20060102T150405"))
	for isThere(aside) || isThere(aside+"-wal") {
		aside += "x"
	}
	saved, err := readDamaged(ctx, o, password)
	switch {
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), err)
	case errors.Is(err, ErrWrongPassword):
		return ErrWrongPassword
	case errors.Is(err, errNotCopied), sqlite.IsFull(err), sqlite.IsFailure(err): // says nothing of the file
		return err
	case err != nil:
		if moved := moveFile(o.Path, aside); moved != nil {
			return errors.Join(cause, moved, moveFile(aside, o.Path))
		}
		return &Unreadable{SetAside: aside, Cause: errors.Join(cause, err)}
	}
	found := Loss{LostChanges: saved.missing(o), SetAside: aside, Detail: cause.Error()}
	r := replacement{path: o.Path, aside: aside}
	if err := saved.fill(ctx, o, found); err != nil {
		return errors.Join(err, r.undo())
	}
	return r.replace()
}

// missing is how many changes are known to be lost; -1: that is not known.
func (saved *salvaged) missing(o Options) int {
	m := markFile{path: o.Path + markSuffix}
	end, marked := m.load()
	if !marked || saved.gaveUp {
		return -1
	}
	return int(max(end.seq-saved.identity.anchorSeq-int64(len(saved.changes)), 0))
}

// fill makes the new store, beside the damaged file: it is closed, all in one file, and
// on disk.
func (saved *salvaged) fill(ctx context.Context, o Options, found Loss) (err error) {
	beside := o
	beside.Path = o.Path + unfinishedSuffix
	s, err := openFile(ctx, beside)
	var room *NoRoom
	if errors.As(err, &room) {
		return room.Cause // what is enough goes by the damaged file
	}
	if err != nil {
		return err
	}
	err = s.takeOver(ctx, saved)
	if err == nil {
		found.DamagedRecords = saved.unreadable
		s.addLoss(found)
		err = s.keepLoss(ctx, s.loss)
	}
	if err == nil {
		_, err = s.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	if err := errors.Join(err, s.closeFile()); err != nil {
		return err
	}
	if isThere(beside.Path + "-wal") {
		return fmt.Errorf("salvage: %s was not closed whole", beside.Path)
	}
	return nil
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

// errNotCopied: the copy that a damaged file is read from could not be made, which says
// nothing of what the file holds.
var errNotCopied = errors.New("damaged file could not be copied")

// readingCopy copies a damaged file, with the number of pages in its header set
// to those that are there, because SQLite reads nothing of a file that is
// shorter than its header says. Errors: errNotCopied; those of a disk that can't read it.
func readingCopy(from, to string) error {
	data, err := readWhole(from)
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
	wal, err := readWhole(from + "-wal")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	err = os.WriteFile(to, data, 0o600)
	if err == nil && wal != nil {
		err = os.WriteFile(to+"-wal", wal, 0o600)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errNotCopied, err)
	}
	return nil
}

func readWhole(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNotCopied, err)
	}
	defer f.Close()
	return io.ReadAll(f)
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
	gaveUp     bool // so much was unreadable that the rest was not tried
}

// readDamaged reads what it can; the key slot and the identity it must.
func readDamaged(ctx context.Context, o Options, password string) (out *salvaged, err error) {
	reading := o.Path + readingSuffix
	defer func() { err = errors.Join(err, Discard(reading)) }()
	if err := readingCopy(o.Path, reading); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", "file:"+reading+"?_query_only=1")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	s := &Store{db: db, env: o.Env, path: o.Path, index: newIndex()}
	if err := s.unlock(ctx, password); err != nil {
		return nil, err
	}
	out = &salvaged{identity: s.identity, keys: keySet{s.vault.root, s.vault.key}, secrets: map[string][]byte{}}
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
	out.changes, out.unreadable, out.gaveUp = s.readableChanges(ctx)
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

// stepsOverMax bounds how many numbers of changes are tried one by one where the table's
// tree can't be searched: a page of it holds far fewer.
const stepsOverMax = 1_000

// readableChanges walks row by row, stepping over what can't be read. An answer that
// can't be read costs the answer alone. gaveUp tells that stepsOverMax was reached: how
// much lies behind is unknown.
func (s *Store) readableChanges(ctx context.Context) (out []savedChange, unreadable int, gaveUp bool) {
	last, failures := int64(0), 0
	for failures < stepsOverMax {
		var seq sql.NullInt64
		if err := s.db.QueryRowContext(ctx, `SELECT min(seq) FROM change WHERE seq > ?`, last).Scan(&seq); err != nil {
			last, failures, unreadable = last+1, failures+1, unreadable+1
			continue
		}
		if !seq.Valid {
			return out, unreadable, false
		}
		last = seq.Int64
		c, err := s.readableChange(ctx, last)
		if err != nil {
			unreadable++
			continue
		}
		out = append(out, c)
	}
	return out, unreadable, true
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
	if earlier := saved.secrets[secretLoss]; len(earlier) > 0 {
		l, err := decodeLoss(earlier)
		if err != nil {
			return err
		}
		s.addLoss(l) // which may not have been told yet
		delete(saved.secrets, secretLoss)
	}
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
