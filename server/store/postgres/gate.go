package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
)

// gateLock is the advisory lock that is the gate; it lives as long as its
// connection.
const gateLock = 0x6b74

// lockPerson has a first key, so that no person's lock is one of the store's.
const lockPerson = "SELECT pg_advisory_xact_lock(1, $1::int)"

// gateLook is how often a holder looks whether its connection lives, and gateWait
// how long it waits for the answer. Who enters alone may have come in while a
// holder had lost its connection and not noticed: it settles for longer than both.
const (
	gateLook = 2 * time.Second
	gateWait = 2 * time.Second
)

// EnterTogether holds the gate with others. A connection that was lost is made
// anew; where somebody has been in alone meanwhile, or the store is another by now, or on
// another timeline, the hold is lost.
func (s *Store) EnterTogether(ctx context.Context) (*store.Hold, error) {
	g := &gate{store: s, lost: make(chan struct{}), stop: make(chan struct{}), ended: make(chan struct{})}
	err := g.enter(ctx)
	if err != nil {
		return nil, err
	}
	go g.watch(context.WithoutCancel(ctx))
	return &store.Hold{Lost: g.lost, Settle: func(context.Context) error { return nil }, Leave: sync.OnceValue(func() error {
		close(g.stop)
		<-g.ended
		return nil
	})}, nil
}

// gate is a hold together with others; one goroutine at a time uses it.
type gate struct {
	store *Store
	conn  *pgx.Conn
	stand stand
	lost  chan struct{}
	stop  chan struct{} // closed to leave
	ended chan struct{} // closed when watch has ended
}

// stand is by what keys and in which epoch the store is held.
type stand struct{ keys, epoch string }

// goesOn tells whether who holds it by s may go on by the later one. A store that is
// being made has no epoch yet.
func (s stand) goesOn(later stand) bool {
	return s.keys == later.keys && (s.epoch == "" || s.epoch == later.epoch)
}

func standOf(ctx context.Context, conn *pgx.Conn) (s stand, err error) {
	err = conn.QueryRow(ctx, `SELECT coalesce((SELECT value FROM meta WHERE name = $1), ''), coalesce((SELECT value FROM meta WHERE name = $2), '')`,
		store.MetaKeysPresent, store.MetaEpoch).Scan(&s.keys, &s.epoch)
	return s, err
}

func (g *gate) enter(ctx context.Context) error {
	conn, err := g.store.tryLock(ctx, "pg_try_advisory_lock_shared")
	if err != nil {
		return err
	}
	now, err := standOf(ctx, conn)
	if err != nil {
		drop(ctx, conn)
		return fmt.Errorf("enter the gate of the store: %w", translate(err))
	}
	g.conn, g.stand = conn, now
	return nil
}

// tryLock takes the lock on a connection of its own, beside the pool. Errors:
// store.ErrGateHeld.
func (s *Store) tryLock(ctx context.Context, function string) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return nil, fmt.Errorf("enter the gate of the store: %w", translate(err))
	}
	var got bool
	if err = s.join(ctx, conn); err == nil {
		err = conn.QueryRow(ctx, "SELECT "+function+"($1)", gateLock).Scan(&got)
	}
	if err == nil && got {
		return conn, nil
	}
	drop(ctx, conn)
	if err != nil {
		return nil, fmt.Errorf("enter the gate of the store: %w", translate(err))
	}
	return nil, store.ErrGateHeld
}

// drop closes a connection with its locks.
func drop(ctx context.Context, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), gateWait)
	defer cancel()
	// PostgreSQL hears of the end of a connection some time after it: whoever comes
	// next should find the gate free. Whether or not either is heard, it ends.
	_, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock_all()")
	_ = conn.Close(ctx)
}

func (g *gate) watch(ctx context.Context) {
	defer close(g.ended)
	ticker := time.NewTicker(gateLook)
	defer ticker.Stop()
	defer func() {
		if g.conn != nil {
			drop(ctx, g.conn)
		}
	}()
	for {
		select {
		case <-g.stop:
			return
		case <-ticker.C:
		}
		if !g.look(ctx) {
			close(g.lost)
			<-g.stop
			return
		}
	}
}

// look tells whether the gate is held of the store that was entered; while the database
// is away nobody can have entered alone. One that is put back under its holders keeps
// their connections.
func (g *gate) look(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, gateWait)
	defer cancel()
	before := g.stand
	if g.conn != nil {
		now, err := standOf(ctx, g.conn)
		if err == nil {
			g.stand = now
			return before.goesOn(now)
		}
		drop(ctx, g.conn)
		g.conn = nil
	}
	var newer *file.ErrNewerSchema
	switch err := g.enter(ctx); {
	case err == nil:
		return before.goesOn(g.stand)
	case errors.Is(err, store.ErrGateHeld), errors.As(err, &newer), wentOver(err):
		return false
	default:
		return true
	}
}

// EnterAlone holds the gate alone.
func (s *Store) EnterAlone(ctx context.Context) (*store.Hold, error) {
	conn, err := s.tryLock(ctx, "pg_try_advisory_lock")
	if err != nil {
		return nil, err
	}
	settled := time.Now().Add(2 * (gateLook + gateWait))
	return &store.Hold{
		Settle: func(ctx context.Context) error {
			select {
			case <-time.After(time.Until(settled)):
			case <-ctx.Done():
				return ctx.Err()
			}
			// Whether the lock is held still.
			if err := conn.Ping(ctx); err != nil {
				return fmt.Errorf("the gate of the store was lost: %w", translate(err))
			}
			return nil
		},
		Leave: sync.OnceValue(func() error { drop(ctx, conn); return nil }),
	}, nil
}
