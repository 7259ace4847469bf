package device

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// reincarnate draws a new incarnation for a database that is a copy, and
// renumbers what is unsent: ids of changes and of what they created, links,
// stamps and contexts. What the server has ever acked, or may have got by a file,
// keeps its names, also where it is offered again. epoch is that of the server where it
// told so before it took anything; 0 where it told by a receipt, or does not say.
func (s *Store) reincarnate(ctx context.Context, epoch uint64) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		become := 0
		if epoch != 0 && epoch != s.identity.epoch {
			become = nameSent
		}
		if err := settleAhead(ctx, tx, become); err != nil {
			return err
		}
		if err := s.drawIncarnation(); err != nil {
			return err
		}
		pending, err := s.changes(ctx, tx, `WHERE status = 0 AND acked_ms = 0 AND copied = 0 ORDER BY seq`)
		if err != nil {
			return err
		}
		if err := s.renumber(ctx, tx, pending); err != nil {
			return err
		}
		if err := s.renumberSubmissions(ctx, tx); err != nil {
			return err
		}
		if err := s.renumberDecisions(ctx, tx); err != nil {
			return err
		}
		return s.rechain(ctx, tx)
	})
	if err == nil {
		s.storeMark()
	}
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

func (s *Store) renumber(ctx context.Context, tx *sql.Tx, pending []row) error {
	known, err := s.knownIDs(ctx, tx)
	if err != nil {
		return err
	}
	changes := make([]*ksv1.Change, len(pending))
	touched := map[merge.ID]bool{}
	for i := range pending {
		changes[i] = pending[i].change
		touched[toID(changes[i].GetFamilyId())] = true
	}
	created := func(id merge.ID) bool { return !known[id] }
	if err := merge.Renumber(changes, s.identity.device, s.identity.incarnation, created); err != nil {
		return fmt.Errorf("renumber: %w", err)
	}
	if s.forkedFormer != 0 {
		// No grant names the new numbers: a supervisor decides which of the two goes on.
		if err := merge.Renumber(changes, s.forkedFormer, s.identity.incarnation, created); err != nil {
			return fmt.Errorf("renumber: %w", err)
		}
	}
	for i, c := range changes {
		touched[toID(c.GetFamilyId())] = true
		if err := s.rewriteChange(ctx, tx, pending[i].seq, c); err != nil {
			return err
		}
		// A receipt is about the change of the old id, and sealed as its.
		if _, err := tx.ExecContext(ctx, `UPDATE change SET receipt = NULL WHERE seq = ?`, pending[i].seq); err != nil {
			return fmt.Errorf("forget receipt: %w", err)
		}
	}
	for id := range touched {
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// knownIDs are the ids of families, members, rounds and visits that confirmed
// states hold or that own work has named which the server has acked or may have got by
// a file.
func (s *Store) knownIDs(ctx context.Context, tx *sql.Tx) (map[merge.ID]bool, error) {
	known := map[merge.ID]bool{}
	add := func(state *merge.State) {
		known[state.Family] = true
		for i := range state.Records {
			known[state.Records[i].Key.Record] = true
			known[state.Records[i].Key.Member] = true
		}
	}
	ids, err := collectIDs(ctx, tx, `SELECT family_id FROM confirmed`)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		f := &Family{ID: id}
		if _, err := s.readConfirmed(ctx, tx, f); err != nil {
			return nil, err
		}
		add(&f.State)
	}
	acked, err := s.changes(ctx, tx, `WHERE acked_ms > 0 OR copied > 0`)
	if err != nil {
		return nil, err
	}
	for _, r := range acked {
		known[toID(r.change.GetId())] = true
		delta, err := merge.FromChange(r.change)
		if err != nil {
			return nil, err
		}
		add(&delta)
	}
	return known, nil
}

// renumberSubmissions gives unsent submissions new ids, and renames the families that
// they list. One that went into a file keeps its own, as the families in it do.
func (s *Store) renumberSubmissions(ctx context.Context, tx *sql.Tx) error {
	known, err := s.knownIDs(ctx, tx)
	if err != nil {
		return err
	}
	ids, err := collectIDs(ctx, tx, `SELECT id FROM submission WHERE status = 0 AND copied = 0`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		b, err := s.submission(ctx, tx, id)
		if err != nil {
			return err
		}
		for i, f := range b.FamilyIds {
			b.FamilyIds[i] = s.renamed(toID(f), known)
		}
		if err := s.replaceSubmission(ctx, tx, id, b); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) renamed(id merge.ID, known map[merge.ID]bool) []byte {
	device, _, counter, ok := id.Source()
	if ok && (device == s.identity.device || device == s.forkedFormer) && !known[id] {
		id = merge.NewID(device, s.identity.incarnation, counter)
	}
	return id[:]
}

func (s *Store) replaceSubmission(ctx context.Context, tx *sql.Tx, old merge.ID, b *ksv1.BatchSubmission) error {
	b.Id = s.renamed(old, nil)
	plain, err := proto.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode submission: %w", err)
	}
	sealed, escrow, err := s.vault.sealTwice(tableSubmission, toID(b.Id), plain)
	if err != nil {
		return err
	}
	// What the server told of it is about the old id, and sealed as its.
	_, err = tx.ExecContext(ctx, `UPDATE submission SET id = ?, payload = ?, batch = NULL, escrow_id = ?, escrow = ? WHERE id = ?`,
		b.Id, sealed, nullID(s.escrowID, escrow != nil), escrow, old[:])
	if err != nil {
		return fmt.Errorf("store submission: %w", err)
	}
	return nil
}
