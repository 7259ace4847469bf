package device

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Status is where one of the user's own changes stands.
type Status int

// States of a change; the numbers are stored.
const (
	// StatusPending: saved here, not acknowledged by the server.
	StatusPending Status = iota
	// StatusApplied: the server holds it durably.
	StatusApplied
	// StatusRefused: wrong within itself; to be corrected by another save.
	StatusRefused
	// StatusQuarantined: the server keeps it for a supervisor's decision.
	StatusQuarantined
	// StatusReplaced: it was refused, and a later save took over what it said.
	StatusReplaced
	// StatusKeptOut: a supervisor decided against it.
	StatusKeptOut
	// StatusErased: the person's data were lawfully erased.
	StatusErased
)

// overlays tells whether a change of this status is laid over the confirmed
// state, given that the village's cursor stands at cursor.
func (s Status) overlays(revision, cursor uint64) bool {
	switch s {
	case StatusPending, StatusRefused, StatusQuarantined:
		return true
	case StatusApplied:
		return revision > cursor
	default:
		return false
	}
}

// row is one of the user's changes as stored.
type row struct {
	seq      int64
	status   Status
	revision uint64
	change   *ksv1.Change
	receipt  *ksv1.Receipt
	decision *ksv1.QuarantineDecision
	savedMS  int64
	ackedMS  int64
}

// insertChange appends a change to the chain. Call within write.
func (s *Store) insertChange(ctx context.Context, tx *sql.Tx, c *ksv1.Change) error {
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode change: %w", err)
	}
	seq := s.identity.lastSeq + 1
	hash := chainNext(s.identity.lastHash, seq, c)
	payload, escrow, err := s.vault.sealTwice(tableChange, merge.ID(c.GetId()), plain)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO change (seq, id, family_id, village, status, revision, saved_ms, acked_ms, chain_hash, payload, escrow_id, escrow)
VALUES (?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?, ?)`,
		seq, c.GetId(), c.GetFamilyId(), c.GetVillage(), StatusPending, s.nowMS(), hash[:], payload,
		nullID(s.escrowID, escrow != nil), escrow)
	if err != nil {
		return fmt.Errorf("store change: %w", err)
	}
	s.identity.lastSeq, s.identity.lastHash = seq, hash
	return nil
}

func nullID(id int64, there bool) any {
	if !there {
		return nil
	}
	return id
}

// What is read of a change; of selectUndecided without what a supervisor decided, of
// selectUnanswered without what the server said at all.
const (
	selectChange     = `SELECT seq, id, status, revision, saved_ms, acked_ms, payload, receipt, decision FROM change `
	selectUndecided  = `SELECT seq, id, status, revision, saved_ms, acked_ms, payload, receipt, NULL FROM change `
	selectUnanswered = `SELECT seq, id, status, revision, saved_ms, acked_ms, payload, NULL, NULL FROM change `
)

// changes reads rows by a condition, ascending by seq.
func (s *Store) changes(ctx context.Context, q querier, where string, args ...any) ([]row, error) {
	return s.scanChanges(ctx, q, selectChange+where, args...)
}

func (s *Store) scanChanges(ctx context.Context, q querier, query string, args ...any) ([]row, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	defer rows.Close()
	var out []row
	for rows.Next() {
		r, err := s.scanChange(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func (s *Store) scanChange(rows *sql.Rows) (row, error) {
	var r row
	var id, payload, receipt, decision []byte
	var revision int64
	if err := rows.Scan(&r.seq, &id, &r.status, &revision, &r.savedMS, &r.ackedMS, &payload, &receipt, &decision); err != nil {
		return row{}, fmt.Errorf("read change: %w", err)
	}
	r.revision = uint64(revision)
	changeID, err := merge.IDFromBytes(id)
	if err != nil {
		return row{}, err
	}
	plain, err := s.vault.open(tableChange, changeID, payload)
	if err != nil {
		return row{}, fmt.Errorf("open change %s: %w", changeID, err)
	}
	r.change = &ksv1.Change{}
	if err := proto.Unmarshal(plain, r.change); err != nil {
		return row{}, fmt.Errorf("decode change %s: %w", changeID, err)
	}
	if receipt != nil {
		plain, err := s.vault.open(tableReceipt, changeID, receipt)
		if err != nil {
			return row{}, fmt.Errorf("open receipt %s: %w", changeID, err)
		}
		r.receipt = &ksv1.Receipt{}
		if err := proto.Unmarshal(plain, r.receipt); err != nil {
			return row{}, fmt.Errorf("decode receipt %s: %w", changeID, err)
		}
	}
	r.decision, err = s.openJudged(changeID, decision)
	return r, err
}

// querier is what *sql.DB and *sql.Tx share.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// rewriteChange stores a change whose stamps (or, after a fork, ids) were given
// anew; the chain from there on is the caller's to rebuild where ids changed.
func (s *Store) rewriteChange(ctx context.Context, tx *sql.Tx, seq int64, c *ksv1.Change) error {
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode change: %w", err)
	}
	payload, escrow, err := s.vault.sealTwice(tableChange, merge.ID(c.GetId()), plain)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE change SET id = ?, family_id = ?, payload = ?, escrow_id = ?, escrow = ? WHERE seq = ?`,
		c.GetId(), c.GetFamilyId(), payload, nullID(s.escrowID, escrow != nil), escrow, seq)
	if err != nil {
		return fmt.Errorf("store change anew: %w", err)
	}
	return nil
}
