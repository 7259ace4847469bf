package postgres

import (
	"context"
	"fmt"
)

// followLock is the advisory lock of the server that follows; it lives as long as its
// connection.
const followLock = 0x6b75

// OneFollower runs fn under a lock.
func (s *Store) OneFollower(ctx context.Context, fn func(ctx context.Context) error) (ran bool, err error) {
	if s.pool.Config().MaxConns < 2 { // the lock's would be the only connection
		return true, fn(ctx)
	}
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("lock following: %w", translate(err))
	}
	defer conn.Release()
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", followLock).Scan(&ran); err != nil {
		return false, fmt.Errorf("lock following: %w", translate(err))
	}
	if !ran {
		return false, nil
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), gateWait)
		defer cancel()
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", followLock); err != nil {
			_ = conn.Conn().Close(ctx) // the lock with it
		}
	}()
	return true, fn(ctx)
}
