package device

import (
	"context"
	"database/sql"
	"fmt"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// storeWelcome takes over the scope, the server's clock and the nonce, and
// starts anew in villages whose history was replaced.
func (s *Store) storeWelcome(ctx context.Context, w *ksv1.SyncWelcome) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		i := &s.identity
		i.offsetMS = sql.NullInt64{Int64: s.nowMS() - int64(w.GetClockMs()), Valid: true}
		i.serverClockMS = int64(w.GetClockMs())
		i.sessionNonces = i.sessionNonces[max(0, len(i.sessionNonces)-nonceBytes):]
		i.scopeRevision = w.GetScope().GetRevision()
		for _, village := range w.GetResetVillages() {
			if err := s.resetVillage(ctx, tx, village); err != nil {
				return err
			}
		}
		if err := settleAhead(ctx, tx, nameSent); err != nil {
			return err
		}
		if len(w.GetResetVillages()) > 0 || w.GetEpoch() != i.epoch {
			if err := s.judgeAnew(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.offerAgain(ctx, tx, w); err != nil {
			return err
		}
		if err := s.sealOffered(ctx, tx); err != nil {
			return err
		}
		if err := s.forgetRefused(ctx, tx); err != nil {
			return err
		}
		if err := s.storeReviewer(ctx, tx, w); err != nil {
			return err
		}
		if err := s.storeColleagues(ctx, tx, w.GetColleagues()); err != nil {
			return err
		}
		return s.storeScope(ctx, tx, w.GetScope(), w.GetEpoch())
	})
	s.accepted = err == nil
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

// offerAgain starts anew, where the server was restored, also in villages that
// no cursor watches over, because they are no longer in scope: what is confirmed
// of them is of the history that was replaced. It offers the own work, submissions and
// verdicts of all of them again; the server knows what it still has, and the rest goes to a supervisor's
// decision.
func (s *Store) offerAgain(ctx context.Context, tx *sql.Tx, w *ksv1.SyncWelcome) error {
	before := s.identity.epoch
	s.identity.epoch = w.GetEpoch()
	if before == w.GetEpoch() {
		return nil
	}
	if err := offerCarriedAgain(ctx, tx); err != nil {
		return err
	}
	if before == 0 {
		// What was brought of others before the first welcome went to a server of which
		// nobody knows whether it was restored since.
		return nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE change SET status = 0, revision = 0 WHERE status = 1`); err != nil {
		return fmt.Errorf("offer work again: %w", err)
	}
	if err := s.offerReviewAgain(ctx, tx, 0); err != nil {
		return err
	}
	unwatched, err := collect[uint32](ctx, tx, `SELECT DISTINCT village FROM confirmed`)
	if err != nil {
		return err
	}
	for _, village := range unwatched {
		if err := s.resetVillage(ctx, tx, village); err != nil {
			return err
		}
	}
	return nil
}

// resetVillage forgets what is confirmed of a village and offers the user's
// own work of the last KeepAppliedFor again, also what was saved under the number of a
// village that gave way to it.
func (s *Store) resetVillage(ctx context.Context, tx *sql.Tx, village uint32) error {
	for _, statement := range []string{
		`UPDATE village SET has_cursor = 0, revision = 0, hash = x'', witnessed_revision = 0, witnessed_hash = x'' WHERE number = ?`,
		`DELETE FROM held WHERE village = ?`,
		`UPDATE change SET status = 0, revision = 0
WHERE (village = ?1 OR family_id IN (SELECT family_id FROM confirmed WHERE village = ?1)) AND status = 1`,
		`DELETE FROM confirmed WHERE village = ?`,
	} {
		if _, err := tx.ExecContext(ctx, statement, village); err != nil {
			return fmt.Errorf("reset village %d: %w", village, err)
		}
	}
	if err := s.offerReviewAgain(ctx, tx, village); err != nil {
		return err
	}
	if err := s.loseSight(ctx, tx); err != nil {
		return err
	}
	// Nobody but the server can tell which of them are about this village.
	if err := offerCarriedAgain(ctx, tx); err != nil {
		return err
	}
	return s.reindexVillage(ctx, tx, village)
}
