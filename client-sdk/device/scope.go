package device

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// wholeVillage stands for all RT of a village.
const wholeVillage = "*"

// open reads what a session begins with: cursors, nonce, what is held.
func (s *Store) openSession(ctx context.Context, sdkVersion string) (*ksv1.SyncOpen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order, s.submissionsRead, s.decisionsUpTo, s.sending = sendOrder{}, false, 0, sending{}
	earlier := splitNonces(s.identity.sessionNonces)
	nonce, err := s.drawNonce(ctx)
	if err != nil {
		return nil, err
	}
	i := &s.identity
	open := &ksv1.SyncOpen{
		Device: i.device, Incarnation: i.incarnation, SdkVersion: sdkVersion,
		ClockMs: uint64(s.nowMS()), SessionNonce: nonce, EarlierNonces: earlier, HighestCounter: i.counter,
		ScopeRevision: i.scopeRevision, NoticeRevision: i.noticeRevision,
	}
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM unsent`).Scan(&open.PendingChanges)
	if err != nil {
		return nil, fmt.Errorf("count unsent changes: %w", err)
	}
	villages, err := s.cursors(ctx)
	if err != nil {
		return nil, err
	}
	open.Villages = villages
	if open.ColleaguesHash, err = s.colleaguesHash(ctx); err != nil {
		return nil, err
	}
	if open.HandoverKey, err = s.publishedHandoverKey(ctx); err != nil {
		return nil, err
	}
	open.AuditWitness, err = s.witness(ctx)
	return open, err
}

// Session nonces are kept one after the other; more than maxNonces attempts in
// a row without a welcome make the server take the database for a copy, which
// costs a new incarnation and nothing else.
const (
	nonceBytes = 16
	maxNonces  = 64
)

// drawNonce draws the nonce of a session and stores it before it is sent.
func (s *Store) drawNonce(ctx context.Context) ([]byte, error) {
	nonce := make([]byte, nonceBytes)
	if _, err := io.ReadFull(s.env.Rand, nonce); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	return nonce, s.write(ctx, func(*sql.Tx) error {
		list := append(slices.Clone(s.identity.sessionNonces), nonce...)
		s.identity.sessionNonces = list[max(0, len(list)-maxNonces*nonceBytes):]
		return nil
	})
}

func splitNonces(list []byte) [][]byte {
	var out [][]byte
	for chunk := range slices.Chunk(list, nonceBytes) {
		out = append(out, slices.Clone(chunk))
	}
	return out
}

func (s *Store) cursors(ctx context.Context) ([]*ksv1.VillageCursor, error) {
	rows, err := s.db.QueryContext(ctx, `
SELECT number, epoch, revision, hash, witnessed_revision, witnessed_hash FROM village WHERE has_cursor = 1 ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read cursors: %w", err)
	}
	defer rows.Close()
	var out []*ksv1.VillageCursor
	for rows.Next() {
		c := &ksv1.VillageCursor{}
		var epoch, revision, witnessed int64
		var witnessedHash []byte
		if err := rows.Scan(&c.Village, &epoch, &revision, &c.Hash, &witnessed, &witnessedHash); err != nil {
			return nil, fmt.Errorf("read cursor: %w", err)
		}
		c.Epoch, c.Revision = uint64(epoch), uint64(revision)
		if witnessed > revision {
			c.Witnessed = &ksv1.VillageMark{Village: c.Village, Revision: uint64(witnessed), Hash: witnessedHash}
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, c := range out {
		if err := s.readHeld(ctx, c); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Store) readHeld(ctx context.Context, c *ksv1.VillageCursor) error {
	rows, err := s.db.QueryContext(ctx, `SELECT place, last_family_id, complete FROM held WHERE village = ? ORDER BY place`, c.Village)
	if err != nil {
		return fmt.Errorf("read held RT: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var place string
		var last []byte
		var complete bool
		if err := rows.Scan(&place, &last, &complete); err != nil {
			return fmt.Errorf("read held RT: %w", err)
		}
		if complete {
			c.Held = append(c.Held, place)
		} else {
			c.Backfills = append(c.Backfills, &ksv1.BackfillCursor{Place: place, LastFamilyId: last})
		}
	}
	return rows.Err()
}

// storeWelcome takes over the scope, the server's clock and the nonce, and
// starts anew in villages whose history was replaced.
func (s *Store) storeWelcome(ctx context.Context, w *ksv1.SyncWelcome) error {
	s.mu.Lock()
	err := s.write(ctx, func(tx *sql.Tx) error {
		i := &s.identity
		i.offsetMS = sql.NullInt64{Int64: s.nowMS() - int64(w.GetClockMs()), Valid: true}
		i.serverClockMS = max(i.serverClockMS, int64(w.GetClockMs()))
		i.sessionNonces = i.sessionNonces[max(0, len(i.sessionNonces)-nonceBytes):]
		i.scopeRevision = w.GetScope().GetRevision()
		for _, village := range w.GetResetVillages() {
			if err := s.resetVillage(ctx, tx, village); err != nil {
				return err
			}
		}
		if err := s.noteAccepted(ctx, tx); err != nil {
			return err
		}
		if err := s.offerAgain(ctx, tx, w); err != nil {
			return err
		}
		if err := s.sealOffered(ctx, tx); err != nil {
			return err
		}
		if err := s.storeMayReview(ctx, tx, w.GetMayReview()); err != nil {
			return err
		}
		if err := s.storeColleagues(ctx, tx, w.GetColleagues()); err != nil {
			return err
		}
		return s.storeScope(ctx, tx, w.GetScope(), w.GetEpoch())
	})
	s.sending = sending{accepted: err == nil}
	s.mu.Unlock()
	if err == nil {
		s.notify()
	}
	return err
}

// offerAgain starts anew, where the server was restored, also in villages that
// no cursor watches over, because they are no longer in scope: what is confirmed
// of them is of the history that was replaced. It offers the own work of all of
// them again, and what was in quarantine. The server knows what it still has;
// the rest goes to a supervisor's decision.
func (s *Store) offerAgain(ctx context.Context, tx *sql.Tx, w *ksv1.SyncWelcome) error {
	before := s.identity.epoch
	s.identity.epoch = w.GetEpoch()
	if before == 0 || before == w.GetEpoch() {
		return nil
	}
	// What was decided since the backup is decided anew, under numbers from there.
	s.identity.noticeRevision = 0
	if _, err := tx.ExecContext(ctx, `UPDATE change SET status = 0, revision = 0 WHERE status IN (1, 3)`); err != nil {
		return fmt.Errorf("offer work again: %w", err)
	}
	if err := offerCarriedAgain(ctx, tx); err != nil {
		return err
	}
	unwatched, err := collect[uint32](ctx, tx, `SELECT DISTINCT village FROM confirmed`)
	if err != nil {
		return err
	}
	for _, village := range unwatched {
		if err := s.resetVillage(ctx, tx, village); err != nil {
			return err
		}
	}
	return nil
}

// resetVillage forgets what is confirmed of a village and offers the user's
// own work of the last KeepAppliedFor again.
func (s *Store) resetVillage(ctx context.Context, tx *sql.Tx, village uint32) error {
	for _, statement := range []string{
		`UPDATE village SET has_cursor = 0, revision = 0, hash = x'', witnessed_revision = 0, witnessed_hash = x'' WHERE number = ?`,
		`DELETE FROM held WHERE village = ?`,
		`DELETE FROM confirmed WHERE village = ?`,
		`UPDATE change SET status = 0, revision = 0 WHERE village = ? AND status = 1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, village); err != nil {
			return fmt.Errorf("reset village %d: %w", village, err)
		}
	}
	if err := s.offerReviewAgain(ctx, tx, village); err != nil {
		return err
	}
	// Nobody but the server can tell which of them are about this village.
	if err := offerCarriedAgain(ctx, tx); err != nil {
		return err
	}
	return s.reindexVillage(ctx, tx, village)
}

// storeScope stores what the account may hold now. What it may not hold any
// more goes at once, or when the unsent work in it is safe.
func (s *Store) storeScope(ctx context.Context, tx *sql.Tx, scope *ksv1.SyncScope, epoch uint64) error {
	clear(s.scopes)
	if _, err := tx.ExecContext(ctx, `UPDATE village SET in_scope = 0`); err != nil {
		return fmt.Errorf("store scope: %w", err)
	}
	for _, v := range scope.GetVillages() {
		plain, err := proto.Marshal(v)
		if err != nil {
			return fmt.Errorf("encode scope: %w", err)
		}
		sealed, err := s.vault.seal(tableVillage, villageID(v.GetVillage()), plain)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
INSERT INTO village (number, in_scope, scope, epoch, revision, hash, has_cursor, witnessed_revision, witnessed_hash)
VALUES (?1, 1, ?2, ?3, 0, x'', 0, 0, x'')
ON CONFLICT (number) DO UPDATE SET in_scope = 1, scope = ?2, epoch = ?3`, v.GetVillage(), sealed, int64(epoch))
		if err != nil {
			return fmt.Errorf("store scope: %w", err)
		}
		if err := s.narrowHeld(ctx, tx, v); err != nil {
			return err
		}
	}
	if err := s.leaveVillages(ctx, tx); err != nil {
		return err
	}
	if err := storeHandoverVillages(ctx, tx, scope); err != nil {
		return err
	}
	return s.finishLeaving(ctx, tx)
}

// narrowHeld forgets the RT of a village that are no longer in scope, and
// marks their families as leaving.
func (s *Store) narrowHeld(ctx context.Context, tx *sql.Tx, v *ksv1.VillageScope) error {
	if slices.Contains(v.GetPlaces(), wholeVillage) {
		return s.keepPlace(ctx, tx, `village = ?`, v.GetVillage())
	}
	assigned := make(map[string]bool, len(v.GetPlaces()))
	for _, p := range v.GetPlaces() {
		assigned[p] = true
	}
	held, err := collect[string](ctx, tx, `SELECT place FROM held WHERE village = ?`, v.GetVillage())
	if err != nil {
		return err
	}
	for _, place := range held {
		if !assigned[place] {
			if _, err := tx.ExecContext(ctx, `DELETE FROM held WHERE village = ? AND place = ?`, v.GetVillage(), place); err != nil {
				return fmt.Errorf("forget RT: %w", err)
			}
		}
	}
	places := make([]area.Place, len(v.GetPlaces()))
	for i, text := range v.GetPlaces() {
		if places[i], err = area.ParsePlace(text); err != nil {
			return fmt.Errorf("scope: %w", err)
		}
		if err := s.keepPlace(ctx, tx, `village = ? AND place = ?`, v.GetVillage(), places[i]); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET leaving = 1 WHERE village = ? AND leaving = 0`, v.GetVillage()); err != nil {
		return fmt.Errorf("leave RT: %w", err)
	}
	for _, place := range places {
		if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET leaving = 0 WHERE village = ? AND place = ? AND leaving = 1`, v.GetVillage(), place); err != nil {
			return fmt.Errorf("stay in RT: %w", err)
		}
	}
	return nil
}

// keepPlace keeps the families of an RT that is in scope again, which were on their
// way out. The feed went on meanwhile and did not tell who left the RT: those whom
// the back-fill to come does not bring have left (moveBackfill).
func (s *Store) keepPlace(ctx context.Context, tx *sql.Tx, where string, args ...any) error {
	if _, err := tx.ExecContext(ctx, `UPDATE confirmed SET leaving = 0, repairing = 1 WHERE leaving = 1 AND `+where, args...); err != nil {
		return fmt.Errorf("keep RT: %w", err)
	}
	return nil
}

// leaveVillages forgets the cursors of villages taken away and marks their
// families as leaving.
func (s *Store) leaveVillages(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{
		`UPDATE confirmed SET leaving = 1 WHERE leaving = 0 AND village NOT IN (SELECT number FROM village WHERE in_scope = 1)`,
		`UPDATE village SET has_cursor = 0, revision = 0, hash = x'', witnessed_revision = 0, witnessed_hash = x'' WHERE in_scope = 0`,
		`DELETE FROM held WHERE village IN (SELECT number FROM village WHERE in_scope = 0)`,
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("leave villages: %w", err)
		}
	}
	return nil
}

