package device

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What becomes of the names of unsent work where others are given anew (the column
// copied of change, submission and decision; 0: it gets others).
const (
	// nameInFile: it went into a file, or along with a device that was handed over, so
	// that the server may get it by those names.
	nameInFile = 1
	// nameSent: it was sent to a server that had taken this database for the one that it
	// knows. Its receipts may be lost, and the server then be restored to a state that has
	// it: under another name it would be taken twice.
	nameSent = 2
	// nameSentAhead: it went, in the present session, ahead of the server's word on the
	// database. What a copy sends nobody takes. In a session that ended without a word it
	// counts as sent, for the server may have taken it: which it has, receipts will tell.
	nameSentAhead = 3
)

// tablesOfWork are those of what a device sends.
var tablesOfWork = []string{"change", "submission", "decision"}

// noteSending notes, before a page goes, that what is in it keeps its names.
func (s *Store) noteSending(ctx context.Context, page *ksv1.UploadPage) error {
	as := nameSentAhead
	if s.accepted {
		as = nameSent
	}
	return s.transact(ctx, func(tx *sql.Tx) error { return keepNames(ctx, tx, page, as) })
}

const settleChangesAhead = `UPDATE change SET copied = ? WHERE seq IN unsent AND copied = ?`

// settleAhead says what becomes of the names of all that went ahead of the server's word.
func settleAhead(ctx context.Context, tx *sql.Tx, become int) error {
	for _, statement := range []string{
		settleChangesAhead,
		`UPDATE submission SET copied = ? WHERE status = 0 AND copied = ?`,
		`UPDATE decision SET copied = ? WHERE status = 0 AND copied = ?`,
	} {
		if _, err := tx.ExecContext(ctx, statement, become, nameSentAhead); err != nil {
			return fmt.Errorf("note what was sent ahead: %w", err)
		}
	}
	return nil
}

func keepNames(ctx context.Context, tx *sql.Tx, page *ksv1.UploadPage, as int) error {
	keep := func(statement string, ids ...any) error {
		if _, err := tx.ExecContext(ctx, statement, append([]any{as}, ids...)...); err != nil {
			return fmt.Errorf("note what is sent: %w", err)
		}
		return nil
	}
	for _, c := range page.GetChanges() {
		if err := keep(`UPDATE change SET copied = ? WHERE family_id = ? AND id = ? AND copied = 0`, c.GetFamilyId(), c.GetId()); err != nil {
			return err
		}
	}
	for _, b := range page.GetSubmissions() {
		if err := keep(`UPDATE submission SET copied = ? WHERE id = ? AND copied = 0`, b.GetId()); err != nil {
			return err
		}
	}
	for _, d := range page.GetDecisions() {
		id, err := merge.ParseID(d.GetVerdictId())
		if err != nil {
			return err
		}
		if err := keep(`UPDATE decision SET copied = ? WHERE id = ? AND copied = 0`, id[:]); err != nil {
			return err
		}
	}
	return nil
}

// releaseNames lets go of the names that were kept for having been sent, from an id on
// that turned out to be another's: two lives of the database drew the same ids from
// there on, and what is named by them, a family that was made under one, a submission that
// lists it, would be joined to the other life's. What went into a file keeps its own, but
// for all that follows in the family. Where that change made the family (made), no server
// has it: what follows loses its ack too, which one gave that was restored since.
func (s *Store) releaseNames(ctx context.Context, tx *sql.Tx, forked, family []byte, made bool) error {
	first := toID(forked)
	device, incarnation, _, ok := first.Source()
	if !ok {
		return nil
	}
	if device != s.identity.device {
		if s.forkedFormers == nil {
			s.forkedFormers = map[uint32]bool{}
		}
		s.forkedFormers[device] = true
	}
	last := merge.NewID(device, incarnation, math.MaxUint64)
	for _, table := range tablesOfWork {
		_, err := tx.ExecContext(ctx, `UPDATE `+table+` SET copied = 0 WHERE status = 0 AND copied = ? AND id BETWEEN ? AND ?`, nameSent, first[:], last[:])
		if err != nil {
			return fmt.Errorf("release names: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, `
UPDATE change SET copied = 0, acked_ms = iif(?3, 0, acked_ms), decision = iif(?3, NULL, decision)
WHERE family_id = ?1 AND status = 0 AND seq >= (SELECT seq FROM change WHERE family_id = ?1 AND id = ?2)`, family, first[:], made)
	if err != nil {
		return fmt.Errorf("release names of a family: %w", err)
	}
	return nil
}
