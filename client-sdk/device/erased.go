package device

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// eraseArrived takes what a family that came says is erased out of what the user entered
// and noted of it.
func (s *Store) eraseArrived(ctx context.Context, tx *sql.Tx, a *arrival) error {
	if !a.shown.erased && len(a.shown.gone.Members) == 0 {
		return nil
	}
	if !a.shown.erased {
		return s.eraseOwn(ctx, tx, a.shown.family, &a.shown.gone)
	}
	return s.eraseOwn(ctx, tx, a.shown.family, nil)
}

// storeErasure does the same by the server's word alone: the device may not hold the
// family any more, and so not get its mark.
func (s *Store) storeErasure(ctx context.Context, tx *sql.Tx, e *ksv1.FamilyErasure) error {
	family, err := merge.IDFromBytes(e.GetFamilyId())
	if err != nil {
		return err
	}
	var gone *merge.Gone
	if len(e.GetMemberIds()) > 0 {
		gone = &merge.Gone{HeadName: e.GetHeadName()}
		for _, b := range e.GetMemberIds() {
			member, err := merge.IDFromBytes(b)
			if err != nil {
				return err
			}
			gone.Members = append(gone.Members, member)
		}
	}
	if err := s.eraseOwn(ctx, tx, family, gone); err != nil {
		return err
	}
	met, err := s.tellsUnsent(ctx, tx, family, gone)
	if err != nil {
		return err
	}
	if met {
		s.noticesAnew, s.identity.noticeRevision = true, 0
	}
	if gone != nil {
		if err := s.eraseNotes(ctx, tx, family); err != nil {
			return err
		}
	}
	return s.reindex(ctx, tx, family)
}

// tellsUnsent tells whether what goes (nil: all) is in work that is unsent, or of which the
// receipt is still to come. The server may have taken it out of that already, and its receipt
// then says no more than that it has it: the erasure is to be told again behind it.
func (s *Store) tellsUnsent(ctx context.Context, tx *sql.Tx, family merge.ID, gone *merge.Gone) (bool, error) {
	verdicts, err := collect[int64](ctx, tx, `SELECT seq FROM decision WHERE family_id = ? AND status = 0`, family[:])
	if err != nil || len(verdicts) > 0 {
		return len(verdicts) > 0, err
	}
	rows, err := s.changes(ctx, tx, `WHERE family_id = ? AND status = ? ORDER BY seq`, family[:], StatusPending)
	if err != nil {
		return false, err
	}
	for i := range rows {
		if gone == nil {
			return true, nil
		}
		if stripped, err := gone.Strip(rows[i].change); err != nil || stripped {
			return stripped, err
		}
	}
	return false, nil
}

// eraseOwn takes what goes (nil: all) out of the user's own changes of a family, whatever
// became of them, and drops the verdicts on one of which all goes. What is unsent stays as
// it is: the server takes it out when it comes, and its receipt tells, or the erasure once
// more (tellsUnsent).
func (s *Store) eraseOwn(ctx context.Context, tx *sql.Tx, family merge.ID, gone *merge.Gone) error {
	rows, err := s.changes(ctx, tx, `WHERE family_id = ? AND status NOT IN (?, ?) ORDER BY seq`, family[:], StatusPending, StatusErased)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := s.eraseFrom(ctx, tx, &rows[i], gone); err != nil {
			return err
		}
	}
	if gone != nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM decision WHERE family_id = ? AND status > 0`, family[:]); err != nil {
		return fmt.Errorf("erase verdicts: %w", err)
	}
	return nil
}

// eraseNotes takes out of the verdicts on a family that goes on what the user wrote: it may
// tell of the erased, and the name kept beside them. They are not offered again: what they judged is no more.
func (s *Store) eraseNotes(ctx context.Context, tx *sql.Tx, family merge.ID) error {
	verdicts, err := s.decisions(ctx, tx, `WHERE family_id = ? AND status > 0 ORDER BY seq`, family[:])
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE decision SET head_name = NULL WHERE family_id = ?`, family[:]); err != nil {
		return fmt.Errorf("erase names beside verdicts: %w", err)
	}
	for _, e := range verdicts {
		if e.Decision.GetNote() == "" && len(e.Decision.GetFields()) == 0 {
			continue
		}
		if err := s.eraseNote(ctx, tx, &e); err != nil {
			return err
		}
	}
	return nil
}

// eraseNote takes out of a verdict what the user wrote.
func (s *Store) eraseNote(ctx context.Context, tx *sql.Tx, e *DecisionEntry) error {
	e.Decision.Note, e.Decision.Fields = "", nil
	payload, _, err := s.sealDecision(e.Decision)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE decision SET payload = ?, made_ms = 0, proof = NULL WHERE seq = ?`, payload, e.seq); err != nil {
		return fmt.Errorf("erase note of a verdict: %w", err)
	}
	return nil
}

// eraseFrom takes what goes (nil: all) out of one change. Of what it said when it was saved
// the hash stays: the chain goes by it, and the server knows the change by it. One of which
// nothing is left stands as erased.
func (s *Store) eraseFrom(ctx context.Context, tx *sql.Tx, r *row, gone *merge.Gone) error {
	content := savedContent(r.change)
	if gone == nil {
		r.change.Writes = nil
	} else if stripped, err := gone.Strip(r.change); err != nil || !stripped {
		return err
	}
	r.change.ContentHash = content[:]
	if err := s.rewriteChange(ctx, tx, r.seq, r.change); err != nil {
		return err
	}
	if len(r.change.GetWrites()) > 0 {
		return nil
	}
	// It is kept for as long as what was acked now, so that the user reads of it.
	_, err := tx.ExecContext(ctx, `
UPDATE change SET status = ?, acked_ms = iif(acked_ms = 0, ?, acked_ms), escrow_id = NULL, escrow = NULL, receipt = NULL, decision = NULL WHERE seq = ?`,
		StatusErased, s.toldMS(), r.seq)
	if err != nil {
		return fmt.Errorf("erase change: %w", err)
	}
	return nil
}

// eraseReceived empties a change of which the server's receipt says that all of it was
// about the erased.
func (s *Store) eraseReceived(ctx context.Context, tx *sql.Tx, c *ksv1.Change) error {
	rows, err := s.changes(ctx, tx, `WHERE family_id = ? AND id = ? AND status = ?`, c.GetFamilyId(), c.GetId(), StatusErased)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := s.eraseFrom(ctx, tx, &rows[i], nil); err != nil {
			return err
		}
	}
	return nil
}

// savedContent is the content hash that a change had when it was saved, whatever was erased
// of it since.
func savedContent(c *ksv1.Change) [sha256.Size]byte {
	if whole := c.GetContentHash(); len(whole) == sha256.Size {
		return [sha256.Size]byte(whole)
	}
	return merge.ContentHash(c)
}

// goneOf is who a family's state says is erased of one that goes on. Whether a head's name
// is, it does not say: a notice does (FamilyErasure).
func goneOf(h *ksv1.Household) (gone merge.Gone, err error) {
	for _, m := range h.GetMembers() {
		if m.GetMember().GetRemoval().GetReason() != ksv1.RemovalReason_REMOVAL_REASON_ERASED {
			continue
		}
		id, err := merge.ParseID(m.GetMemberId())
		if err != nil {
			return merge.Gone{}, err
		}
		gone.Members = append(gone.Members, id)
	}
	return gone, nil
}
