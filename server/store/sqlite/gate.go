package sqlite

import (
	"context"
	"fmt"

	"github.com/gofrs/flock"

	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
)

// gateSuffix names the file beside the database whose lock is the gate.
const gateSuffix = ".gate"

// EnterTogether holds the gate with others.
func (s *Store) EnterTogether(context.Context) (*store.Hold, error) {
	return enterGate(s.db.Path, (*flock.Flock).TryRLock)
}

// EnterAlone holds the gate alone.
func (s *Store) EnterAlone(context.Context) (*store.Hold, error) {
	return enterGate(s.db.Path, (*flock.Flock).TryLock)
}

// enterGate takes a lock that the kernel gives back when the process ends.
func enterGate(path string, try func(*flock.Flock) (bool, error)) (*store.Hold, error) {
	if err := file.MakeBeside(path, gateSuffix); err != nil {
		return nil, fmt.Errorf("gate of the store: %w", err)
	}
	lock := flock.New(path + gateSuffix)
	got, err := try(lock)
	switch {
	case err != nil:
		return nil, fmt.Errorf("gate of the store: %w", err)
	case !got:
		return nil, store.ErrGateHeld
	}
	return &store.Hold{Settle: func(context.Context) error { return nil }, Leave: lock.Unlock}, nil
}
