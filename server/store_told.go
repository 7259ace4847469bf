package server

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// tellStoreEvery is how often the log says at most that the store is unavailable: each call
// ends with it then, and devices come again.
const tellStoreEvery = time.Minute

// toldStore is a store of which the operator is told when it is unavailable, whoever of the
// server meets it: callers only hear that they are to come again.
type toldStore struct {
	store.Store
	log *slog.Logger

	mu      sync.Mutex
	told    time.Time // guarded by mu
	refused bool      // guarded by mu: a write was for want of the store, and none went well since
}

// Write is the store's.
func (s *toldStore) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	err := s.Store.Write(ctx, fn)
	s.tell(ctx, "write", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	// What ended for another reason may not have come as far as to write.
	s.refused = errors.Is(err, store.ErrUnavailable) || s.refused && err != nil
	return err
}

// Read is the store's.
func (s *toldStore) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	err := s.Store.Read(ctx, fn)
	s.tell(ctx, "read", err)
	return err
}

func (s *toldStore) tell(ctx context.Context, deed string, err error) {
	if !errors.Is(err, store.ErrUnavailable) {
		return
	}
	s.mu.Lock()
	again := time.Since(s.told) < tellStoreEvery
	if !again {
		s.told = time.Now()
	}
	s.mu.Unlock()
	if !again {
		s.log.ErrorContext(ctx, "store unavailable", "deed", deed, "error", err)
	}
}

// refuses tells whether a write was refused, and none went well since.
func (s *toldStore) refuses() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

// TryWrite writes something small, so as to see whether a store can be written, and leaves
// it as it was. Errors: store.ErrUnavailable.
func TryWrite(ctx context.Context, s store.Store) error {
	return s.Write(ctx, tryWrite)
}

func tryWrite(ctx context.Context, tx store.Tx) error {
	// SQLite writes no page of which nothing changes, but one that is changed back.
	for _, value := range []string{"trying", ""} {
		if err := tx.Directory().PutMeta(ctx, store.MetaTried, value); err != nil {
			return err
		}
	}
	return nil
}
