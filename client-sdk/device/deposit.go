package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Sealed is what can be taken out of a store without its password: unsent
// changes, sealed for the server alone.
type Sealed struct {
	// Device is the registered number; Seed is of its Ed25519 key.
	Device uint32
	Seed   []byte
	// Keys open the changes, for the server; Changes stand in the order in which
	// they were saved, each with its position in Keys.
	Keys    [][]byte
	Changes []*ksv1.DepositedChange
}

// ReadSealed reads them from a store that is not open. Errors:
// sqlite.ErrInUse, fs.ErrNotExist.
func ReadSealed(ctx context.Context, o Options) (out *Sealed, err error) {
	if !Exists(o.Path) {
		return nil, fmt.Errorf("open %s: %w", o.Path, fs.ErrNotExist)
	}
	s, err := openFile(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.closeFile()) }()
	out = &Sealed{}
	err = s.db.QueryRowContext(ctx, `SELECT device, seed FROM identity, deposit`).Scan(&out.Device, &out.Seed)
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
	return out, err
}

// PutDepositKey keeps the seed of the device's key for ReadSealed.
func (s *Store) PutDepositKey(ctx context.Context, seed []byte) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO deposit (one, seed) VALUES (1, ?) ON CONFLICT DO NOTHING`, seed)
	if err != nil {
		return fmt.Errorf("store device key: %w", err)
	}
	return nil
}

// eachRow reads rows one by one.
func eachRow(ctx context.Context, db *sql.DB, query string, args []any, read func(rows *sql.Rows) error) error {
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
