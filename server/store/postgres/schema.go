package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
)

// Names under which PostgreSQL lists the connections of stores, and of those that
// bring a schema up.
const (
	applicationName = "ks-server"
	migrationName   = "ks-server migration"
)

// endWithHost has the database end a connection whose host is gone within half a
// minute. By the kernel's own bounds it would hold the gate for two hours after a host
// lost its power, and nobody could bring the store up or restore it.
func endWithHost(c *pgx.ConnConfig) {
	for name, value := range map[string]string{
		"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3", "tcp_user_timeout": "25s",
	} {
		c.RuntimeParams[name] = value
	}
}

// migrateLock is the advisory lock under which one process migrates.
const migrateLock = 0x6b73

// prepared is what the store was found to be.
type prepared struct {
	timeline string
	// writeIdle is writeIdleMax, or what the address or the database sets where that is less.
	writeIdle time.Duration
}

// prepare brings schema and roles up, as the user of the address.
func prepare(ctx context.Context, config *pgxpool.Config, migrations fs.FS) (found prepared, err error) {
	config.MaxConns = 2
	config.ConnConfig.RuntimeParams["application_name"] = migrationName
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return found, fmt.Errorf("connect: %w", translate(err))
	}
	defer pool.Close()
	err = pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		if found.timeline, err = timelineOf(ctx, c.Conn()); err != nil {
			return err
		}
		found.writeIdle, err = writeIdleOf(ctx, c.Conn())
		return err
	})
	if err != nil {
		return found, fmt.Errorf("connect: %w", translate(err))
	}
	return found, migrate(ctx, pool, migrations)
}

// writeIdleOf is how long a transaction that writes may be idle on such a connection.
func writeIdleOf(ctx context.Context, c *pgx.Conn) (time.Duration, error) {
	var ms int64
	err := c.QueryRow(ctx, `SELECT setting::bigint FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'`).Scan(&ms)
	if set := time.Duration(ms) * time.Millisecond; set > 0 {
		return min(set, writeIdleMax), err
	}
	return writeIdleMax, err
}

func migrate(ctx context.Context, pool *pgxpool.Pool, migrations fs.FS) (err error) {
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", translate(err))
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
		return fmt.Errorf("lock for migration: %w", translate(err))
	}
	defer func() {
		_, unlock := lock.Exec(ctx, "SELECT pg_advisory_unlock($1)", migrateLock)
		err = errors.Join(err, unlock)
	}()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	// A number may be lower than the newest applied: of work that was merged later.
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", translate(err))
	}
	list, err := steps(migrations)
	if err != nil {
		return err
	}
	var unknown *int64
	if err := lock.QueryRow(ctx, unknownStep(list)).Scan(&unknown); err != nil {
		return fmt.Errorf("read schema version: %w", translate(err))
	}
	if unknown != nil {
		return &file.ErrNewerSchema{Have: *unknown, Want: list[len(list)-1]}
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", translate(err))
	}
	if pending {
		if err := bringUp(ctx, lock.Conn(), p, have); err != nil {
			return err
		}
	}
	return ensureRoles(ctx, lock)
}

// bringUp migrates. Of a database that was made earlier nobody may hold the gate: a
// program of the older version would go on writing as its schema had it.
func bringUp(ctx context.Context, lock *pgx.Conn, p *goose.Provider, have int64) (err error) {
	if have > 0 {
		var alone bool
		if err := lock.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", gateLock).Scan(&alone); err != nil {
			return fmt.Errorf("enter the gate of the store: %w", translate(err))
		}
		if !alone {
			return fmt.Errorf("migrate from schema %d: %w (in use from %s)", have, store.ErrOlderInUse, holders(ctx, lock))
		}
		defer func() {
			_, unlock := lock.Exec(ctx, "SELECT pg_advisory_unlock($1)", gateLock)
			err = errors.Join(err, unlock)
		}()
		if err := endOthers(ctx, lock); err != nil {
			return err
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema %d: %w", have, explainDenied(ctx, lock, translate(err)))
	}
	return nil
}

