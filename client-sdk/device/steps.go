package device

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// savedStep is a step of review that was read of a damaged file.
type savedStep struct {
	id         merge.ID
	submission *ksv1.BatchSubmission
	decision   *ksv1.ReviewDecision
	proof      []byte // of the decision
	copied     int64  // as of a change (savedChange)
}

// readableSteps reads the submissions and verdicts of a damaged file, row by row, and
// counts those that can't be read. What the server has had of them is
// offered again, as to one that was restored; verdicts that it did not apply are settled.
// Where a table's tree is damaged, what lies behind the damage is not seen.
func (s *Store) readableSteps(ctx context.Context) (out []savedStep, unreadable int) {
	submissions, err := collectIDs(ctx, s.db, `SELECT id FROM submission WHERE status IN (0, 1) ORDER BY after_seq, id`)
	if err != nil {
		unreadable++
	}
	for _, id := range submissions {
		b, err := s.submission(ctx, s.db, id)
		if err != nil {
			unreadable++
			continue
		}
		step := savedStep{id: id, submission: b}
		s.stepState(ctx, "submission", &step)
		out = append(out, step)
	}
	decisions, err := collectIDs(ctx, s.db, `SELECT id FROM decision WHERE status = 0 OR status = 1 AND made_ms > 0 ORDER BY seq`)
	if err != nil {
		unreadable++
	}
	for _, id := range decisions {
		d, err := s.decisions(ctx, s.db, `WHERE id = ?`, id[:])
		if err != nil || len(d) != 1 {
			unreadable++
			continue
		}
		step := savedStep{id: id, decision: d[0].Decision}
		s.stepState(ctx, "decision", &step)
		if proofs, err := s.proofsKept(ctx, []*ksv1.ReviewDecision{step.decision}); err == nil && len(proofs) == 1 { // not in files of before migration 033
			step.proof = proofs[0].GetProof()
		}
		out = append(out, step)
	}
	return out, unreadable
}

// stepState reads whether the server may know a step by its id; files of
// before migration 024 do not tell.
func (s *Store) stepState(ctx context.Context, table string, step *savedStep) {
	var sent bool
	err := s.db.QueryRowContext(ctx, `SELECT status = 1, copied FROM `+table+` WHERE id = ?`, step.id[:]).Scan(&sent, &step.copied)
	if err != nil || sent {
		step.copied = nameSent
	}
}

// takeStepsOver writes them into the new file, to be sent.
func (s *Store) takeStepsOver(ctx context.Context, tx *sql.Tx, steps []savedStep) error {
	for _, step := range steps {
		var err error
		table := "submission"
		if step.submission != nil {
			err = s.insertSubmission(ctx, tx, step.submission)
		} else {
			table, err = "decision", s.insertDecision(ctx, tx, step.decision)
		}
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE `+table+` SET copied = ? WHERE id = ?`, step.copied, step.id[:])
		}
		if err == nil && step.proof != nil {
			err = putProof(ctx, tx, step.id, step.proof)
		}
		if err != nil {
			return fmt.Errorf("take step of review over: %w", err)
		}
	}
	return nil
}

// insertSubmission stores a batch that is to be sent behind the changes made so
// far.
func (s *Store) insertSubmission(ctx context.Context, tx *sql.Tx, b *ksv1.BatchSubmission) error {
	id := toID(b.GetId())
	plain, err := proto.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode batch: %w", err)
	}
	sealed, escrow, err := s.vault.sealTwice(tableSubmission, id, plain)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO submission (id, after_seq, status, payload, escrow_id, escrow) VALUES (?, ?, 0, ?, ?, ?)`,
		id[:], s.identity.lastSeq, sealed, nullID(s.escrowID, escrow != nil), escrow)
	if err != nil {
		return fmt.Errorf("store batch: %w", err)
	}
	return nil
}

// insertDecision stores a verdict that is to be sent.
func (s *Store) insertDecision(ctx context.Context, tx *sql.Tx, d *ksv1.ReviewDecision) error {
	id, err := merge.ParseID(d.GetVerdictId())
	if err != nil {
		return err
	}
	family, err := merge.ParseID(d.GetFamilyId())
	if err != nil {
		return err
	}
	payload, escrow, err := s.sealDecision(d)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO decision (id, family_id, village, status, made_ms, payload, escrow_id, escrow) VALUES (?, ?, ?, 0, ?, ?, ?, ?)`,
		id[:], family[:], d.GetVillage(), int64(d.GetMadeAtMs()), payload, nullID(s.escrowID, escrow != nil), escrow)
	if err != nil {
		return fmt.Errorf("store verdict: %w", err)
	}
	return nil
}
