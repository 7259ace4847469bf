package device

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// whereRefused bounds verdicts to those that were not applied and that the user is to be told of.
const whereRefused = `WHERE status = 2 AND acknowledged = 0 `

// NotApplied lists the verdicts passed here that the server did not apply, newest first, at
// most limit: until Acknowledge, or the user judges the family again. After KeepAppliedFor
// they tell of nobody any more.
func (s *Store) NotApplied(ctx context.Context, limit int) ([]DecisionEntry, error) {
	return s.listed(ctx, whereRefused, limit)
}

// Acknowledge notes that the user has read that verdicts were not applied. Others are passed
// over.
func (s *Store) Acknowledge(ctx context.Context, verdicts ...merge.ID) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, id := range verdicts {
			if _, err := tx.ExecContext(ctx, `UPDATE decision SET acknowledged = 1, head_name = NULL WHERE id = ? AND status = 2`, id[:]); err != nil {
				return fmt.Errorf("acknowledge verdict: %w", err)
			}
		}
		return nil
	})
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

// storeRefusedElsewhere takes over which verdicts do not apply that the user passed on a
// device of before and that can't be read any more, as the server tells beside the receipts of
// a file. One that is here stands as it does.
func (s *Store) storeRefusedElsewhere(ctx context.Context, tx *sql.Tx, receipts []*ksv1.Receipt) error {
	for _, r := range receipts {
		d := r.GetDecision()
		verdict, err := merge.ParseID(d.GetVerdictId())
		family, malformed := merge.ParseID(d.GetFamilyId())
		if err != nil || malformed != nil || d.GetAuthor() != s.identity.author {
			continue
		}
		here, err := collect[int64](ctx, tx, `SELECT seq FROM decision WHERE id = ?`, verdict[:])
		if err != nil {
			return err
		}
		if len(here) > 0 {
			continue
		}
		if err := s.insertRefused(ctx, tx, verdict, r); err != nil {
			return err
		}
		if err := s.reindex(ctx, tx, family); err != nil {
			return err
		}
		if err := s.keepHeadName(ctx, tx, verdict, family); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) insertRefused(ctx context.Context, tx *sql.Tx, verdict merge.ID, r *ksv1.Receipt) error {
	if err := s.insertDecision(ctx, tx, r.GetDecision()); err != nil {
		return err
	}
	receipt := proto.CloneOf(r)
	receipt.Decision = nil
	plain, err := proto.Marshal(receipt)
	if err != nil {
		return fmt.Errorf("encode receipt: %w", err)
	}
	sealed, err := s.vault.seal(tableDecided, verdict, plain)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE decision SET status = 2, receipt = ?, escrow_id = NULL, escrow = NULL, refused_ms = ? WHERE id = ?`, sealed, s.toldMS(), verdict[:])
	if err != nil {
		return fmt.Errorf("store receipt of a verdict: %w", err)
	}
	return nil
}

// acknowledgeEarlier settles what was not applied on a family of which the user decides the
// same anew.
func (s *Store) acknowledgeEarlier(ctx context.Context, tx *sql.Tx, family merge.ID, d *ksv1.ReviewDecision) error {
	earlier, err := s.decisions(ctx, tx, whereRefused+`AND family_id = ? ORDER BY seq`, family[:])
	if err != nil {
		return err
	}
	for _, e := range earlier {
		if (e.Decision.GetDuplicate() == nil) != (d.GetDuplicate() == nil) {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE decision SET acknowledged = 1, head_name = NULL WHERE seq = ?`, e.seq); err != nil {
			return fmt.Errorf("acknowledge verdict: %w", err)
		}
	}
	return nil
}

// keepHeadName keeps beside a verdict that was not applied whom it was about, where the family
// is here; it has been indexed.
func (s *Store) keepHeadName(ctx context.Context, tx *sql.Tx, verdict, family merge.ID) error {
	summary := s.index.staged[family]
	if summary == nil || summary.HeadName == "" {
		return nil
	}
	sealed, err := s.vault.seal(tableHeadName, verdict, []byte(summary.HeadName))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE decision SET head_name = ? WHERE id = ?`, sealed, verdict[:]); err != nil {
		return fmt.Errorf("keep name beside a verdict: %w", err)
	}
	return nil
}

// forgetRefused takes whom they were about and what was written out of verdicts of which the
// server told longer than KeepAppliedFor ago that they were not applied. It keeps none of
// them: who did nothing else to a family that left the device is not told of its erasure.
func (s *Store) forgetRefused(ctx context.Context, tx *sql.Tx) error {
	before := s.toldMS() - KeepAppliedFor.Milliseconds()
	if _, err := tx.ExecContext(ctx, `UPDATE decision SET head_name = NULL WHERE head_name IS NOT NULL AND refused_ms < ?`, before); err != nil {
		return fmt.Errorf("forget names beside verdicts: %w", err)
	}
	old, err := collect[int64](ctx, tx, `SELECT seq FROM decision WHERE status = 2 AND refused_ms > 0 AND refused_ms < ?`, before)
	if err != nil {
		return err
	}
	for _, seq := range old {
		verdict, err := s.decisions(ctx, tx, `WHERE seq = ?`, seq)
		if unreadableState(err) {
			continue // the next unlock finds it (walkAnswers)
		}
		if err != nil {
			return err
		}
		if err := s.eraseNote(ctx, tx, &verdict[0]); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE decision SET refused_ms = 0 WHERE seq = ?`, seq); err != nil {
			return fmt.Errorf("forget note of a verdict: %w", err)
		}
	}
	return nil
}

// listed reads verdicts with whom those that were not applied were about.
func (s *Store) listed(ctx context.Context, where string, limit int) ([]DecisionEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	out, err := s.decisions(ctx, s.db, where+`ORDER BY seq DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Status != DecisionNotApplied {
			continue
		}
		var id, sealed []byte
		if err := s.db.QueryRowContext(ctx, `SELECT id, head_name FROM decision WHERE seq = ?`, out[i].seq).Scan(&id, &sealed); err != nil {
			return nil, fmt.Errorf("read name beside a verdict: %w", err)
		}
		if sealed == nil {
			continue
		}
		plain, err := s.vault.open(tableHeadName, toID(id), sealed)
		if unreadableState(err) {
			continue // the next unlock tells of it (walkHeadNames)
		}
		if err != nil {
			return nil, fmt.Errorf("open name beside a verdict: %w", err)
		}
		out[i].HeadName = string(plain)
	}
	return out, nil
}
