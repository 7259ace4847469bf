package device

import (
	"context"
	"database/sql"
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// DecisionStatus is where a verdict passed here stands.
type DecisionStatus int

// States of a decision; the numbers are stored.
const (
	// DecisionPending: not with the server yet.
	DecisionPending DecisionStatus = iota
	// DecisionApplied: the server decided so.
	DecisionApplied
	// DecisionNotApplied: the server did not; the receipt says why.
	DecisionNotApplied
)

// DecisionEntry is a verdict passed here, with where it stands.
type DecisionEntry struct {
	Decision *ksv1.ReviewDecision
	Status   DecisionStatus
	// Receipt is what the server said; nil: nothing yet.
	Receipt *ksv1.Receipt
	// HeadName is of a family whose verdict was not applied, as it was when that was told;
	// "": not known, or forgotten.
	HeadName string

	seq int64
}

// ErrNotJudgeable is returned for a verdict that would not apply: it was judged,
// is nobody's submission, or is the user's own work. Reason is one of package
// review.
type ErrNotJudgeable struct{ Reason string }

// Error names the reason.
func (e *ErrNotJudgeable) Error() string { return "verdict would not apply: " + e.Reason }

// Decide stores a verdict on the family as the server told it last, or on the
// state that JudgedDigest names where it is given; it goes with the next sync,
// behind changes and submissions. Until then it shows as if it had applied.
// Errors: ErrNotFound, ErrNoteTooLong, *ErrNotJudgeable.
func (s *Store) Decide(ctx context.Context, d *ksv1.ReviewDecision, findings bool) (merge.ID, error) {
	s.mu.Lock()
	var id merge.ID
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		id, err = s.decide(ctx, tx, d, findings)
		return err
	})
	s.mu.Unlock()
	if err != nil {
		return merge.ID{}, err
	}
	s.notify()
	return id, nil
}

func (s *Store) decide(ctx context.Context, tx *sql.Tx, d *ksv1.ReviewDecision, findings bool) (merge.ID, error) {
	if utf8.RuneCountInString(d.GetNote()) > NoteCharacters {
		return merge.ID{}, ErrNoteTooLong
	}
	family, err := merge.ParseID(d.GetFamilyId())
	if err != nil {
		return merge.ID{}, err
	}
	f, err := s.family(ctx, tx, family)
	if err != nil {
		return merge.ID{}, err
	}
	id := s.nextID()
	d = proto.CloneOf(d)
	d.VerdictId, d.Author, d.Village, d.MadeAtMs = id.String(), s.identity.author, f.Village, s.wallMS()
	if d.GetDuplicate() == nil && len(d.GetJudgedDigest()) == 0 {
		d.JudgedDigest = f.digest[:]
	}
	by, err := s.personIn(ctx, tx)
	if err != nil {
		return merge.ID{}, err
	}
	if reason := f.refusal(d, findings, by); reason != "" {
		return merge.ID{}, &ErrNotJudgeable{reason}
	}
	if err := s.acknowledgeEarlier(ctx, tx, family, d); err != nil {
		return merge.ID{}, err
	}
	if err := s.insertDecision(ctx, tx, d); err != nil {
		return merge.ID{}, err
	}
	return id, s.reindex(ctx, tx, family)
}

// refusal says why a decision of the user would not apply; "" where it would, by what
// the device knows.
func (f *Family) refusal(d *ksv1.ReviewDecision, findings bool, by review.Person) string {
	switch {
	case d.GetDuplicate() != nil:
		return review.DuplicateRefusal(review.DuplicateCase{Family: f.ID.String(), Duplicates: f.Review.GetDuplicates()}, d)
	case f.Unsent:
		return review.OwnWork
	}
	return review.Refusal(review.Present{Review: f.Review, Digest: f.digest, Authors: f.Review.GetAuthors(), Findings: findings}, d, by)
}

// sealDecision seals a verdict for the user, and for the server.
func (s *Store) sealDecision(d *ksv1.ReviewDecision) (payload, escrow []byte, err error) {
	id, err := merge.ParseID(d.GetVerdictId())
	if err != nil {
		return nil, nil, err
	}
	plain, err := proto.Marshal(d)
	if err != nil {
		return nil, nil, fmt.Errorf("encode verdict: %w", err)
	}
	return s.vault.sealTwice(tableDecision, id, plain)
}

// Decisions lists the verdicts passed here, newest first, at most limit.
func (s *Store) Decisions(ctx context.Context, limit int) ([]DecisionEntry, error) {
	return s.listed(ctx, "", limit)
}

