package postgres

import (
	"context"
	"fmt"
	"time"
)

// Clock is the time by the database's clock. Errors: store.ErrUnavailable.
func (s *Store) Clock(ctx context.Context) (now time.Time, err error) {
	if err := s.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return time.Time{}, fmt.Errorf("ask the database's clock: %w", translate(err))
	}
	return now, nil
}
