package device

import (
	"context"
	"database/sql"
	"errors"

	"github.com/keluarga-sehat/sync/internal/syncing"
)

// secretGranted is there from a hand-over to the first sign-in on line: what is saved
// meanwhile must bear the incarnation that the supervisor's grant names. That it is there
// tells of a locked store, too, that its device key is the former user's.
const secretGranted = "granted"

// grantedLeap is how far the counter jumps where ids of what was lost may have been
// used and the incarnation must stay.
const grantedLeap = 1 << 32

// leaveUsed makes sure that ids of what was lost are never given again: by a new
// incarnation, or under a grant by counters that were not reached.
func (s *Store) leaveUsed(ctx context.Context, tx *sql.Tx) error {
	granted, err := s.secretIn(ctx, tx, secretGranted)
	if err != nil {
		return err
	}
	if len(granted) == 0 {
		return s.drawIncarnation()
	}
	s.identity.counter += grantedLeap
	return nil
}

// readableCarried are the parts of others' work that were not delivered yet, as far as
// they can be read.
func (s *Store) readableCarried(ctx context.Context) (parts [][]byte, unreadable int) {
	err := eachRow(ctx, s.db, `SELECT part FROM carried WHERE status <> 1 AND part IS NOT NULL ORDER BY file_id, number`, nil, func(rows *sql.Rows) error {
		var part []byte
		err := rows.Scan(&part)
		parts = append(parts, part)
		return err
	})
	if err != nil {
		unreadable++
	}
	return parts, unreadable
}

// carryOn takes over what readableCarried gave; it counts what was altered, or has no
// room here.
func (s *Store) carryOn(ctx context.Context, parts [][]byte) (lost int, err error) {
	for _, part := range parts {
		_, err := s.Carry(ctx, [][]byte{part})
		switch {
		case errors.Is(err, syncing.ErrBackupDamaged), errors.Is(err, ErrCarriesTooMuch):
			lost++
		case err != nil:
			return lost, err
		}
	}
	return lost, nil
}
