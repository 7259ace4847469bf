package device

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Page is a feed page of which every family has been looked at.
type Page struct {
	*ksv1.FeedPage
	shown []merge.Glance // of each family
}

// LookAt reads what a page's families show, which needs no store and can go on
// beside the storing of the page before. Errors: merge.ErrMalformedState.
func LookAt(page *ksv1.FeedPage) (*Page, error) {
	p := &Page{FeedPage: page, shown: make([]merge.Glance, len(page.GetFamilies()))}
	for i, f := range page.GetFamilies() {
		var err error
		if p.shown[i], err = merge.Look(f.GetState()); err != nil {
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

// arrival is a family of a page on its way into the store.
type arrival struct {
	from      *ksv1.FeedFamily
	shown     merge.Glance
	canonical []byte // as it will be stored
	digest    merge.Digest
	// known tells whether the device has anything of it.
	known bool
}

// storeFamilies joins what came into what is confirmed. Most families of a
// page are new to the device, which its index tells; rows are written together.
func (s *Store) storeFamilies(ctx context.Context, tx *sql.Tx, page *Page, key merge.DigestKey) error {
	rows := &confirmedRows{digester: merge.NewDigester(key)}
	arrivals := make([]arrival, len(page.GetFamilies()))
	met := make(map[merge.ID]bool, len(arrivals))
	for i, f := range page.GetFamilies() {
		a, err := s.arrive(ctx, tx, f, page.shown[i], page.GetRepair() != nil)
		if err != nil {
			return err
		}
		if met[a.shown.Family] {
			return fmt.Errorf("state from the server: %w: family %s twice in a page", merge.ErrMalformedState, a.shown.Family)
		}
		met[a.shown.Family], arrivals[i] = true, a
		if err := s.appendRow(page.GetVillage(), &arrivals[i], rows); err != nil {
			return err
		}
	}
	if err := insertConfirmed(ctx, tx, rows.values); err != nil {
		return err
	}
	for i := range arrivals {
		if !arrivals[i].known {
			continue // summarised with its row
		}
		erased := arrivals[i].shown.Household.GetFamily().GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_ERASED
		if erased && arrivals[i].from.GetReview() == nil {
			// What was noted in its review goes, too; of others a page without a review
			// tells nothing of it.
			if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET review = NULL WHERE family_id = ?`, arrivals[i].shown.Family[:]); err != nil {
				return fmt.Errorf("erase review: %w", err)
			}
		}
		if err := s.reindex(ctx, tx, arrivals[i].shown.Family); err != nil {
			return err
		}
	}
	return nil
}

// arrive joins a family into what is held. In a repair the state that came
// replaces the one held: that one is what may be wrong.
func (s *Store) arrive(ctx context.Context, tx *sql.Tx, f *ksv1.FeedFamily, shown merge.Glance, repair bool) (arrival, error) {
	a := arrival{from: f, canonical: f.GetState(), shown: shown}
	a.known = s.index.families[a.shown.Family] != nil || s.loss != nil
	if !a.known || repair {
		return a, nil
	}
	held := &Family{ID: a.shown.Family, State: merge.State{Family: a.shown.Family}}
	if _, err := s.readConfirmed(ctx, tx, held); err != nil {
		// A row that can't be read back counts as not held: the digests will
		// tell, and a repair brings it whole.
		s.noteDamage(err)
		return a, nil
	}
	state, err := merge.Decode(f.GetState())
	if err != nil {
		return a, fmt.Errorf("state from the server: %w", err)
	}
	state = merge.Join(merge.Forget(&held.State, &state), state)
	a.canonical = state.Encode(nil)
	if a.shown, err = merge.Look(a.canonical); err != nil {
		return a, fmt.Errorf("family %s joined: %w", held.ID, err)
	}
	return a, nil
}

// confirmedRows are rows to be written, with memory that is used again for each.
type confirmedRows struct {
	digester *merge.Digester
	plain    []byte
	values   []any
}

func (s *Store) appendRow(village uint32, a *arrival, rows *confirmedRows) error {
	s.identity.clock.Observe(a.shown.Highest)
	a.digest = rows.digester.Family(a.canonical)
	rows.plain = append(append(rows.plain[:0], a.digest[:]...), a.canonical...)
	payload, err := s.vault.seal(tableConfirmed, a.shown.Family, rows.plain)
	if err != nil {
		return err
	}
	review, err := s.sealReview(a.shown.Family, a.from.GetReview())
	if err != nil {
		return err
	}
	place, err := placeIn(a.shown.Household)
	if err != nil {
		return err
	}
	var summary []byte
	if !a.known {
		if summary, err = s.summarizeArrival(village, a); err != nil {
			return err
		}
	}
	rows.values = append(rows.values, a.shown.Family[:], village, place, int64(a.from.GetRevision()), payload, review, summary)
	return nil
}

const (
	// confirmedColumns are the values of a row that differ.
	confirmedColumns = 7
	// rowsMax of one statement.
	rowsMax = 50
)

func insertConfirmed(ctx context.Context, tx *sql.Tx, rows []any) error {
	for len(rows) > 0 {
		some := rows[:min(len(rows), rowsMax*confirmedColumns)]
		rows = rows[len(some):]
		_, err := tx.ExecContext(ctx, `
INSERT INTO confirmed (family_id, village, place, revision, payload, review, summary, leaving, repairing)
VALUES (?,?,?,?,?,?,?,0,0)`+strings.Repeat(`,(?,?,?,?,?,?,?,0,0)`, len(some)/confirmedColumns-1)+`
ON CONFLICT (family_id) DO UPDATE SET village = excluded.village, place = excluded.place, revision = max(excluded.revision, revision),
    payload = excluded.payload, review = coalesce(excluded.review, review), summary = excluded.summary, leaving = 0, repairing = 0`, some...)
		if err != nil {
			return fmt.Errorf("store %d families: %w", len(some)/confirmedColumns, err)
		}
	}
	return nil
}

// summarizeArrival summarises a family of which the store has no more than what
// came, and seals that for its row.
func (s *Store) summarizeArrival(village uint32, a *arrival) ([]byte, error) {
	summary, err := s.index.summarize(&Family{ID: a.shown.Family, Village: village, Review: a.from.GetReview(), digest: a.digest}, &a.shown)
	if err != nil {
		return nil, err
	}
	s.index.staged[a.shown.Family], s.index.sealed[a.shown.Family] = summary, true
	return s.sealSummary(summary)
}

// placeIn is the RT that a family shows; 000/000 where none was ever written.
func placeIn(h *ksv1.Household) (area.Place, error) {
	text := h.GetFamily().GetPlace()
	if text == "" {
		return 0, nil
	}
	return area.ParsePlace(text)
}

func (s *Store) sealReview(id merge.ID, review *ksv1.FamilyReview) ([]byte, error) {
	if review == nil {
		return nil, nil
	}
	plain, err := proto.Marshal(review)
	if err != nil {
		return nil, fmt.Errorf("encode review: %w", err)
	}
	return s.vault.seal(tableReview, id, plain)
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
	return nil
}

func (s *Store) storeCursors(ctx context.Context, tx *sql.Tx, page *ksv1.FeedPage) error {
	if c := page.GetCursor(); c != nil {
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

// releaseTakenAway takes families out of the lists of which the device has nothing
// but own work that the server has applied, in villages that have left the scope.
func (s *Store) releaseTakenAway(ctx context.Context, tx *sql.Tx) error {
	known, err := collect[uint32](ctx, tx, `SELECT number FROM village`)
	if err != nil {
		return err
	}
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
	}
	return nil
}

// storeNotices takes over supervisors' decisions on the user's work.
func (s *Store) storeNotices(ctx context.Context, tx *sql.Tx, notices []*ksv1.FeedNotice) error {
	for _, n := range notices {
		if q := n.GetQuarantine(); q != nil {
			if err := s.storeDecision(ctx, tx, q); err != nil {
				return err
			}
		}
		if b := n.GetBatch(); b != nil {
			if err := s.storeBatch(ctx, tx, b); err != nil {
				return err
			}
		}
		s.identity.noticeRevision = max(s.identity.noticeRevision, n.GetRevision())
	}
	return nil
}

func (s *Store) storeDecision(ctx context.Context, tx *sql.Tx, q *ksv1.QuarantineDecision) error {
	rows, err := s.changes(ctx, tx, `WHERE id = ? AND status = ?`, q.GetChangeId(), StatusQuarantined)
	if err != nil || len(rows) == 0 {
		return err
	}
	status := StatusKeptOut
	if q.GetAdmitted() {
		status = StatusApplied
	}
	_, err = tx.ExecContext(ctx, `UPDATE change SET status = ?, revision = ?, escrow = NULL WHERE seq = ?`,
		status, int64(q.GetRevision()), rows[0].seq)
	if err != nil {
		return fmt.Errorf("store decision: %w", err)
	}
	return s.reindex(ctx, tx, merge.ID(rows[0].change.GetFamilyId()))
}

func (s *Store) storeBatch(ctx context.Context, tx *sql.Tx, b *ksv1.Batch) error {
	id, err := merge.ParseID(b.GetBatchId())
	if err != nil {
		return err
	}
	plain, err := proto.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode batch: %w", err)
	}
	sealed, err := s.vault.seal(tableBatch, id, plain)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE submission SET batch = ? WHERE id = ?`, sealed, id[:]); err != nil {
		return fmt.Errorf("store batch: %w", err)
	}
	return nil
}
