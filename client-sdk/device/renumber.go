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
// keeps its names, also where it is offered again; and with it what follows in its family,
// which may turn out to be another's (releaseNames).
func (s *Store) reincarnate(ctx context.Context) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		// What the present session sent ahead nobody has taken.
		if err := settleAhead(ctx, tx, 0); err != nil {
			return err
		}
		if err := s.drawIncarnation(); err != nil {
			return err
		}
		pending, err := s.changes(ctx, tx, `WHERE (status = 0 AND acked_ms = 0 AND copied = 0 OR status = ?)
AND family_id NOT IN (SELECT family_id FROM change WHERE status = 0 AND acked_ms = 0 AND copied > 0) ORDER BY seq`, StatusRefused)
		if err != nil {
			return err
		}
		known, err := s.knownIDs(ctx, tx, pending)
		if err != nil {
			return err
		}
		renaming, err := s.renumber(ctx, tx, pending, known)
		if err != nil {
			return err
		}
		if err := s.renumberSubmissions(ctx, tx, renaming); err != nil {
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

func (s *Store) renumber(ctx context.Context, tx *sql.Tx, pending []row, known map[merge.ID]bool) (*merge.Renaming, error) {
	changes := make([]*ksv1.Change, len(pending))
	touched := map[merge.ID]bool{}
	for i := range pending {
		changes[i] = pending[i].change
		touched[toID(changes[i].GetFamilyId())] = true
	}
	renaming := &merge.Renaming{
		Source: func(device, _ uint32) (uint32, bool) {
			// No grant names the new numbers of a former device: a supervisor decides which of
			// the two goes on.
			return s.identity.incarnation, device == s.identity.device || s.forkedFormers[device]
		},
		Created: func(id merge.ID) bool { return !known[id] },
	}
	if err := merge.Renumber(changes, renaming); err != nil {
		return nil, fmt.Errorf("renumber: %w", err)
	}
	for i, c := range changes {
		touched[toID(c.GetFamilyId())] = true
		if err := s.rewriteChange(ctx, tx, pending[i].seq, c); err != nil {
			return nil, err
		}
		// Receipt and decision are about the change of the old id, and sealed as its; what was
		// refused is refused again.
		_, err := tx.ExecContext(ctx, `UPDATE change SET status = 0, acked_ms = 0, copied = 0, receipt = NULL, decision = NULL WHERE seq = ?`, pending[i].seq)
		if err != nil {
			return nil, fmt.Errorf("forget receipt: %w", err)
		}
	}
	for id := range touched {
		if err := s.reindex(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return renaming, nil
}

// knownIDs are the ids of families, members, rounds and visits that confirmed
// states hold or that own work has named which the server has acked or may have got by
// a file. What was drawn since the unsent work began is in a confirmed state by the name
// of another's, whom the feed has brought.
func (s *Store) knownIDs(ctx context.Context, tx *sql.Tx, pending []row) (map[merge.ID]bool, error) {
	unsent := make([]*ksv1.Change, len(pending))
	for i := range pending {
		unsent[i] = pending[i].change
	}
	drawn := merge.DrawnSince(unsent)
	known := map[merge.ID]bool{}
	add := func(id merge.ID) {
		if !drawn.Has(id) {
			known[id] = true
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
		add(id)
		for i := range f.State.Records {
			add(f.State.Records[i].Key.Record)
			add(f.State.Records[i].Key.Member)
		}
	}
	// What was refused the server does not have, and its name may be another's.
	acked, err := s.changes(ctx, tx, `WHERE (acked_ms > 0 OR copied > 0) AND status NOT IN (?, ?)`, StatusRefused, StatusReplaced)
	if err != nil {
		return nil, err
	}
	for _, r := range acked {
		known[toID(r.change.GetId())] = true
		for _, id := range merge.NamedIn(r.change) {
			known[id] = true
		}
	}
	return known, nil
}

// renumberSubmissions gives unsent submissions new ids, and renames the families that
// they list. One that was sent, or went into a file, keeps its own, unless a family in it
// does not.
func (s *Store) renumberSubmissions(ctx context.Context, tx *sql.Tx, renaming *merge.Renaming) error {
	ids, err := collectIDs(ctx, tx, `SELECT id FROM submission WHERE status = 0`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		b, err := s.submission(ctx, tx, id)
		if err != nil {
			return err
		}
		var kept bool
		if err := tx.QueryRowContext(ctx, `SELECT copied > 0 FROM submission WHERE id = ?`, id[:]).Scan(&kept); err != nil {
			return fmt.Errorf("read submission: %w", err)
		}
		for i, f := range b.FamilyIds {
			family := renaming.ID(toID(f))
			b.FamilyIds[i] = family[:]
			kept = kept && family == toID(f)
		}
		if kept {
			continue
		}
		if err := s.replaceSubmission(ctx, tx, id, b); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) replaceSubmission(ctx context.Context, tx *sql.Tx, old merge.ID, b *ksv1.BatchSubmission) error {
	id := old
	if device, _, counter, ok := old.Source(); ok && (device == s.identity.device || s.forkedFormers[device]) {
		id = merge.NewID(device, s.identity.incarnation, counter)
	}
	b.Id = id[:]
	plain, err := proto.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode submission: %w", err)
	}
	sealed, escrow, err := s.vault.sealTwice(tableSubmission, id, plain)
	if err != nil {
		return err
	}
	// What the server told of it is about the old id, and sealed as its.
	_, err = tx.ExecContext(ctx, `UPDATE submission SET id = ?, payload = ?, batch = NULL, copied = 0, escrow_id = ?, escrow = ? WHERE id = ?`,
		b.Id, sealed, nullID(s.escrowID, escrow != nil), escrow, old[:])
	if err != nil {
		return fmt.Errorf("store submission: %w", err)
	}
	return nil
}
