package device

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Page is a feed page of which every family has been looked at.
type Page struct {
	*ksv1.FeedPage
	shown []glimpse // of each family
}

// LookAt reads what a page's families show, which needs no store and can go on
// beside the storing of the page before. Errors: merge.ErrMalformedState.
func LookAt(page *ksv1.FeedPage) (*Page, error) {
	var eye eye
	p := &Page{FeedPage: page, shown: make([]glimpse, len(page.GetFamilies()))}
	for i, f := range page.GetFamilies() {
		var err error
		if p.shown[i], err = eye.look(page.GetVillage(), f.GetReview(), f.GetState()); err != nil {
			return nil, fmt.Errorf("state from the server: %w", err)
		}
	}
	return p, nil
}

// storePage stores a feed page with the cursors that it carries, in one
// transaction.
func (s *Store) storePage(ctx context.Context, page *Page) error {
	ctx, err := unhurried(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	err = s.write(ctx, func(tx *sql.Tx) error {
		if page.GetVillage() == 0 {
			return s.storeNotices(ctx, tx, page.GetNotices())
		}
		return s.storeVillagePage(ctx, tx, page)
	})
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

func (s *Store) storeVillagePage(ctx context.Context, tx *sql.Tx, page *Page) error {
	scope, err := s.villageScope(ctx, tx, page.GetVillage())
	if err != nil {
		return err
	}
	if err := s.beginRepair(ctx, tx, page.FeedPage); err != nil {
		return err
	}
	if err := s.storeFamilies(ctx, tx, page, merge.DigestKey(scope.GetDigestKey())); err != nil {
		return err
	}
	for _, b := range page.GetDepartedFamilyIds() {
		if err := s.depart(ctx, tx, page.GetVillage(), b); err != nil {
			return err
		}
	}
	if err := s.endRepair(ctx, tx, page.FeedPage); err != nil {
		return err
	}
	if err := s.storeCursors(ctx, tx, page.FeedPage); err != nil {
		return err
	}
	if len(page.GetDepartedFamilyIds()) == 0 && !page.GetBackfill().GetComplete() && !page.GetRepair().GetComplete() {
		return nil // nothing has left by this page
	}
	return s.finishLeaving(ctx, tx)
}

// depart marks a family as leaving; finishLeaving drops it when nothing in it
// is unsent. A family that the feed of another village has brought since is
// not touched.
func (s *Store) depart(ctx context.Context, tx *sql.Tx, village uint32, id []byte) error {
	_, err := tx.ExecContext(ctx, `UPDATE confirmed SET leaving = 2 WHERE family_id = ? AND village = ?`, id, village)
	if err != nil {
		return fmt.Errorf("drop family: %w", err)
	}
	return nil
}

// beginRepair marks what is held of the RT, so that what no page of the repair
// brings can be dropped at its end.
func (s *Store) beginRepair(ctx context.Context, tx *sql.Tx, page *ksv1.FeedPage) error {
	if !page.GetRepair().GetFirst() {
		return nil
	}
	place, err := area.ParsePlace(page.GetRepair().GetPlace())
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	_, err = tx.ExecContext(ctx, `UPDATE confirmed SET repairing = 1 WHERE village = ? AND place = ?`, page.GetVillage(), place)
	if err != nil {
		return fmt.Errorf("begin repair: %w", err)
	}
	return nil
}

func (s *Store) endRepair(ctx context.Context, tx *sql.Tx, page *ksv1.FeedPage) error {
	if !page.GetRepair().GetComplete() {
		return nil
	}
	place, err := area.ParsePlace(page.GetRepair().GetPlace())
	if err != nil {
		return fmt.Errorf("repair: %w", err)
	}
	gone, err := collectIDs(ctx, tx, `SELECT family_id FROM confirmed WHERE village = ? AND place = ? AND repairing = 1`, page.GetVillage(), place)
	if err != nil {
		return err
	}
	for _, id := range gone {
		if _, err := tx.ExecContext(ctx, `DELETE FROM confirmed WHERE family_id = ?`, id[:]); err != nil {
			return fmt.Errorf("end repair: %w", err)
		}
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return s.loseSight(ctx, tx)
}

func (s *Store) storeCursors(ctx context.Context, tx *sql.Tx, page *ksv1.FeedPage) error {
	if c := page.GetCursor(); c != nil {
		if err := s.passBy(ctx, tx, page.GetVillage(), c.GetRevision()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE village SET has_cursor = 1, revision = ?, hash = ? WHERE number = ?`,
			int64(c.GetRevision()), c.GetHash(), page.GetVillage())
		if err != nil {
			return fmt.Errorf("move cursor: %w", err)
		}
		if err := s.forgetApplied(ctx, tx, page.GetVillage(), c.GetRevision()); err != nil {
			return err
		}
		if err := s.releaseApplied(ctx, tx, page.GetVillage()); err != nil {
			return err
		}
	}
	if b := page.GetBackfill(); b != nil {
		return s.moveBackfill(ctx, tx, page.GetVillage(), b)
	}
	return nil
}

// moveBackfill keeps how far a back-fill is, and ends it.
func (s *Store) moveBackfill(ctx context.Context, tx *sql.Tx, village uint32, b *ksv1.BackfillProgress) error {
	last := b.GetLastFamilyId()
	if last == nil {
		last = []byte{}
	}
	_, err := tx.ExecContext(ctx, `
INSERT INTO held (village, place, last_family_id, complete) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (village, place) DO UPDATE SET last_family_id = ?3, complete = ?4`, village, b.GetPlace(), last, b.GetComplete())
	if err != nil {
		return fmt.Errorf("move back-fill: %w", err)
	}
	if !b.GetComplete() {
		return nil
	}
	// Families that keepPlace kept and the back-fill did not bring.
	where, args := `village = ?`, []any{village}
	if b.GetPlace() != wholeVillage {
		place, err := area.ParsePlace(b.GetPlace())
		if err != nil {
			return fmt.Errorf("back-fill: %w", err)
		}
		where, args = where+` AND place = ?`, append(args, place)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET leaving = 2, repairing = 0 WHERE repairing = 1 AND `+where, args...); err != nil {
		return fmt.Errorf("end back-fill: %w", err)
	}
	return nil
}

// releaseApplied takes families out of the lists that the feed has passed by
// without bringing them: all that the device had of them was own work that the
// server has applied, and their RT is not assigned any more.
func (s *Store) releaseApplied(ctx context.Context, tx *sql.Tx, village uint32) error {
	for id := range s.index.unconfirmed {
		f := s.index.families[id]
		if f.Village != village || f.Unsent || s.index.staged[id] != nil {
			continue
		}
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

const passedBy = `
SELECT count(*) FROM change WHERE status > 0 AND status = 1 AND village = ?1 AND revision <= ?2
AND revision > (SELECT coalesce(max(revision), 0) FROM village WHERE number = ?1)
AND family_id NOT IN (SELECT family_id FROM confirmed)`

// passBy lets the feed go past own changes that the server has applied, up to a revision.
// Those whose families it did not bring the device is to see no more.
func (s *Store) passBy(ctx context.Context, tx *sql.Tx, village uint32, upTo uint64) error {
	var unseen int
	if err := tx.QueryRowContext(ctx, passedBy, village, int64(upTo)).Scan(&unseen); err != nil {
		return fmt.Errorf("count own changes passed by: %w", err)
	}
	if unseen == 0 {
		return nil
	}
	return s.loseSight(ctx, tx)
}

// releaseTakenAway takes families out of the lists of which the device has nothing
// but own work that the server has applied, in villages that have left the scope.
func (s *Store) releaseTakenAway(ctx context.Context, tx *sql.Tx) error {
	known, err := collect[uint32](ctx, tx, `SELECT number FROM village`)
	if err != nil {
		return err
	}
	released := false
	for _, id := range s.index.unconfirmedNow() {
		f := s.index.staged[id]
		if f == nil {
			f = s.index.families[id]
		}
		if f == nil || f.Unsent || slices.Contains(known, f.Village) {
			continue
		}
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
		released = true
	}
	if !released {
		return nil
	}
	return s.loseSight(ctx, tx)
}
