package device

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// storeNotices takes over what was decided on the user's work.
func (s *Store) storeNotices(ctx context.Context, tx *sql.Tx, notices []*ksv1.FeedNotice) error {
	own, err := s.ownJudged(ctx, tx, notices)
	if err != nil {
		return err
	}
	for _, n := range notices {
		if q := n.GetQuarantine(); q != nil {
			for _, c := range own[toID(q.GetChangeId())] {
				if err := s.storeJudged(ctx, tx, c, q); err != nil {
					return err
				}
			}
		}
		if b := n.GetBatch(); b != nil {
			if err := s.storeBatch(ctx, tx, b); err != nil {
				return err
			}
		}
		if e := n.GetErasure(); e != nil {
			if err := s.storeErasure(ctx, tx, e); err != nil {
				return err
			}
		}
		if !s.noticesAnew {
			s.identity.noticeRevision = max(s.identity.noticeRevision, n.GetRevision())
		}
	}
	return nil
}

// ownChange is where one of the user's changes is kept.
type ownChange struct {
	id, family merge.ID
	seq        int64
}

const selectOwn = `SELECT seq, id, family_id FROM change INDEXED BY change_by_family WHERE id IN (?`

// ownJudged finds the user's changes that decisions are about, in one walk over the
// entries by family: an id alone has none.
func (s *Store) ownJudged(ctx context.Context, tx *sql.Tx, notices []*ksv1.FeedNotice) (map[merge.ID][]ownChange, error) {
	var ids []any
	for _, n := range notices {
		if q := n.GetQuarantine(); q != nil {
			ids = append(ids, q.GetChangeId())
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	out := map[merge.ID][]ownChange{}
	err := eachRow(ctx, tx, selectOwn+strings.Repeat(`, ?`, len(ids)-1)+`)`, ids, func(rows *sql.Rows) error {
		var c ownChange
		var id, family []byte
		err := rows.Scan(&c.seq, &id, &family)
		c.id, c.family = toID(id), toID(family)
		out[c.id] = append(out[c.id], c)
		return err
	})
	return out, err
}

// storeJudged keeps a supervisor's decision with the change that it is about. One that
// waits for it, or on which was decided before, then stands so; one whose receipt is still
// to come does so with that (judged), which tells whether the change of this id is this one.
func (s *Store) storeJudged(ctx context.Context, tx *sql.Tx, c ownChange, q *ksv1.QuarantineDecision) error {
	sealed, err := s.sealJudged(c.id, q)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE change SET decision = ? WHERE seq = ? AND status IN (0, 1, 3, 5)`, sealed, c.seq)
	if err != nil {
		return fmt.Errorf("store decision: %w", err)
	}
	status, revision := standing(q)
	// It is kept for as long as other receipts from now on, so that the user reads it.
	_, err = tx.ExecContext(ctx, `UPDATE change SET status = ?, revision = ?, acked_ms = ?, escrow = NULL WHERE seq = ? AND status IN (3, 5)`,
		status, int64(revision), s.toldMS(), c.seq)
	if err != nil {
		return fmt.Errorf("store decision: %w", err)
	}
	return s.reindex(ctx, tx, c.family)
}

// standing is where a quarantined change stands by what was decided on it, and its
// revision; nil: it waits.
func standing(q *ksv1.QuarantineDecision) (status Status, revision uint64) {
	switch {
	case q == nil:
		return StatusQuarantined, 0
	case q.GetAdmitted():
		return StatusApplied, q.GetRevision()
	default:
		return StatusKeptOut, 0
	}
}

// judged is where a change stands of which the server said that it is in quarantine: the
// decision may have come first.
func (s *Store) judged(ctx context.Context, tx *sql.Tx, c *ksv1.Change) (Status, uint64, error) {
	sealed, err := collect[[]byte](ctx, tx, `SELECT decision FROM change WHERE family_id = ? AND id = ? AND decision IS NOT NULL`, c.GetFamilyId(), c.GetId())
	if err != nil || len(sealed) == 0 {
		if namedAnew(c) {
			// A file may have brought it before it was given this name, and the decision came.
			s.readNoticesAnew()
		}
		return StatusQuarantined, 0, err
	}
	q, err := s.openJudged(toID(c.GetId()), sealed[0])
	if err != nil {
		return StatusQuarantined, 0, err
	}
	status, revision := standing(q)
	return status, revision, nil
}

// decided is the decision by which the change stands as it does; nil: none.
func (r *row) decided() *ksv1.QuarantineDecision {
	if status, _ := standing(r.decision); r.decision == nil || status != r.status {
		return nil
	}
	return r.decision
}

func (s *Store) sealJudged(change merge.ID, q *ksv1.QuarantineDecision) ([]byte, error) {
	plain, err := proto.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("encode decision: %w", err)
	}
	return s.vault.seal(tableJudged, change, plain)
}

// openJudged is nil where nothing is sealed.
func (s *Store) openJudged(change merge.ID, sealed []byte) (*ksv1.QuarantineDecision, error) {
	if sealed == nil {
		return nil, nil
	}
	plain, err := s.vault.open(tableJudged, change, sealed)
	if err != nil {
		return nil, fmt.Errorf("open decision on %s: %w", change, err)
	}
	q := &ksv1.QuarantineDecision{}
	if err := proto.Unmarshal(plain, q); err != nil {
		return nil, fmt.Errorf("decode decision on %s: %w", change, err)
	}
	return q, nil
}

// namedAnew tells of a change that it has another name than that under which it was saved,
// or a stamp of another source.
func namedAnew(c *ksv1.Change) bool {
	_, incarnation, _, ok := toID(c.GetId()).Source()
	return ok && incarnation != c.GetStamp().GetIncarnation()
}

// readNoticesAnew lets all notices come again with the next session.
func (s *Store) readNoticesAnew() {
	s.noticesAnew = s.noticesAnew || s.identity.noticeRevision > 0
	s.identity.noticeRevision = 0
}

// judgeAnew offers what was quarantined again, whatever was decided on it, to a server whose
// history was replaced, or may have been before a first welcome. It may know neither of the
// work nor of the decision, or have got the work by another way and merged it: only its
// receipt tells, and its notices, which all come again, whether the decision still holds. A
// change that stayed kept out here by a decision that nobody has any more would be on this
// device alone, until that forgets it.
func (s *Store) judgeAnew(ctx context.Context, tx *sql.Tx) error {
	s.readNoticesAnew()
	families, err := collectIDs(ctx, tx, `SELECT DISTINCT family_id FROM change WHERE status > 0 AND status IN (3, 5)`)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`UPDATE change SET decision = NULL WHERE decision IS NOT NULL`,
		`UPDATE change SET status = 0, revision = 0 WHERE status > 0 AND status IN (3, 5)`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("offer quarantined work again: %w", err)
		}
	}
	for _, id := range families {
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
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
