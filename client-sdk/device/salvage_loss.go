package device

import (
	"context"
	"encoding/json"
	"fmt"
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
	if err != nil || len(plain) == 0 {
		return err
	}
	l, err := decodeLoss(plain)
	if err != nil {
		return err
	}
	s.lossKept = true
	s.addLoss(l)
	return nil
}

func decodeLoss(plain []byte) (l Loss, err error) {
	if err := json.Unmarshal(plain, &l); err != nil {
		return Loss{}, fmt.Errorf("decode loss: %w", err)
	}
	return l, nil
}

// forgetKeptLoss is called once the user has gone on. One that can't be forgotten is told
// again. Call with s.mu held, outside a transaction.
func (s *Store) forgetKeptLoss() {
	if !s.lossKept {
		return
	}
	_, err := s.db.Exec(`DELETE FROM secret WHERE name = ?`, secretLoss)
	s.lossKept = err != nil
}
