package device

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// walkChain checks each change against the chain. Rows that can't be opened or
// don't fit are counted; they are set aside as erased rather than sent.
func (s *Store) walkChain(ctx context.Context) (broken int, err error) {
	s.identity.lastSeq, s.identity.lastHash = s.identity.anchorSeq, s.identity.anchorHash
	rows, err := s.db.QueryContext(ctx, `SELECT seq, id, status, chain_hash, payload FROM change ORDER BY seq`)
	if err != nil {
		return 0, fmt.Errorf("read changes: %w", err)
	}
	defer rows.Close()
	var unreadable []int64
	for rows.Next() {
		var seq int64
		var status Status
		var id, hash, payload []byte
		if err := rows.Scan(&seq, &id, &status, &hash, &payload); err != nil {
			return 0, fmt.Errorf("read change: %w", err)
		}
		if seq != s.identity.lastSeq+1 {
			broken += int(max(seq-s.identity.lastSeq-1, 1))
		}
		c := &ksv1.Change{}
		plain, err := s.vault.open(tableChange, toID(id), payload)
		if err != nil || proto.Unmarshal(plain, c) != nil {
			broken++
			unreadable = append(unreadable, seq)
		} else {
			if seq == s.identity.lastSeq+1 && !follows(s.identity.lastHash, seq, c, toHash(hash)) {
				broken++
			}
			if status == StatusPending {
				s.identity.learn(c, s.wallMS())
			}
		}
		s.identity.lastSeq, s.identity.lastHash = seq, toHash(hash)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	rows.Close()
	for _, seq := range unreadable {
		if _, err := s.db.ExecContext(ctx, `DELETE FROM change WHERE seq = ?`, seq); err != nil {
			return 0, fmt.Errorf("set change aside: %w", err)
		}
	}
	return broken, nil
}

// rechain numbers the changes anew without gaps and rebuilds their chain, after
// what is missing has been reported or ids were given anew.
func (s *Store) rechain(ctx context.Context, tx *sql.Tx) error {
	rows, err := s.changes(ctx, tx, `ORDER BY seq`)
	if err != nil {
		return err
	}
	seq, hash := s.identity.anchorSeq, s.identity.anchorHash
	for _, r := range rows {
		seq++
		hash = chainNext(hash, seq, r.change)
		if _, err := tx.ExecContext(ctx, `UPDATE change SET seq = ?, chain_hash = ? WHERE seq = ?`, seq, hash[:], r.seq); err != nil {
			return fmt.Errorf("rebuild chain: %w", err)
		}
	}
	s.identity.lastSeq, s.identity.lastHash = seq, hash
	return nil
}

// forgetApplied deletes own changes that the server has applied longer than
// KeepAppliedFor ago and that the confirmed state holds, or whose village is not on the
// device any more. The chain's old end moves up with them; only an unbroken run of old
// rows goes.
func (s *Store) forgetApplied(ctx context.Context, tx *sql.Tx, village uint32, cursor uint64) error {
	before := s.toldMS() - KeepAppliedFor.Milliseconds()
	var keep sql.NullInt64
	err := tx.QueryRowContext(ctx, `
SELECT min(seq) FROM change
WHERE NOT (status IN (1, 4, 5, 6) AND acked_ms < ?1 AND (status <> 1 OR village = ?2 AND revision <= ?3 OR village NOT IN (SELECT number FROM village)))`,
		before, village, int64(cursor)).Scan(&keep)
	if err != nil {
		return fmt.Errorf("find old changes: %w", err)
	}
	limit := s.identity.lastSeq + 1
	if keep.Valid {
		limit = keep.Int64
	}
	var hash []byte
	err = tx.QueryRowContext(ctx, `SELECT chain_hash FROM change WHERE seq = ?`, limit-1).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find old changes: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM change WHERE seq < ?`, limit); err != nil {
		return fmt.Errorf("delete old changes: %w", err)
	}
	s.identity.anchorSeq, s.identity.anchorHash = limit-1, toHash(hash)
	return nil
}

// chainNext continues the hash chain of changes.
func chainNext(before [32]byte, seq int64, c *ksv1.Change) [32]byte {
	return chainOn(before, seq, c, savedContent(c))
}

// follows tells whether a change continues the chain by a hash, which may be of a version before.
func follows(before [32]byte, seq int64, c *ksv1.Change, hash [32]byte) bool {
	return hash == chainNext(before, seq, c) || hash == chainOn(before, seq, c, merge.FormerContentHash(c))
}

func chainOn(before [32]byte, seq int64, c *ksv1.Change, content [sha256.Size]byte) [32]byte {
	b := make([]byte, 0, 32+8+16+32)
	b = append(b, before[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = append(b, c.GetId()...)
	b = append(b, content[:]...)
	return sha256.Sum256(b)
}
