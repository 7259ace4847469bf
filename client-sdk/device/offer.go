package device

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"
)

// sealOffered seals for the server what is offered again, to one that was restored or
// by a device whose database was damaged. It had lost that seal when the server had it, and without one it could go into no backup
// file, no deposit and no hand-over, though this device may be the last that has it.
func (s *Store) sealOffered(ctx context.Context, tx *sql.Tx) error {
	if s.vault.escrow == nil {
		return nil
	}
	offered, err := s.changes(ctx, tx, `WHERE status = 0 AND escrow IS NULL ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, r := range offered {
		if err := s.rewriteChange(ctx, tx, r.seq, r.change); err != nil {
			return err
		}
	}
	submissions, err := collectIDs(ctx, tx, `SELECT id FROM submission WHERE status = 0 AND escrow IS NULL`)
	if err != nil {
		return err
	}
	for _, id := range submissions {
		b, err := s.submission(ctx, tx, id)
		if err != nil {
			return err
		}
		plain, err := proto.Marshal(b)
		if err != nil {
			return fmt.Errorf("encode submission: %w", err)
		}
		payload, escrow, err := s.vault.sealTwice(tableSubmission, id, plain)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE submission SET payload = ?, escrow_id = ?, escrow = ? WHERE id = ?`, payload, s.escrowID, escrow, id[:]); err != nil {
			return fmt.Errorf("seal submission: %w", err)
		}
	}
	decisions, err := s.decisions(ctx, tx, `WHERE status = 0 AND escrow IS NULL ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, e := range decisions {
		payload, escrow, err := s.sealDecision(e.Decision)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE decision SET payload = ?, escrow_id = ?, escrow = ? WHERE seq = ?`, payload, s.escrowID, escrow, e.seq); err != nil {
			return fmt.Errorf("seal verdict: %w", err)
		}
	}
	return nil
}
