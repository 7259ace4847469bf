// Package postgres is a server's store in PostgreSQL, by pgx. Each transaction
// has one village, whose row it locks before it reads anything, at READ
// COMMITTED, but for what is added to the index of identifiers; villages run in parallel, and several server processes may share
// one database.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/keluarga-sehat/sync/internal/merge"
	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/statements"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrations are the schema's, numbered as SQLite's.
func Migrations() (fs.FS, error) { return fs.Sub(migrationFiles, "migrations") }

// Store is the engine.
type Store struct {
	pool *pgxpool.Pool
	// join makes a connection beside the pool what one of the pool is.
	join      func(context.Context, *pgx.Conn) error
	timeline  string
	writeIdle time.Duration // writeIdleMax, or less
}

// spareConns is how many connections the pool has beyond one a core, where its address
// says nothing: what commits uploads takes one more than there are cores, and those who
// sign in, read and record have some left.
const spareConns = 4

// Open connects to a database (a URL or key=value string) and brings its schema
// up. Errors: *sqlite.ErrNewerSchema where it is of a newer version;
// store.ErrOlderInUse; store.ErrUnavailable.
func Open(ctx context.Context, dsn string) (*Store, error) {
	migrations, err := Migrations()
	if err != nil {
		return nil, err
	}
	return open(ctx, dsn, migrations)
}

// open is Open for a program that knows these migrations.
func open(ctx context.Context, dsn string, migrations fs.FS) (*Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		// The driver's error may quote the password.
		return nil, errors.New("database address can't be read; write postgres://user:password@host/database")
	}
	config.ConnConfig.RuntimeParams["application_name"] = applicationName
	endWithHost(config.ConnConfig)
	describeArguments(config.ConnConfig)
	found, err := prepare(ctx, config.Copy(), migrations)
	if err != nil {
		return nil, err
	}
	known, err := steps(migrations)
	if err != nil {
		return nil, err
	}
	config.AfterConnect = join(known, found.timeline)
	if !strings.Contains(dsn, "pool_max_conns") {
		config.MaxConns = max(config.MaxConns, int32(runtime.GOMAXPROCS(0))+spareConns)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", translate(err))
	}
	return &Store{pool: pool, join: config.AfterConnect, timeline: found.timeline, writeIdle: found.writeIdle}, nil
}

// Close waits for what is under way.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// ManyVillages is false: each transaction locks one, so that they run in parallel.
func (s *Store) ManyVillages() bool { return false }

// Bounds of LongReads: each keeps the database from cleaning up behind its
// snapshot, so a large pool has no more than maxLongReads.
const (
	minLongReads = 2
	maxLongReads = 16
)

// LongReads: a quarter of the pool, of a small one half.
func (s *Store) LongReads() int {
	conns := int(s.pool.Config().MaxConns)
	return min(max(conns/4, minLongReads), max(conns/2, 1), maxLongReads)
}

// Retries of a transaction that the engine asks to run again, or whose
// connection was lost before its commit was sent.
const (
	maxAttempts   = 6
	retryDelayMin = 5 * time.Millisecond
	retryDelayMax = time.Second
	// rollbackMax is how long a database that says nothing is waited for; then the
	// connection ends, and the transaction with it.
	rollbackMax = 5 * time.Second
	// writeIdleMax is how long a transaction that writes may ask the database nothing: then
	// it is undone, and who is alive after all runs it again. A process that is stopped (a
	// frozen container, a host that swaps) holds its connection, and with it its village,
	// which no other server could write; callers wait for a minute. Reads hold up nobody.
	writeIdleMax   = 30 * time.Second
	sqlSerialize   = "40001"
	sqlDeadlock    = "40P01"
	sqlUnique      = "23505"
	sqlDenied      = "42501"
	sqlAdminStop   = "57P01"
	sqlCannotStart = "57P03"
	sqlIdle        = "25P03" // of idle_in_transaction_session_timeout
	sqlTooLong     = "25P04" // of transaction_timeout
	sqlReadOnly    = "25006"
)

// Write runs fn in a transaction, again where it must be.
func (s *Store) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	return s.retry(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(t *statements.Tx) error { return fn(ctx, t) })
}

// Read runs fn on a snapshot.
func (s *Store) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	return s.retry(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly},
		func(t *statements.Tx) error { return fn(ctx, t) })
}

func (s *Store) retry(ctx context.Context, o pgx.TxOptions, fn func(t *statements.Tx) error) error {
	delay := retryDelayMin
	for attempt := 1; ; attempt++ {
		again, err := s.once(ctx, o, fn)
		if err == nil || !again || attempt == maxAttempts {
			return err
		}
		select {
		case <-time.After(delay + rand.N(delay)):
		case <-ctx.Done():
			return ctx.Err()
		}
		delay = min(2*delay, retryDelayMax)
	}
}

