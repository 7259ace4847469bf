package faults

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// spell is how long PostgreSQL refuses something.
const spell = 400 * time.Millisecond

// spoilDatabase does something to PostgreSQL while everybody works: ends a
// connection, perhaps in its commit; kills it and lets it recover; lets it take
// no writes for a while; or leaves no connection for anybody.
func (w *world) spoilDatabase(ctx context.Context) error {
	switch n := w.rng.IntN(6); {
	case n < 3:
		w.report.Backends++
		return w.endBackend(ctx)
	case n < 4:
		w.report.Crashes++
		return w.cluster.Crash()
	case n < 5:
		w.report.ReadOnly++
		return w.refuseWrites(ctx)
	default:
		w.report.Crowded++
		return w.takeConnections(ctx)
	}
}

// asAdministrator runs statements on a connection of its own.
func (w *world) asAdministrator(ctx context.Context, statements ...string) (err error) {
	conn, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// connect waits until there is a connection to have.
func (w *world) connect(ctx context.Context) (*pgx.Conn, error) {
	for try := 0; ; try++ {
		conn, err := pgx.Connect(ctx, w.store)
		if err == nil || try == 100 {
			return conn, err
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func (w *world) endBackend(ctx context.Context) error {
	return w.asAdministrator(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY (state = 'active' AND query ILIKE 'commit%') DESC, state = 'active' DESC, random() LIMIT 1`)
}

func (w *world) refuseWrites(ctx context.Context) error {
	if err := w.asAdministrator(ctx, `ALTER SYSTEM SET default_transaction_read_only = on`, `SELECT pg_reload_conf()`); err != nil {
		return err
	}
	return errors.Join(pause(ctx, spell), w.asAdministrator(context.WithoutCancel(ctx),
		`SET default_transaction_read_only = off`, `ALTER SYSTEM RESET default_transaction_read_only`, `SELECT pg_reload_conf()`))
}

// takeConnections takes all that are left, and ends those that servers hold, so
// that they need new ones.
func (w *world) takeConnections(ctx context.Context) (err error) {
	var taken []*pgx.Conn
	defer func() {
		for _, conn := range taken {
			err = errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}()
	first, err := w.connect(ctx)
	if err != nil {
		return err
	}
	taken = append(taken, first)
	for end := time.Now().Add(spell); time.Now().Before(end); {
		conn, err := pgx.Connect(ctx, w.store)
		if err == nil {
			taken = append(taken, conn)
			continue
		}
		// Where nobody can be ended, the next turn tries again.
		_, _ = first.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name <> '' AND state = 'idle' AND pid <> pg_backend_pid() LIMIT 1`)
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}
