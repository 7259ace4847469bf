package device

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

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
		r, err := s.renumbering(ctx, tx)
		if err != nil {
			return err
		}
		renaming, err := s.renumber(ctx, tx, r)
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

// renumbering is what is renumbered, and what keeps its names beside it.
type renumbering struct {
	// unsent are pending changes that nobody may know by their names, refused those, corrected
	// or not, of families that the server has refused whole.
	unsent, refused []row
	// following are unsent, too, but of families of which something keeps its name.
	following []row
	// known are ids that the server may have, or that keep their names.
	known map[merge.ID]bool
}

// Rows of change: those whose names the server may know though it has not answered; those
// that it has, or may have.
const (
	keptNames = `status = 0 AND acked_ms = 0 AND copied > 0`
	maybeHeld = `(acked_ms > 0 OR copied > 0) AND status NOT IN (2, 4)`
)

func (s *Store) renumbering(ctx context.Context, tx *sql.Tx) (*renumbering, error) {
	r := &renumbering{}
	for _, of := range []struct {
		rows  *[]row
		where string
	}{
		{&r.unsent, `status = 0 AND acked_ms = 0 AND copied = 0 AND family_id NOT IN (SELECT family_id FROM change WHERE ` + keptNames + `)`},
		{&r.following, `status = 0 AND acked_ms = 0 AND copied = 0 AND family_id IN (SELECT family_id FROM change WHERE ` + keptNames + `)`},
		{&r.refused, `status IN (2, 4) AND family_id NOT IN (SELECT family_id FROM change WHERE ` + maybeHeld + `)`},
	} {
		var err error
		if *of.rows, err = s.changes(ctx, tx, `WHERE `+of.where+` ORDER BY seq`); err != nil {
			return nil, err
		}
	}
	r.refused = slices.DeleteFunc(r.refused, func(x row) bool {
		return !merge.DrawnSince([]*ksv1.Change{x.change}).Has(toID(x.change.GetFamilyId()))
	})
	return r, s.knownIDs(ctx, tx, r)
}

// renamed are the rows whose changes get other names. What the server has refused comes
// last: a file that names the family by what follows has not got it.
func (r *renumbering) renamed() []row { return slices.Concat(r.unsent, r.refused) }

func changesOf(rows []row) []*ksv1.Change {
	out := make([]*ksv1.Change, len(rows))
	for i := range rows {
		out[i] = rows[i].change
	}
	return out
}

func (s *Store) renumber(ctx context.Context, tx *sql.Tx, r *renumbering) (*merge.Renaming, error) {
	rows := r.renamed()
	changes, named := changesOf(rows), map[merge.ID]bool{}
	touched := map[merge.ID]bool{}
	for _, c := range changes {
		touched[toID(c.GetFamilyId())] = true
		for _, id := range append(merge.NamedIn(c), toID(c.GetId())) {
			named[id] = true
		}
	}
	renaming := &merge.Renaming{
		Source: func(device, _ uint32) (uint32, bool) {
			// No grant names the new numbers of a former device: a supervisor decides which of
			// the two goes on.
			return s.identity.incarnation, device == s.identity.device || s.forkedFormers[device]
		},
		Created: func(id merge.ID) bool { return named[id] && !r.known[id] },
	}
	if err := merge.Renumber(changes, renaming); err != nil {
		return nil, fmt.Errorf("renumber: %w", err)
	}
	for i := range rows {
		touched[toID(rows[i].change.GetFamilyId())] = true
		if err := s.storeRenumbered(ctx, tx, &rows[i]); err != nil {
			return nil, err
		}
	}
	for i := range r.following {
		c := r.following[i].change
		moved, err := renaming.Links(c)
		if err == nil && moved {
			touched[toID(c.GetFamilyId())] = true
			err = s.rewriteChange(ctx, tx, r.following[i].seq, c)
		}
		if err != nil {
			return nil, fmt.Errorf("follow renumbered families: %w", err)
		}
	}
	for id := range touched {
		if err := s.reindex(ctx, tx, id); err != nil {
			return nil, err
		}
	}
	return renaming, s.followParts(ctx, tx, renaming)
}

// followParts lets what keeps its names, by which the server may know it, name the rest of its
// save as that is called now; so does what it refused, for the change that says that again.
func (s *Store) followParts(ctx context.Context, tx *sql.Tx, renaming *merge.Renaming) error {
	kept, err := s.changes(ctx, tx, `WHERE `+keptNames+` OR status = 2 ORDER BY seq`)
	if err != nil {
		return err
	}
	for _, r := range kept {
		if !renaming.Parts(r.change) {
			continue
		}
		if err := s.rewriteChange(ctx, tx, r.seq, r.change); err != nil {
			return fmt.Errorf("follow renumbered changes: %w", err)
		}
	}
	return nil
}

// storeRenumbered stores a change under its new names. Receipt and decision are about the
// change of the old id, and sealed as its; why one was refused is still so.
func (s *Store) storeRenumbered(ctx context.Context, tx *sql.Tx, r *row) error {
	r.change.ContentHash = nil // of the old id; nobody knows it by this one
	if err := s.rewriteChange(ctx, tx, r.seq, r.change); err != nil {
		return err
	}
	var sealed []byte
	if r.status != StatusPending && r.receipt != nil {
		r.receipt.Id = r.change.GetId()
		plain, err := proto.Marshal(r.receipt)
		if err != nil {
			return fmt.Errorf("encode receipt: %w", err)
		}
		if sealed, err = s.vault.seal(tableReceipt, toID(r.change.GetId()), plain); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE change SET receipt = ?, decision = NULL WHERE seq = ?`, sealed, r.seq); err != nil {
		return fmt.Errorf("forget receipt: %w", err)
	}
	return nil
}

// knownIDs finds the ids of families, members, rounds and visits that confirmed
// states hold or that own work has named which the server has acked or may have got by
// a file, or which keeps its names. What was drawn since the unsent work began, or by what
// was refused, is in a confirmed state by the name of another's, whom the feed has brought.
func (s *Store) knownIDs(ctx context.Context, tx *sql.Tx, r *renumbering) error {
	drawn := merge.DrawnSince(changesOf(r.unsent))
	refused := map[merge.ID]bool{}
	for _, c := range changesOf(r.refused) {
		own := merge.DrawnSince([]*ksv1.Change{c})
		for _, id := range merge.NamedIn(c) {
			refused[id] = refused[id] || own.Has(id)
		}
	}
	r.known = map[merge.ID]bool{}
	add := func(id merge.ID) {
		if !drawn.Has(id) && !refused[id] {
			r.known[id] = true
		}
	}
	ids, err := collectIDs(ctx, tx, `SELECT family_id FROM confirmed`)
	if err != nil {
		return err
	}
	for _, id := range ids {
		f := &Family{ID: id}
		if _, err := s.readConfirmed(ctx, tx, f); err != nil {
			return err
		}
		add(id)
		for i := range f.State.Records {
			add(f.State.Records[i].Key.Record)
			add(f.State.Records[i].Key.Member)
		}
	}
	held, err := s.changes(ctx, tx, `WHERE `+maybeHeld)
	if err != nil {
		return err
	}
	for _, c := range changesOf(append(held, r.following...)) {
		r.known[toID(c.GetId())] = true
		for _, id := range merge.NamedIn(c) {
			r.known[id] = true
		}
	}
	return nil
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