func (s *Store) decisions(ctx context.Context, q querier, where string, args ...any) ([]DecisionEntry, error) {
	var out []DecisionEntry
	err := eachRow(ctx, q, `SELECT seq, id, status, payload, receipt FROM decision `+where, args, func(rows *sql.Rows) error {
		var e DecisionEntry
		var id, payload, receipt []byte
		if err := rows.Scan(&e.seq, &id, &e.Status, &payload, &receipt); err != nil {
			return err
		}
		plain, err := s.vault.open(tableDecision, toID(id), payload)
		if err != nil {
			return fmt.Errorf("open verdict: %w", err)
		}
		e.Decision = &ksv1.ReviewDecision{}
		if err := proto.Unmarshal(plain, e.Decision); err != nil {
			return fmt.Errorf("decode verdict: %w", err)
		}
		if receipt != nil {
			if plain, err = s.vault.open(tableDecided, toID(id), receipt); err != nil {
				return fmt.Errorf("open receipt of a verdict: %w", err)
			}
			e.Receipt = &ksv1.Receipt{}
			err = proto.Unmarshal(plain, e.Receipt)
		}
		out = append(out, e)
		return err
	})
	return out, err
}

// overlayDecisions shows a family's review as the verdicts that wait here will
// make it. One on a state that has changed since shows nothing: it will not apply.
func (s *Store) overlayDecisions(ctx context.Context, q querier, f *Family) error {
	if f.Review == nil {
		return nil
	}
	waiting, err := s.decisions(ctx, q, `WHERE family_id = ? AND status = 0 ORDER BY seq`, f.ID[:])
	if err != nil || len(waiting) == 0 {
		return err
	}
	by, err := s.personIn(ctx, q)
	if err != nil {
		return err
	}
	for _, e := range waiting {
		step := review.Step{Account: e.Decision.GetAuthor(), AtMS: e.Decision.GetMadeAtMs(), Revision: f.Review.GetRevision()}
		if e.Decision.GetDuplicate() != nil {
			if f.refusal(e.Decision, false, by) == "" {
				f.Review = proto.CloneOf(f.Review)
				f.Review.Duplicates = review.DecideDuplicate(f.Review.GetDuplicates(), e.Decision, step)
			}
			continue
		}
		present := review.Present{Review: f.Review, Digest: f.digest, Authors: f.Review.GetAuthors()}
		if review.Refusal(present, e.Decision, by) != "" {
			continue
		}
		f.Review = review.Judge(f.Review, e.Decision, e.Decision.GetDueDate(), step)
		f.Deciding = true
	}
	return nil
}

// readDecisions reads verdicts to be sent, up to maxBytes, once changes and
// submissions are read.
func (s *Store) readDecisions(ctx context.Context, maxBytes int) (*ksv1.UploadPage, error) {
	page := &ksv1.UploadPage{}
	rows, err := s.decisions(ctx, s.db, `WHERE status = 0 AND seq > ? ORDER BY seq LIMIT 256`, s.decisionsUpTo)
	if err != nil {
		return nil, err
	}
	for _, e := range rows {
		size := proto.Size(e.Decision) + 4 + proofFrame
		if len(page.Decisions) > 0 && size > maxBytes {
			break
		}
		page.Decisions = append(page.Decisions, e.Decision)
		maxBytes -= size
		s.decisionsUpTo = e.seq
	}
	page.Proofs, err = s.proofsKept(ctx, page.Decisions)
	return page, err
}