// explainDenied says what a superuser is to run where the user may not give functions the
// parameter of look-ups, which no role has by itself.
func explainDenied(ctx context.Context, c *pgx.Conn, err error) error {
	var user string
	var may bool
	if !isState(err, sqlDenied) || c.QueryRow(ctx, `SELECT current_user, has_parameter_privilege('ks.lookup', 'SET')`).Scan(&user, &may) != nil || may {
		return err
	}
	return fmt.Errorf("%w; as a superuser run:\nGRANT SET ON PARAMETER ks.lookup TO %s;\nand run this command again", err, pgx.Identifier{user}.Sanitize())
}

// endMS is how long a connection may take to end.
const endMS = 10_000

// endOthers ends connections of stores that hold no gate any more, and have not noticed,
// and waits for it: their transactions are undone, and join refuses those that they make
// anew.
func endOthers(ctx context.Context, c *pgx.Conn) error {
	var all bool
	err := c.QueryRow(ctx, `SELECT coalesce(bool_and(pg_terminate_backend(pid, $2)), true) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`, applicationName, endMS).Scan(&all)
	if err == nil && !all {
		err = store.ErrUnavailable
	}
	if err != nil {
		return fmt.Errorf("end connections of programs that hold the store no more: %w", translate(err))
	}
	return nil
}

// holders tells of the sessions that hold the gate, for who has to stop them.
func holders(ctx context.Context, c *pgx.Conn) string {
	var list string
	err := c.QueryRow(ctx, `SELECT string_agg(format('%s since %s', coalesce(host(a.client_addr), 'this host'), date_trunc('second', a.backend_start)), ', ')
FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = $1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`, gateLock).Scan(&list)
	if err != nil {
		return "they can't be listed: " + err.Error()
	}
	return list
}

// steps are the numbers of the migrations, ascending.
func steps(migrations fs.FS) (list []int64, err error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	for _, name := range names {
		step, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		list = append(list, step)
	}
	slices.Sort(list)
	return list, nil
}

// unknownStep is the query of the newest step that the schema has had and this program
// does not know, also below its newest; null: none.
func unknownStep(steps []int64) string {
	text := make([]string, len(steps))
	for i, step := range steps {
		text[i] = strconv.FormatInt(step, 10)
	}
	return `SELECT max(version_id) FROM goose_db_version WHERE is_applied AND version_id > 0 AND version_id NOT IN (` + strings.Join(text, ", ") + `)`
}

// neverCompile has PostgreSQL interpret what a connection asks. It compiles what it takes for
// dear, anew each time, and takes a lookup of some ten thousand numbers for that: to compile
// it took longer (10 ms) than to run it.
const neverCompile = `SET jit = off`

// join makes a new connection the application's. One that is made while somebody brings
// the schema up waits; where that was a newer program, it is refused, and so is one to
// another timeline.
func join(steps []int64, timeline string) func(context.Context, *pgx.Conn) error {
	// One round trip; each statement sees what was committed before it.
	look := fmt.Sprintf(`SELECT pg_advisory_lock_shared(%[1]d); %[2]s; SELECT pg_advisory_unlock_shared(%[1]d); `+neverCompile, migrateLock, unknownStep(steps))
	return func(ctx context.Context, c *pgx.Conn) error {
		if err := stayOn(ctx, c, timeline); err != nil {
			return err
		}
		results, err := c.PgConn().Exec(ctx, look).ReadAll()
		if err != nil {
			return fmt.Errorf("read schema version: %w", err)
		}
		if found := results[1].Rows[0][0]; found != nil {
			have, err := strconv.ParseInt(string(found), 10, 64)
			if err != nil {
				return fmt.Errorf("read schema version: %w", err)
			}
			return &file.ErrNewerSchema{Have: have, Want: steps[len(steps)-1]}
		}
		takeColumns(c)
		return takeRole(ctx, c)
	}
}
