package device

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/record"
)

// secretLoss keeps what a salvage lost in the new store until the user has gone on
// working: whoever opens it first may be killed before anybody was told.
const secretLoss = "loss"

// keepLoss stores it.
func (s *Store) keepLoss(ctx context.Context, l *Loss) error {
	plain, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode loss: %w", err)
	}
	return s.putSecret(ctx, s.db, secretLoss, plain)
}

// tellKeptLoss adds what was kept to what this opening found.
func (s *Store) tellKeptLoss(ctx context.Context) error {
	plain, err := s.secret(ctx, secretLoss)
	switch {
	case errors.Is(err, record.ErrSealed), errors.Is(err, record.ErrUnknownForm):
		s.addLoss(Loss{LostChanges: -1, Detail: err.Error()})
	case err != nil || len(plain) == 0:
		return err
	default:
		s.addLoss(decodeLoss(plain))
	}
	s.lossKept = true
	return nil
}

// decodeLoss reads what keepLoss stored; what can't be read is unknown.
func decodeLoss(plain []byte) (l Loss) {
	if err := json.Unmarshal(plain, &l); err != nil {
		return Loss{LostChanges: -1, Detail: err.Error()}
	}
	return l
}

// forgetKeptLoss is called once the user has gone on. One that can't be forgotten is told
// again. Call with s.mu held, outside a transaction.
func (s *Store) forgetKeptLoss() {
	if !s.lossKept {
		return
	}
	ctx := context.Background() // what the user went on with is committed, whatever becomes of its call
	err := s.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM secret WHERE name = ?`, secretLoss)
		return err
	})
	s.lossKept = err != nil
}
