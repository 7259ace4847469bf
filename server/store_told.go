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

// villageWaitTold is how long a write waits for a village, which it mostly gets at once, until
// the log says so.
const villageWaitTold = 5 * time.Second

// toldStore is a store of which the operator is told when it is unavailable, or a village of it
// is held, whoever of the server meets it: callers only hear that they are to come again.
type toldStore struct {
	store.Store
	log *slog.Logger

	mu      sync.Mutex
	told    time.Time // guarded by mu
	waited  time.Time // guarded by mu: when the log said that a village was waited for
	refused bool      // guarded by mu: a write was for want of the store, and none went well since
}

// Write is the store's.
func (s *toldStore) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return fn(ctx, &toldTx{tx, s}) })
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
	if s.isTime(&s.told) {
		s.log.ErrorContext(ctx, "store unavailable", "deed", deed, "error", err)
	}
}

// isTime tells whether something is to be told now, that was last told then.
func (s *toldStore) isTime(last *time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(*last) < tellStoreEvery {
		return false
	}
	*last = time.Now()
	return true
}

// toldTx tells who waits for a village.
type toldTx struct {
	store.Tx
	told *toldStore
}

// InVillage is the store's.
func (t *toldTx) InVillage(ctx context.Context, number uint32, fn func(v store.VillageTx) error) error {
	waits := time.AfterFunc(villageWaitTold, func() { t.told.tellWait(ctx, number) })
	defer waits.Stop()
	return t.Tx.InVillage(ctx, number, func(v store.VillageTx) error {
		waits.Stop()
		return fn(v)
	})
}

func (s *toldStore) tellWait(ctx context.Context, village uint32) {
	if s.isTime(&s.waited) {
		s.log.WarnContext(ctx, "a write waits for a village that another transaction holds; a server that is stopped holds it for half a minute",
			"village", village, "waits", villageWaitTold)
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
