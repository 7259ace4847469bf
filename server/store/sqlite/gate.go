package sqlite

import (
	"context"
	"errors"
	"fmt"

	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
)

// gateSuffix names the file beside the database whose lock is the gate.
const gateSuffix = ".gate"

// EnterTogether holds the gate with others.
func (s *Store) EnterTogether(context.Context) (*store.Hold, error) {
	return enterGate(s.db.Path, true)
}

// EnterAlone holds the gate alone.
func (s *Store) EnterAlone(context.Context) (*store.Hold, error) { return enterGate(s.db.Path, false) }

// enterGate takes a lock that the kernel gives back when the process ends.
func enterGate(path string, together bool) (*store.Hold, error) {
	leave, err := file.LockBeside(path, gateSuffix, together)
	switch {
	case errors.Is(err, file.ErrLocked):
		return nil, store.ErrGateHeld
	case err != nil:
		return nil, fmt.Errorf("gate of the store: %w", err)
	}
	return &store.Hold{Settle: func(context.Context) error { return nil }, Leave: leave}, nil
}