// finishLeaving drops the families that left the scope and in which nothing
// is unsent any more, and villages of which nothing is left, with what the lists
// still show of them.
func (s *Store) finishLeaving(ctx context.Context, tx *sql.Tx) error {
	gone, err := collectIDs(ctx, tx, `
SELECT family_id FROM confirmed WHERE leaving > 0
AND NOT EXISTS (SELECT 1 FROM change WHERE change.family_id = confirmed.family_id AND change.status = 0)`)
	if err != nil {
		return err
	}
	for _, id := range gone {
		if _, err := tx.ExecContext(ctx, `DELETE FROM confirmed WHERE family_id = ?`, id[:]); err != nil {
			return fmt.Errorf("drop family: %w", err)
		}
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	done, err := tx.ExecContext(ctx, `
DELETE FROM village WHERE in_scope = 0
AND NOT EXISTS (SELECT 1 FROM confirmed WHERE confirmed.village = village.number)
AND NOT EXISTS (SELECT 1 FROM change WHERE change.village = village.number AND change.seq IN unsent)`)
	if err != nil {
		return fmt.Errorf("drop village: %w", err)
	}
	if dropped, err := done.RowsAffected(); err != nil || dropped == 0 {
		return err
	}
	return s.releaseTakenAway(ctx, tx)
}

// collect reads a column.
func collect[T any](ctx context.Context, q querier, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		var value T
		if err := rows.Scan(&value); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		out = append(out, value)
	}
	return out, rows.Err()
}

func collectIDs(ctx context.Context, q querier, query string, args ...any) ([]merge.ID, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	defer rows.Close()
	var out []merge.ID
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, fmt.Errorf("read ids: %w", err)
		}
		id, err := merge.IDFromBytes(b)
		if err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
