package device

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// storeNotices takes over supervisors' decisions on the user's work.
func (s *Store) storeNotices(ctx context.Context, tx *sql.Tx, notices []*ksv1.FeedNotice) error {
	for _, n := range notices {
		if q := n.GetQuarantine(); q != nil {
			if err := s.storeDecision(ctx, tx, q); err != nil {
				return err
			}
		}
		if b := n.GetBatch(); b != nil {
			if err := s.storeBatch(ctx, tx, b); err != nil {
				return err
			}
		}
		s.identity.noticeRevision = max(s.identity.noticeRevision, n.GetRevision())
	}
	return nil
}

func (s *Store) storeDecision(ctx context.Context, tx *sql.Tx, q *ksv1.QuarantineDecision) error {
	rows, err := s.changes(ctx, tx, `WHERE status > 0 AND status = ? AND id = ?`, StatusQuarantined, q.GetChangeId())
	if err != nil || len(rows) == 0 {
		return err
	}
	status := StatusKeptOut
	if q.GetAdmitted() {
		status = StatusApplied
	}
	_, err = tx.ExecContext(ctx, `UPDATE change SET status = ?, revision = ?, escrow = NULL WHERE seq = ?`,
		status, int64(q.GetRevision()), rows[0].seq)
	if err != nil {
		return fmt.Errorf("store decision: %w", err)
	}
	return s.reindex(ctx, tx, merge.ID(rows[0].change.GetFamilyId()))
}

func (s *Store) storeBatch(ctx context.Context, tx *sql.Tx, b *ksv1.Batch) error {
	id, err := merge.ParseID(b.GetBatchId())
	if err != nil {
		return err
	}
	plain, err := proto.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode batch: %w", err)
	}
	sealed, err := s.vault.seal(tableBatch, id, plain)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE submission SET batch = ? WHERE id = ?`, sealed, id[:]); err != nil {
		return fmt.Errorf("store batch: %w", err)
	}
	return nil
}
