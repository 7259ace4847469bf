package device

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// openSession reads what a session begins with: cursors, nonce, what is held.
func (s *Store) openSession(ctx context.Context, sdkVersion string) (*ksv1.SyncOpen, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order, s.submissionsRead, s.decisionsUpTo, s.accepted, s.noticesAnew = sendOrder{}, false, 0, false, false
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

// unsentSteps is how many submissions and verdicts go behind the changes.
func (s *Store) unsentSteps(ctx context.Context) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM submission WHERE status = 0) + (SELECT count(*) FROM decision WHERE status = 0)`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count unsent steps: %w", err)
	}
	return n, nil
}

// Session nonces are kept one after the other; more than maxNonces attempts in
// a row without a welcome make the server take the database for a copy, which
// costs a new incarnation and nothing else.
const (
	nonceBytes = 16
	maxNonces  = 64
)

// drawNonce draws the nonce of a session and stores it before it is sent. What an earlier
// session sent ahead, and heard no word of, counts as sent from now on.
func (s *Store) drawNonce(ctx context.Context) ([]byte, error) {
	nonce := make([]byte, nonceBytes)
	if _, err := io.ReadFull(s.env.Rand, nonce); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	return nonce, s.write(ctx, func(tx *sql.Tx) error {
		list := append(slices.Clone(s.identity.sessionNonces), nonce...)
		s.identity.sessionNonces = list[max(0, len(list)-maxNonces*nonceBytes):]
		return settleAhead(ctx, tx, nameSent)
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
