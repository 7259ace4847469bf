package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Village is a village in scope, not to be altered. Errors: ErrNotFound for any
// other.
func (s *Store) Village(ctx context.Context, number uint32) (*ksv1.VillageScope, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	if known := s.scopes[number]; known != nil {
		return known, nil
	}
	var one int
	err := s.db.QueryRowContext(ctx, `SELECT 1 FROM village WHERE number = ? AND in_scope = 1`, number).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("village %d: %w", number, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read village: %w", err)
	}
	scope, err := s.villageScope(ctx, s.db, number)
	if err == nil {
		s.scopes[number] = scope
	}
	return scope, err
}

// Villages are the villages in scope, ascending by number.
func (s *Store) Villages(ctx context.Context) ([]*ksv1.VillageScope, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	rows, err := s.db.QueryContext(ctx, `SELECT number FROM village WHERE in_scope = 1 ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read villages: %w", err)
	}
	var numbers []uint32
	for rows.Next() {
		var n uint32
		if err := rows.Scan(&n); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		numbers = append(numbers, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	out := make([]*ksv1.VillageScope, len(numbers))
	for i, n := range numbers {
		if out[i], err = s.villageScope(ctx, s.db, n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// villageScope reads what the server told of a village.
func (s *Store) villageScope(ctx context.Context, q querier, village uint32) (*ksv1.VillageScope, error) {
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT scope FROM village WHERE number = ?`, village).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("village %d: %w", village, ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("read scope: %w", err)
	}
	plain, err := s.vault.open(tableVillage, villageID(village), sealed)
	if err != nil {
		return nil, fmt.Errorf("open scope of village %d: %w", village, err)
	}
	scope := &ksv1.VillageScope{}
	if err := proto.Unmarshal(plain, scope); err != nil {
		return nil, fmt.Errorf("decode scope of village %d: %w", village, err)
	}
	return scope, nil
}
