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
// ErrNotFound, ErrNoteTooLong, ErrTooManyFamilies.
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
				return fmt.Errorf("family %s: %w", f, ErrNotFound)
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
