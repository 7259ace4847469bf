package device

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// sending is what the present session has read for sending.
type sending struct {
	// accepted: the server has taken this database for the one that it knows, so that
	// what is sent it may keep, whether the device hears of it or not.
	accepted bool
	// before are pages that went ahead of its word.
	before []*ksv1.UploadPage
}

// noteSending notes, before a page goes, that what is in it keeps its names when others
// are given anew. Its receipts may be lost, and the server then be restored to a state
// that has it: under another name it would be taken twice. Until the server has accepted
// the database that does not count, for what a copy sends nobody takes.
func (s *Store) noteSending(ctx context.Context, page *ksv1.UploadPage) error {
	if !s.sending.accepted {
		s.sending.before = append(s.sending.before, page)
		return nil
	}
	return s.transact(ctx, func(tx *sql.Tx) error { return keepNames(ctx, tx, page) })
}

// noteAccepted is noteSending for what went ahead of the server's word.
func (s *Store) noteAccepted(ctx context.Context, tx *sql.Tx) error {
	for _, page := range s.sending.before {
		if err := keepNames(ctx, tx, page); err != nil {
			return err
		}
	}
	return nil
}

func keepNames(ctx context.Context, tx *sql.Tx, page *ksv1.UploadPage) error {
	keep := func(statement string, ids ...any) error {
		if _, err := tx.ExecContext(ctx, statement, ids...); err != nil {
			return fmt.Errorf("note what is sent: %w", err)
		}
		return nil
	}
	for _, c := range page.GetChanges() {
		if err := keep(`UPDATE change SET copied = 2 WHERE family_id = ? AND id = ? AND copied = 0`, c.GetFamilyId(), c.GetId()); err != nil {
			return err
		}
	}
	for _, b := range page.GetSubmissions() {
		if err := keep(`UPDATE submission SET copied = 2 WHERE id = ? AND copied = 0`, b.GetId()); err != nil {
			return err
		}
	}
	for _, d := range page.GetDecisions() {
		id, err := merge.ParseID(d.GetVerdictId())
		if err != nil {
			return err
		}
		if err := keep(`UPDATE decision SET copied = 2 WHERE id = ? AND copied = 0`, id[:]); err != nil {
			return err
		}
	}
	return nil
}

// releaseNames lets go of the names that were kept for having been sent, from an id on
// that turned out to be another's: two lives of the database drew the same ids from
// there on, and what is named by them, a family that was made under one, its later
// changes, a submission that lists it, would be joined to the other life's. What went
// into a file (copied = 1) keeps its own.
func releaseNames(ctx context.Context, tx *sql.Tx, forked []byte) error {
	first := toID(forked)
	device, incarnation, _, ok := first.Source()
	if !ok {
		return nil
	}
	last := merge.NewID(device, incarnation, math.MaxUint64)
	for _, table := range []string{"change", "submission", "decision"} {
		_, err := tx.ExecContext(ctx, `UPDATE `+table+` SET copied = 0 WHERE status = 0 AND copied = 2 AND id BETWEEN ? AND ?`, first[:], last[:])
		if err != nil {
			return fmt.Errorf("release names: %w", err)
		}
	}
	return nil
}
