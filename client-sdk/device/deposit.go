package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Sealed is what can be taken out of a store without its password: unsent
// changes, sealed for the server alone.
type Sealed struct {
	// Device is the registered number; Seed is of its Ed25519 key.
	Device uint32
	Seed   []byte
	// Granted: both are the former user's of a device that was taken over, until the first
	// sign-in on line.
	Granted bool
	// Wiped: the device was revoked, and nothing else is left on it.
	Wiped bool
	// Keys open the changes, for the server; Changes stand in the order in which
	// they were saved, each with its position in Keys.
	Keys    [][]byte
	Changes []*ksv1.DepositedChange
	// Steps are unsent steps of review, submissions first, as a backup file holds
	// them.
	Steps []*ksv1.BackupItem
	// Undeliverable are changes that the server has refused or that are not sealed
	// for it; Unsealed are the latter, refused ones included. Submissions are unsent
	// batches, which hold no answers, and Decisions unsent verdicts, whether sealed for it
	// or not.
	Undeliverable, Unsealed, Submissions, Decisions int
}

// ReadSealed reads them from a store that is not open. Errors:
// sqlite.ErrInUse, fs.ErrNotExist, also of one whose making was broken off.
func ReadSealed(ctx context.Context, o Options) (*Sealed, error) {
	return readLocked(ctx, o, (*Store).sealed)
}

func readLocked(ctx context.Context, o Options, read func(*Store, context.Context) (*Sealed, error)) (out *Sealed, err error) {
	if !Exists(o.Path) {
		return nil, fmt.Errorf("open %s: %w", o.Path, fs.ErrNotExist)
	}
	s, err := openFile(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.closeFile()) }()
	return read(s, ctx)
}

// ReadCopied is ReadSealed for what goes into a file that others bring to the server.
func ReadCopied(ctx context.Context, o Options) (*Sealed, error) {
	return readLocked(ctx, o, (*Store).copied)
}

// Copied is ReadCopied for a store that is open.
func (s *Store) Copied(ctx context.Context) (*Sealed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.copied(ctx)
}

// copied notes first that changes and steps keep their names: the server may know them.
func (s *Store) copied(ctx context.Context) (*Sealed, error) {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for _, table := range tablesOfWork {
			if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET copied = ? WHERE status = 0 AND escrow IS NOT NULL`, nameInFile); err != nil {
				return fmt.Errorf("note what is copied: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.sealed(ctx)
}

// Sealed reads them from a store that is open.
func (s *Store) Sealed(ctx context.Context) (*Sealed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sealed(ctx)
}

func (s *Store) sealed(ctx context.Context) (*Sealed, error) {
	if s.closed {
		return nil, ErrClosed
	}
	out := &Sealed{}
	err := s.db.QueryRowContext(ctx, `
SELECT device, (SELECT seed FROM deposit), (SELECT count(*) FROM change WHERE status = ?1 OR status = ?2 AND escrow IS NULL),
    (SELECT count(*) FROM change WHERE status IN (?1, ?2) AND escrow IS NULL), (SELECT count(*) FROM submission WHERE status = 0),
    (SELECT count(*) FROM decision WHERE status = 0), EXISTS (SELECT 1 FROM secret WHERE name = ?3), NOT EXISTS (SELECT 1 FROM keyslot WHERE purpose = ?4)
FROM identity`, StatusRefused, StatusPending, secretGranted, slotRoot).
		Scan(&out.Device, &out.Seed, &out.Undeliverable, &out.Unsealed, &out.Submissions, &out.Decisions, &out.Granted, &out.Wiped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("%s was never made whole: %w", s.path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("read device key: %w", err)
	}
	position := map[int64]uint32{}
	err = eachRow(ctx, s.db, `SELECT id, enc FROM escrow ORDER BY id`, nil, func(rows *sql.Rows) error {
		var id int64
		var enc []byte
		err := rows.Scan(&id, &enc)
		position[id] = uint32(len(out.Keys))
		out.Keys = append(out.Keys, enc)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, s.db, `SELECT id, escrow_id, escrow FROM change WHERE status = ? AND escrow IS NOT NULL ORDER BY seq`,
		[]any{StatusPending}, func(rows *sql.Rows) error {
			c := &ksv1.DepositedChange{}
			var key int64
			err := rows.Scan(&c.Id, &key, &c.Sealed)
			c.EscrowKey = position[key]
			out.Changes = append(out.Changes, c)
			return err
		})
	if err != nil {
		return nil, err
	}
	for _, q := range sealedSteps {
		err := eachRow(ctx, s.db, q.query, nil, func(rows *sql.Rows) error {
			item := &ksv1.BackupItem{Kind: q.kind}
			var key int64
			err := rows.Scan(&item.Id, &key, &item.Sealed, &item.Proof)
			item.EscrowKey = position[key]
			out.Steps = append(out.Steps, item)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sealedSteps read the unsent steps of review that are sealed for the server.
var sealedSteps = []struct {
	kind  ksv1.BackupItemKind
	query string
}{
	{ksv1.BackupItemKind_BACKUP_ITEM_KIND_SUBMISSION, `SELECT id, escrow_id, escrow, NULL FROM submission WHERE status = 0 AND escrow IS NOT NULL ORDER BY after_seq, id`},
	{ksv1.BackupItemKind_BACKUP_ITEM_KIND_DECISION, `SELECT id, escrow_id, escrow, proof FROM decision WHERE status = 0 AND escrow IS NOT NULL ORDER BY seq`},
}

// Discard deletes a store that was set aside.
func Discard(aside string) error {
	var all error
	for _, suffix := range []string{"", "-wal", "-shm", markSuffix} {
		if err := os.Remove(aside + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// PutDepositKey keeps the seed of the device's key for ReadSealed.
func (s *Store) PutDepositKey(ctx context.Context, seed []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transact(ctx, func(tx *sql.Tx) error { return putDepositKey(ctx, tx, seed) })
}

func putDepositKey(ctx context.Context, x execer, seed []byte) error {
	_, err := x.ExecContext(ctx, `INSERT INTO deposit (one, seed) VALUES (1, ?) ON CONFLICT DO NOTHING`, seed)
	if err != nil {
		return fmt.Errorf("store device key: %w", err)
	}
	return nil
}

// eachRow reads rows one by one.
func eachRow(ctx context.Context, db querier, query string, args []any, read func(rows *sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read device: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			return fmt.Errorf("read device: %w", err)
		}
	}
	return rows.Err()
}
