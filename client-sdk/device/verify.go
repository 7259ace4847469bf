package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/record"
)

// verify reads everything once at unlock: it proves the chain of changes,
// compares its end with the mark, drops confirmed states that can't be read
// back (the next sync brings them again), and fills the index.
func (s *Store) verify(ctx context.Context) error {
	broken, err := s.walkChain(ctx)
	if err != nil {
		return err
	}
	spoiled, lostSteps, err := s.walkAnswers(ctx)
	if err != nil {
		return err
	}
	broken += lostSteps
	mark, marked := s.mark.load()
	lost := 0
	if marked && !planted.Is(planted.RollbackUnnoticed) {
		lost = int(mark.misses(&s.identity))
	}
	damaged, err := s.fillIndex(ctx)
	if err != nil {
		return err
	}
	damaged += spoiled
	if broken == 0 && lost == 0 && damaged == 0 {
		// A power cut may have left an old mark, or none.
		if mark.seq != s.identity.lastSeq {
			s.storeMark()
		}
		return nil
	}
	s.addLoss(Loss{LostChanges: lost + broken, DamagedRecords: damaged, Detail: fmt.Sprintf(
		"chain ends at %d, mark at %d; %d links broken; %d records unreadable", s.identity.lastSeq, mark.seq, broken, damaged)})
	// Ids and stamps of what was lost may have been used: never again.
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.leaveUsed(ctx, tx); err != nil {
			return err
		}
		if err := s.rechain(ctx, tx); err != nil {
			return err
		}
		return s.refetchAll(ctx, tx)
	})
}

func (s *Store) addLoss(l Loss) {
	if s.loss == nil {
		s.loss = &Loss{}
	}
	if s.loss.LostChanges < 0 || l.LostChanges < 0 {
		s.loss.LostChanges = -1 // with what is unknown the sum is
	} else {
		s.loss.LostChanges += l.LostChanges
	}
	s.loss.DamagedRecords += l.DamagedRecords
	if l.SetAside != "" {
		s.loss.SetAside = l.SetAside
	}
	s.loss.Detail += l.Detail + "; "
}

// noteDamage records a row that could not be read back while the store is in
// use. Call with s.mu held.
func (s *Store) noteDamage(err error) {
	s.addLoss(Loss{DamagedRecords: 1, Detail: err.Error()})
}

func toID(b []byte) (id merge.ID) {
	copy(id[:], b)
	return id
}

func toHash(b []byte) (h [32]byte) {
	copy(h[:], b)
	return h
}

// unreadableState tells whether an error is of a row's content, not of the store.
func unreadableState(err error) bool {
	return errors.Is(err, record.ErrSealed) || errors.Is(err, record.ErrUnknownForm) || errors.Is(err, merge.ErrMalformedState)
}

// refetchAll makes the next sync bring everything anew and offers own work of
// the last KeepAppliedFor again.
func (s *Store) refetchAll(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{
		`UPDATE village SET has_cursor = 0, revision = 0, hash = x'', witnessed_revision = 0, witnessed_hash = x''`,
		`DELETE FROM held`,
		`DELETE FROM confirmed`,
		`UPDATE change SET status = 0, revision = 0 WHERE status = 1`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("start anew: %w", err)
		}
	}
	s.identity.noticeRevision = 0
	if err := s.sealOffered(ctx, tx); err != nil {
		return err
	}
	for id := range s.index.families {
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// ReportLoss records a loss that was found before the store was made.
func (s *Store) ReportLoss(l Loss) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addLoss(l)
}
