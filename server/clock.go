package server

import (
	"context"
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

const (
	// clockOff is how far a server's clock may be from its database's.
	clockOff = 2 * time.Minute
	// clockEvery is how often they are compared.
	clockEvery = 5 * time.Minute
)

// clocked is a store whose database has a clock of its own: one for all servers on it.
type clocked interface {
	Clock(ctx context.Context) (time.Time, error)
}

// CheckClock compares a server's clock with its database's; one in a file has none of its own.
// Errors: they are more than clockOff apart, and how far; the store's.
func CheckClock(ctx context.Context, s store.Store, now func() time.Time) error {
	database, ok := s.(clocked)
	if !ok {
		return nil
	}
	before := now()
	there, err := database.Clock(ctx)
	if err != nil {
		return err
	}
	// The question may take long: what lies between its two ends is no difference.
	if ahead := before.Sub(there); ahead > clockOff {
		return offError(ahead, "ahead of")
	}
	if behind := there.Sub(now()); behind > clockOff {
		return offError(behind, "behind")
	}
	return nil
}

func offError(by time.Duration, how string) error {
	return fmt.Errorf("this machine's clock is %s %s the database's: set both by NTP; work is stamped, and days and codes end, by this machine's", by.Round(time.Second), how)
}

// compareClocks tells of a clock that is off, until the context ends.
func (s *Server) compareClocks(ctx context.Context, onError func(error)) {
	for ctx.Err() == nil {
		if err := CheckClock(ctx, s.told.Store, s.config.Now); err != nil && ctx.Err() == nil {
			onError(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(clockEvery):
		}
	}
}