// once runs a transaction; again tells whether running it anew is safe and may
// help. A commit whose answer was lost is not run again here: changes carry ids,
// and whoever sent them asks once more.
func (s *Store) once(ctx context.Context, o pgx.TxOptions, fn func(t *statements.Tx) error) (again bool, err error) {
	o.BeginQuery = beginQuery(ctx, o)
	if o.AccessMode != pgx.ReadOnly {
		o.BeginQuery += fmt.Sprintf("; SET LOCAL idle_in_transaction_session_timeout = %d", s.writeIdle.Milliseconds())
	}
	tx, err := s.pool.BeginTx(ctx, o)
	if err != nil {
		return retryable(err), fmt.Errorf("begin: %w", translate(err))
	}
	panicked := true
	defer func() {
		if panicked { // whoever recovers it finds the village unlocked
			err = errors.Join(err, rollBack(ctx, tx))
		}
	}()
	err = fn(statements.NewTx(&conn{tx: tx}, engine{}))
	panicked = false
	if err != nil {
		undo := rollBack(ctx, tx)
		if undo != nil && !errors.Is(undo, pgx.ErrTxClosed) && !retryable(err) {
			err = errors.Join(err, undo)
		}
		return retryable(err), err
	}
	if err := tx.Commit(ctx); err != nil {
		// One that was ended as idle never heard of the commit, nor did a connection that took
		// no byte of it.
		return isState(err, sqlSerialize, sqlDeadlock, sqlIdle) || pgconn.SafeToRetry(err), fmt.Errorf("commit: %w", translate(err))
	}
	return false, nil
}

// rollBack undoes a transaction, also where its context has ended.
func rollBack(ctx context.Context, tx pgx.Tx) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackMax)
	defer cancel()
	return tx.Rollback(ctx)
}

func isState(err error, states ...string) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	for _, s := range states {
		if e.Code == s {
			return true
		}
	}
	return false
}

func retryable(err error) bool {
	return isState(err, sqlSerialize, sqlDeadlock, sqlAdminStop, sqlCannotStart, sqlIdle) || pgconn.SafeToRetry(err) || isNoticeOfTwo(err)
}

// isNoticeOfTwo: two villages told one account something at once, and took one number.
func isNoticeOfTwo(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == sqlUnique && e.ConstraintName == "notice_pkey"
}

// engine is PostgreSQL's dialect.
type engine struct{}

func (engine) Blobs(list [][]byte) any {
	if list == nil {
		list = [][]byte{}
	}
	return list
}

func (engine) InBlobs(param string) string { return "= ANY(" + param + ")" }

func (engine) Ints(list []int64) any {
	if list == nil {
		list = []int64{}
	}
	return list
}

func (engine) InInts(param string) string { return "= ANY(" + param + ")" }

func (engine) Texts(list []string) any {
	if list == nil {
		list = []string{}
	}
	return list
}

func (engine) InTexts(param string) string { return "= ANY(" + param + ")" }

func (engine) Counts(counts []int64) any {
	if counts == nil {
		counts = []int64{}
	}
	return counts
}

func (engine) ScanCounts(dest *[]int64) any { return dest }
func (engine) ForUpdate() string            { return " FOR UPDATE" }
func (engine) ForUpdateOfFree() string      { return " FOR UPDATE SKIP LOCKED" }
func (engine) LockPerson() string           { return lockPerson }
func (engine) Changed() string              { return "pg_current_xact_id()::text::bigint" }
func (engine) BeginChange() string          { return "" }
func (engine) NextCursor() string {
	return "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
}
func (engine) ManyVillages() bool { return false }
func (engine) EnterVillage() string {
	return "left(set_config('ks.village', number::text, true), 0)"
}

func (engine) EnterIndex() string { return "SELECT set_config('ks.index', 'on', true)" }

// IdentifierConflict is none: no key forbids a second entry, and the clause alone made
// the engine insert each row in three logged steps instead of two.
func (engine) IdentifierConflict() string { return "" }

// FamiliesAmong is one query: a round trip costs more than the look-ups. Each id is
// looked up by itself, behind a fence: asked for all at once while no statistics tell
// that villages are large, a village is read whole instead, and again for each commit.
func (engine) FamiliesAmong(village uint32, ids []merge.ID) []statements.Condition {
	return []statements.Condition{{
		SQL: `unnest($2::bytea[]) AS wanted (wanted)
CROSS JOIN LATERAL (SELECT * FROM family WHERE village = $1 AND id = wanted.wanted OFFSET 0) AS family`,
		Args: []any{int64(village), statements.BlobsOf(ids)},
	}}
}

func (engine) Everywhere() statements.Everywhere {
	return statements.Everywhere{
		Committed: func(changes []merge.ID) []statements.Condition {
			return []statements.Condition{{SQL: "ks_committed($1)", Args: []any{statements.BlobsOf(changes)}}}
		},
		Quarantined: func(village uint32, families, changes []merge.ID) []statements.Condition {
			return []statements.Condition{{SQL: `(SELECT * FROM quarantine WHERE village = $1 AND state = 0 AND family = ANY($2)
UNION SELECT * FROM ks_quarantined($3)) AS quarantine`, Args: []any{int64(village), statements.BlobsOf(families), statements.BlobsOf(changes)}}}
		},
		Waiting:      "ks_waiting($1, $2) AS n",
		Sharing:      "ks_sharing($1, $2) AS found ORDER BY found.village, found.revision",
		SharedHashes: "ks_shared_hashes($1)",
		Stale:        "ks_stale_identifiers($1)",
		Unread:       "ks_unread_families($1)",

		NomineesSharing: "ks_nominees_sharing($1, $2, $3, $4)",
		Standings:       "ks_stands($1, $2)",
	}
}
func (engine) Translate(err error) error { return translate(err) }

func translate(err error) error {
	var newer *file.ErrNewerSchema
	if errors.As(err, &newer) { // of a connection made since the store was brought up
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch {
		case e.Code == sqlUnique:
			return fmt.Errorf("%w: %w", store.ErrExists, err)
		case e.Code[:2] == "53" || e.Code[:2] == "57" || e.Code[:2] == "58" || e.Code[:2] == "08", isState(err, sqlReadOnly, sqlIdle, sqlTooLong):
			return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
		}
		return err
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) || pgconn.SafeToRetry(err) {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return err
}
