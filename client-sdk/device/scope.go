package device

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// wholeVillage stands for all RT of a village.
const wholeVillage = "*"

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

// loseSight is called where families are not held any more: a database that lost
// sight of its own earlier writes to a register must not go on under the source of those,
// for what it writes there would pass for having seen them (see package merge). It takes a
// new incarnation. The colleague's database at a hand-over bears the one that the grant
// names, and has not written yet.
func (s *Store) loseSight(ctx context.Context, tx *sql.Tx) error {
	granted, err := s.secretIn(ctx, tx, secretGranted)
	if len(granted) > 0 || err != nil {
		return err
	}
	return s.drawIncarnation()
}

// finishLeaving drops the families that left the scope and in which nothing
// is unsent any more, and villages of which nothing is left, with what the lists
// still show of them.
func (s *Store) finishLeaving(ctx context.Context, tx *sql.Tx) error {
	gone, err := collectIDs(ctx, tx, `
SELECT family_id FROM confirmed WHERE leaving > 0
AND NOT EXISTS (SELECT 1 FROM change WHERE change.family_id = confirmed.family_id AND change.status = 0)
AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.family_id = confirmed.family_id AND decision.status = 0)`)
	if err != nil {
		return err
	}
	for _, id := range gone {
		if _, err := tx.ExecContext(ctx, `DELETE FROM confirmed WHERE family_id = ?`, id[:]); err != nil {
			return fmt.Errorf("drop family: %w", err)
		}
		s.index.left[id] = true
		if err := s.reindex(ctx, tx, id); err != nil {
			return err
		}
	}
	if len(gone) > 0 {
		if err := s.loseSight(ctx, tx); err != nil {
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
