package sqlite

import (
	"context"
	"fmt"

	"github.com/gofrs/flock"

	"github.com/keluarga-sehat/sync/server/store"
)

// gateSuffix names the file beside the database whose lock is the gate.
const gateSuffix = ".gate"

// EnterTogether holds the gate with others.
func (s *Store) EnterTogether(context.Context) (*store.Hold, error) {
	lock := flock.New(s.path+gateSuffix, flock.SetPermissions(gateMode))
	return hold(lock, lock.TryRLock)
}

// EnterAlone holds the gate alone.
func (s *Store) EnterAlone(context.Context) (*store.Hold, error) {
	lock := flock.New(s.path+gateSuffix, flock.SetPermissions(gateMode))
	return hold(lock, lock.TryLock)
}

const gateMode = 0o600

// hold takes a lock that the kernel gives back when the process ends.
func hold(lock *flock.Flock, try func() (bool, error)) (*store.Hold, error) {
	got, err := try()
	switch {
	case err != nil:
		return nil, fmt.Errorf("gate of the store: %w", err)
	case !got:
		return nil, store.ErrGateHeld
	}
	return &store.Hold{Settle: func(context.Context) error { return nil }, Leave: lock.Unlock}, nil
}
