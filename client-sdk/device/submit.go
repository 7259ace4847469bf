package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Limits of a step of review, as the contract states them (BatchSubmission,
// ReviewDecision): what is over them the server takes no part of.
const (
	// NoteCharacters of a remark or of the note of a verdict.
	NoteCharacters = 2000
	// BatchFamilies of one batch.
	BatchFamilies = 1000
)

// Errors of what is over them; nothing was kept.
var (
	ErrNoteTooLong     = errors.New("catatan paling banyak 2.000 huruf; ringkas dulu, lalu ulangi")
	ErrTooManyFamilies = errors.New("paling banyak 1.000 keluarga dalam satu pengajuan; ajukan sisanya tersendiri")
)

// Submit stores a batch of families for review; it is sent with the next sync,
// after the changes made so far. All families must be of one village. Errors:
// ErrNotFound, ErrTakenAway, ErrNoteTooLong, ErrTooManyFamilies.
func (s *Store) Submit(ctx context.Context, families []merge.ID, note string) (merge.ID, error) {
	switch {
	case utf8.RuneCountInString(note) > NoteCharacters:
		return merge.ID{}, ErrNoteTooLong
	case len(families) > BatchFamilies:
		return merge.ID{}, ErrTooManyFamilies
	}
	s.mu.Lock()
	var id merge.ID
	err := s.write(ctx, func(tx *sql.Tx) error {
		id = s.nextID()
		b := &ksv1.BatchSubmission{Id: slices.Clone(id[:]), Author: s.identity.author, SubmittedAtMs: s.wallMS(), Note: note}
		for _, f := range families {
			summary := s.index.families[f]
			if summary == nil {
				return s.absent(ctx, tx, f)
			}
			if b.Village != 0 && b.Village != summary.Village {
				return fmt.Errorf("a batch has one village: family %s is of another", f)
			}
			b.Village = summary.Village
			b.FamilyIds = append(b.FamilyIds, slices.Clone(f[:]))
		}
		if len(b.FamilyIds) == 0 {
			return fmt.Errorf("a batch needs a family: %w", ErrNotFound)
		}
		return s.insertSubmission(ctx, tx, b)
	})
	s.mu.Unlock()
	if err != nil {
		return merge.ID{}, err
	}
	s.notify()
	return id, nil
}

// storeSubmitted stores what became of a batch that was sent: until the server tells of it by
// a notice it shows what the receipt says of its families.
func (s *Store) storeSubmitted(ctx context.Context, tx *sql.Tx, b *ksv1.BatchSubmission, receipt *ksv1.Receipt) error {
	refused := receipt.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID
	switch receipt.GetStatus() {
	case ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED:
		// Another's has its id: it is to be renumbered, whatever file it went into.
		if _, err := tx.ExecContext(ctx, `UPDATE submission SET copied = 0 WHERE id = ?`, b.GetId()); err != nil {
			return fmt.Errorf("release name of a submission: %w", err)
		}
		return s.releaseNames(ctx, tx, b.GetId(), nil, false)
	case ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE, ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID:
	default:
		return nil // newer than this version
	}
	if _, err := tx.ExecContext(ctx, `UPDATE submission SET status = 1, escrow = NULL WHERE id = ?`, b.GetId()); err != nil {
		return fmt.Errorf("store receipt of a submission: %w", err)
	}
	told, err := collect[int](ctx, tx, `SELECT 1 FROM submission WHERE id = ? AND batch IS NOT NULL`, b.GetId())
	if err != nil || !refused && len(told) > 0 {
		return err
	}
	return s.storeBatch(ctx, tx, batchBy(b, receipt))
}

// batchBy is a batch as its receipt tells of it.
func batchBy(b *ksv1.BatchSubmission, receipt *ksv1.Receipt) *ksv1.Batch {
	why := map[string]ksv1.NotQueued{}
	for _, f := range receipt.GetNotQueued() {
		why[f.GetFamilyId()] = f.GetNotQueued()
	}
	out := batchOf(b)
	for _, f := range out.GetFamilies() {
		f.NotQueued = why[f.GetFamilyId()]
		if receipt.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID {
			f.NotQueued = review.NoWork
		}
	}
	out.State = review.BatchStateOf(out)
	return out
}

// batchOf is a batch that the server does not have yet.
func batchOf(b *ksv1.BatchSubmission) *ksv1.Batch {
	out := &ksv1.Batch{
		BatchId: toID(b.GetId()).String(), Author: b.GetAuthor(), Village: b.GetVillage(), SubmittedAtMs: b.GetSubmittedAtMs(), Note: b.GetNote(),
		State: ksv1.BatchState_BATCH_STATE_OPEN,
	}
	for _, f := range b.GetFamilyIds() {
		out.Families = append(out.Families, &ksv1.BatchFamily{FamilyId: toID(f).String()})
	}
	return out
}

// readSubmissions reads the batches to be submitted, up to maxBytes a page (at least one),
// once all changes are read: they refer to families that the changes make.
func (s *Store) readSubmissions(ctx context.Context, maxBytes int) (*ksv1.UploadPage, error) {
	if !s.submissionsRead {
		var err error
		if s.submissions, err = collectIDs(ctx, s.db, `SELECT id FROM submission WHERE status = 0 ORDER BY after_seq, id`); err != nil {
			return nil, err
		}
		s.submissionsRead = true
	}
	page := &ksv1.UploadPage{}
	for len(s.submissions) > 0 {
		b, err := s.submission(ctx, s.db, s.submissions[0])
		if err != nil {
			return nil, err
		}
		size := proto.Size(b) + 4
		if len(page.Submissions) > 0 && size > maxBytes {
			break
		}
		page.Submissions = append(page.Submissions, b)
		maxBytes -= size
		s.submissions = s.submissions[1:]
	}
	return page, nil
}

// submission reads one.
func (s *Store) submission(ctx context.Context, q querier, id merge.ID) (*ksv1.BatchSubmission, error) {
	var payload []byte
	err := q.QueryRowContext(ctx, `SELECT payload FROM submission WHERE id = ?`, id[:]).Scan(&payload)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("batch %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read submission: %w", err)
	}
	plain, err := s.vault.open(tableSubmission, id, payload)
	if err != nil {
		return nil, fmt.Errorf("open submission: %w", err)
	}
	b := &ksv1.BatchSubmission{}
	if err := proto.Unmarshal(plain, b); err != nil {
		return nil, fmt.Errorf("decode submission: %w", err)
	}
	return b, nil
}