// storeDecided stores what became of a page's verdicts. A server that does not
// know verdicts yet gives no receipts: they wait for one that does.
func (s *Store) storeDecided(ctx context.Context, tx *sql.Tx, page *ksv1.UploadPage, ack *ksv1.SyncUploadAck) error {
	before := len(page.GetChanges()) + len(page.GetSubmissions())
	if len(ack.GetReceipts()) == before {
		return nil
	}
	for i, d := range page.GetDecisions() {
		receipt := ack.GetReceipts()[before+i]
		id, err := merge.ParseID(d.GetVerdictId())
		if err != nil {
			return err
		}
		var status DecisionStatus
		switch receipt.GetStatus() {
		case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
			if _, err := tx.ExecContext(ctx, `UPDATE decision SET copied = 0, proof = NULL WHERE id = ?`, id[:]); err != nil {
				return fmt.Errorf("release name of a verdict: %w", err)
			}
			if err := s.releaseNames(ctx, tx, id[:], nil, false); err != nil {
				return err
			}
			continue // to be renumbered
		case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE:
			status = DecisionApplied
		case ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID:
			status = DecisionNotApplied
		default:
			continue // newer than this version
		}
		plain, err := proto.Marshal(receipt)
		if err != nil {
			return fmt.Errorf("encode receipt: %w", err)
		}
		sealed, err := s.vault.seal(tableDecided, id, plain)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE decision SET status = ?1, receipt = ?2, escrow = NULL, refused_ms = iif(?1 = 2, ?3, refused_ms) WHERE id = ?4`,
			status, sealed, s.toldMS(), id[:]); err != nil {
			return fmt.Errorf("store receipt of a verdict: %w", err)
		}
		family, err := merge.ParseID(d.GetFamilyId())
		if err == nil {
			err = keepProof(ctx, tx, id, receipt)
		}
		if err == nil {
			err = s.reindex(ctx, tx, family)
		}
		if err == nil && status == DecisionNotApplied {
			err = s.keepHeadName(ctx, tx, id, family)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// renumberDecisions gives unsent verdicts new ids, but for those that went into a file;
// their families are known to the server, and keep theirs.
func (s *Store) renumberDecisions(ctx context.Context, tx *sql.Tx) error {
	waiting, err := s.decisions(ctx, tx, `WHERE status = 0 AND copied = 0 ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, e := range waiting {
		id := s.nextID()
		e.Decision.VerdictId = id.String()
		payload, escrow, err := s.sealDecision(e.Decision)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE decision SET id = ?, payload = ?, receipt = NULL, proof = NULL, escrow_id = ?, escrow = ? WHERE seq = ?`,
			id[:], payload, nullID(s.escrowID, escrow != nil), escrow, e.seq)
		if err != nil {
			return fmt.Errorf("store verdict anew: %w", err)
		}
	}
	return nil
}

// offerReviewAgain makes the next session offer again what the server may have
// lost when it was restored: submissions and verdicts of a village, 0: of all, whether the
// device still holds anything of them or not. What the server still has it knows by the id;
// when they were made tells nothing, for the clock may have been years behind. A verdict that
// lost its note to an erasure (made_ms 0) is not: it is not what the server knows by its id.
func (s *Store) offerReviewAgain(ctx context.Context, tx *sql.Tx, village uint32) error {
	_, err := tx.ExecContext(ctx, `UPDATE decision SET status = 0, receipt = NULL WHERE ?1 IN (0, village) AND status = 1 AND made_ms > 0`, village)
	if err != nil {
		return fmt.Errorf("offer verdicts again: %w", err)
	}
	ids, err := collectIDs(ctx, tx, `SELECT id FROM submission WHERE status = 1`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if village != 0 {
			b, err := s.submission(ctx, tx, id)
			if err != nil {
				return err
			}
			if b.GetVillage() != village {
				continue
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE submission SET status = 0 WHERE id = ?`, id[:]); err != nil {
			return fmt.Errorf("offer submission again: %w", err)
		}
	}
	return nil
}

// Batches lists the batches submitted here, newest first, as the server told of
// them last; one that it does not have yet is open.
func (s *Store) Batches(ctx context.Context, limit int) ([]*ksv1.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	ids, err := collectIDs(ctx, s.db, `SELECT id FROM submission ORDER BY after_seq DESC, id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	out := make([]*ksv1.Batch, len(ids))
	for i, id := range ids {
		if out[i], err = s.batch(ctx, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Store) batch(ctx context.Context, id merge.ID) (*ksv1.Batch, error) {
	b, err := s.submission(ctx, s.db, id)
	if err != nil {
		return nil, err
	}
	var status int
	var told []byte
	if err := s.db.QueryRowContext(ctx, `SELECT status, batch FROM submission WHERE id = ?`, id[:]).Scan(&status, &told); err != nil {
		return nil, fmt.Errorf("read batch: %w", err)
	}
	out := batchOf(b)
	if status == 1 {
		out.State = ksv1.BatchState_BATCH_STATE_UPLOADED // of before receipts were kept
	}
	if told == nil {
		return out, nil
	}
	plain, err := s.vault.open(tableBatch, id, told)
	if err != nil {
		return nil, fmt.Errorf("open batch: %w", err)
	}
	out = &ksv1.Batch{}
	if err := proto.Unmarshal(plain, out); err != nil {
		return nil, fmt.Errorf("decode batch: %w", err)
	}
	return out, nil
}
