package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/handover"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// sealToSigners seals the data key to the hand-over keys of those who may sign a hand-over,
// as the server has just named them; not to the user's own.
func (s *Store) sealToSigners(ctx context.Context, tx *sql.Tx, c *ksv1.Colleagues) error {
	if s.vault.root == s.vault.key {
		return nil // the secrets would go along
	}
	for _, p := range c.GetPeople() {
		if p.GetNumber() == s.identity.author {
			continue
		}
		for _, d := range p.GetDevices() {
			sealed, err := handover.SealStored(d.GetPublicKey(), s.identity.author, s.vault.key)
			if err != nil {
				// Of a key that is none nobody can make use.
				continue
			}
			if _, err := tx.ExecContext(ctx, `UPDATE signer SET sealed = ? WHERE device = ?`, sealed, d.GetNumber()); err != nil {
				return fmt.Errorf("store key for a supervisor: %w", err)
			}
		}
	}
	return nil
}

// OpenHandedOver opens the families of a store that is handed over, by its data key
// alone: what lies under the user's own key stays shut. The store is to be read and
// closed. Errors: record.ErrSealed for another store's key, sqlite.ErrInUse.
func OpenHandedOver(ctx context.Context, o Options, key record.Key) (*Store, error) {
	s, err := openFile(ctx, o)
	if err != nil {
		return nil, err
	}
	if s.vault, err = newVault(o.Env.Rand, keySet{data: key}); err == nil {
		err = s.loadIdentity(ctx)
	}
	if err == nil {
		_, err = s.Villages(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.closeFile())
	}
	return s, nil
}

// handedIDs are the families of the user's areas, and those that the user made and
// has not sent.
func (s *Store) handedIDs(ctx context.Context) ([]merge.ID, error) {
	rows, err := s.db.QueryContext(ctx, `
SELECT family_id FROM confirmed WHERE leaving = 0 UNION SELECT family_id FROM change WHERE status = ? ORDER BY 1`, StatusPending)
	if err != nil {
		return nil, fmt.Errorf("read families: %w", err)
	}
	defer rows.Close()
	var out []merge.ID
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read families: %w", err)
		}
		out = append(out, toID(id))
	}
	return out, rows.Err()
}

// handedFamily is a family as its user saw it, but for what the server has refused or
// keeps for a decision.
func (s *Store) handedFamily(ctx context.Context, id merge.ID) (*Family, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &Family{ID: id, State: merge.State{Family: id}}
	if _, err := s.readConfirmed(ctx, s.db, f); err != nil {
		return nil, err
	}
	own, err := s.changes(ctx, s.db, `WHERE family_id = ? AND status IN (?, ?) ORDER BY seq`, id[:], StatusPending, StatusApplied)
	if err != nil {
		return nil, err
	}
	for _, r := range own {
		if err := f.lay(r); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// handedRows are stored in one transaction.
const handedRows = 200

// takeFamilies stores another user's families, to be shown until the first sync: that
// fetches all anew, and what it does not bring goes. Those that can't be read any more
// are skipped.
func (s *Store) takeFamilies(ctx context.Context, from *Store) (skipped int, err error) {
	ids, err := from.handedIDs(ctx)
	if err != nil {
		return 0, err
	}
	for len(ids) > 0 {
		n := min(len(ids), handedRows)
		some, err := s.takeSome(ctx, from, ids[:n])
		if err != nil {
			return 0, err
		}
		ids, skipped = ids[n:], skipped+some
	}
	return skipped, nil
}

func (s *Store) takeSome(ctx context.Context, from *Store, ids []merge.ID) (skipped int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.write(ctx, func(tx *sql.Tx) error {
		var values []any
		skipped = 0
		for _, id := range ids {
			f, err := from.handedFamily(ctx, id)
			if unreadableState(err) || errors.Is(err, merge.ErrMalformedChange) {
				skipped++
				continue
			}
			if err != nil {
				return err
			}
			scope, err := s.villageScope(ctx, tx, f.Village)
			if errors.Is(err, ErrNotFound) {
				continue // in no village of the user's any more
			}
			if err != nil {
				return err
			}
			rows := &confirmedRows{digester: merge.NewDigester(merge.DigestKey(scope.GetDigestKey())), values: values}
			canonical := f.State.Encode(nil)
			a := arrival{from: &ksv1.FeedFamily{Review: f.Review}, canonical: canonical}
			if a.shown, err = new(eye).look(f.Village, f.Review, canonical); err != nil {
				return fmt.Errorf("family %s: %w", id, err)
			}
			if err := s.appendRow(f.Village, &a, rows); err != nil {
				return err
			}
			values = rows.values
		}
		if err := insertConfirmed(ctx, tx, values); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET repairing = 1 WHERE revision = 0`); err != nil {
			return fmt.Errorf("store families: %w", err)
		}
		return nil
	})
	return skipped, err
}
