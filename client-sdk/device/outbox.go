package device

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// OutboxEntry is one of the user's own changes.
type OutboxEntry struct {
	ChangeID, FamilyID merge.ID
	Status             Status
	// SavedMS is device time, AckedMS the server's when the sync began that brought the
	// receipt, in ms since 1970-01-01 UTC; AckedMS is 0 where there is none.
	SavedMS, AckedMS int64
	// Receipt is what the server said; nil: nothing yet.
	Receipt *ksv1.Receipt
	// Decision is the supervisor's, by which the change, which was quarantined, stands as
	// Status says: admitted or kept out, with the note to its author; nil: none.
	Decision *ksv1.QuarantineDecision
	// Change is what was saved.
	Change *ksv1.Change
}

// Outbox lists the user's own changes that are still on the device, newest
// first, with where each stands.
func (s *Store) Outbox(ctx context.Context, limit int) ([]OutboxEntry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	rows, err := s.changes(ctx, s.db, `ORDER BY seq DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	out := make([]OutboxEntry, len(rows))
	for i, r := range rows {
		out[i] = OutboxEntry{
			ChangeID: toID(r.change.GetId()), FamilyID: toID(r.change.GetFamilyId()),
			Status: r.status, SavedMS: r.savedMS, AckedMS: r.ackedMS, Receipt: r.receipt, Decision: r.decided(), Change: r.change,
		}
	}
	return out, nil
}

// Counts is how many of the user's own changes stand where, how many steps of review are
// unsent, and how many verdicts were not applied.
type Counts struct {
	Pending, Applied, Refused, Quarantined int
	// Steps are submissions and verdicts that are not sent.
	Steps int
	// NotApplied are verdicts that the server did not apply, as Store.NotApplied lists them.
	NotApplied int
}

// Counts counts the changes that are still on the device, and the steps that are unsent.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Counts{}, ErrClosed
	}
	var c Counts
	err := s.db.QueryRowContext(ctx, `
SELECT (SELECT count(*) FROM change) - count(*), count(*) FILTER (WHERE status = 1),
    count(*) FILTER (WHERE status = 2), count(*) FILTER (WHERE status = 3),
    (SELECT count(*) FROM submission WHERE status = 0) + (SELECT count(*) FROM decision WHERE status = 0),
    (SELECT count(*) FROM decision WHERE status = 2 AND acknowledged = 0)
FROM change WHERE status > 0`).
		Scan(&c.Pending, &c.Applied, &c.Refused, &c.Quarantined, &c.Steps, &c.NotApplied)
	if err != nil {
		return Counts{}, fmt.Errorf("count changes: %w", err)
	}
	return c, nil
}

// Confirmed gives the canonical bytes of what the server has told of every
// family, by id: for tests that compare replicas.
func (s *Store) Confirmed(ctx context.Context) (map[merge.ID][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	ids, err := collectIDs(ctx, s.db, `SELECT family_id FROM confirmed`)
	if err != nil {
		return nil, err
	}
	out := make(map[merge.ID][]byte, len(ids))
	for _, id := range ids {
		f := &Family{ID: id}
		if _, err := s.readConfirmed(ctx, s.db, f); err != nil {
			return nil, err
		}
		out[id] = f.State.Encode(nil)
	}
	return out, nil
}
