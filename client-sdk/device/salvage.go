package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	aside := o.asideName("rusak")
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
		err = sqlite.EmptyLog(ctx, s.db)
	}
	if err := errors.Join(err, s.closeFile()); err != nil {
		return err
	}
	return besideWhole(beside.Path)
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

// takeOver writes what was salvaged into a new file, under a new incarnation, or under
// that of a grant.
func (s *Store) takeOver(ctx context.Context, saved *salvaged) error {
	p := Profile{Device: saved.identity.device, Account: saved.identity.author, EscrowPublicKey: saved.secrets[secretEscrow], Seed: saved.seed, Secrets: saved.secrets}
	granted := len(saved.secrets[secretGranted]) > 0
	if granted {
		p.Incarnation = saved.identity.incarnation
	}
	// Their tables were not taken over, so the next sync brings them anew.
	delete(saved.secrets, secretColleagues)
	if earlier := saved.secrets[secretLoss]; len(earlier) > 0 {
		s.addLoss(decodeLoss(earlier)) // which may not have been told yet
		delete(saved.secrets, secretLoss)
	}
	if err := s.initialise(ctx, s.db, saved.keys, saved.wrapped, p); err != nil {
		return err
	}
	s.identity.counter = saved.identity.counter
	if granted {
		s.identity.counter += grantedLeap
	}
	s.identity.clock.Last = saved.identity.clock.Last
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
	status, receipt, decision := c.status, []byte(nil), []byte(nil)
	if status == StatusApplied {
		status = StatusPending
	}
	id := toID(c.change.GetId())
	if c.receipt != nil && status != StatusPending {
		plain, err := proto.Marshal(c.receipt)
		if err != nil {
			return fmt.Errorf("encode receipt: %w", err)
		}
		if receipt, err = s.vault.seal(tableReceipt, id, plain); err != nil {
			return err
		}
	}
	if c.decision != nil && status != StatusPending {
		var err error
		if decision, err = s.sealJudged(id, c.decision); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE change SET status = ?, saved_ms = ?, acked_ms = ?, copied = ?, receipt = ?, decision = ? WHERE seq = ?`,
		status, c.savedMS, c.ackedMS, c.copied, receipt, decision, s.identity.lastSeq)
	if err != nil {
		return fmt.Errorf("take change over: %w", err)
	}
	return s.reindex(ctx, tx, toID(c.change.GetFamilyId()))
}
