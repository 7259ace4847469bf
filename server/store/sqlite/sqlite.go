// Package sqlite is a server's store in one SQLite file: for a demo, a single
// Puskesmas or a district. One writer, so one commit may carry several
// villages, each under its own savepoint; readers see snapshots beside it.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	sqlite3 "github.com/mattn/go-sqlite3"

	"github.com/keluarga-sehat/sync/internal/merge"
	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/statements"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migrations are the schema's, numbered as PostgreSQL's.
func Migrations() (fs.FS, error) { return fs.Sub(migrationFiles, "migrations") }

// applicationID marks a server's database ("KSs1").
const applicationID = 0x4b537331

// Options of opening.
type Options struct {
	// Unsafe turns off syncing to disk; for simulators only.
	Unsafe bool
}

// Store is the engine.
type Store struct{ db *file.Server }

// Open opens a file, migrating it where it is older, once nobody else has it open.
// Errors: *sqlite.ErrNewerSchema and the others of internal/sqlite; store.ErrOlderInUse.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	db, err := file.OpenServer(ctx, path, file.Options{ApplicationID: applicationID, Unsafe: o.Unsafe})
	if err != nil {
		return nil, err
	}
	migrations, err := Migrations()
	if err == nil {
		err = file.MigrateAlone(ctx, db.Writer, migrations, func() (func() error, error) { return upgrading(db.Path) })
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db: db}, nil
}

// upgrading holds the gate alone, so that no older program writes beside a newer schema.
func upgrading(path string) (leave func() error, err error) {
	switch h, err := enterGate(path, false); {
	case errors.Is(err, store.ErrGateHeld):
		return nil, store.ErrOlderInUse
	case err != nil:
		return nil, err
	default:
		return h.Leave, nil
	}
}

// Close waits ten seconds at most for what is under way, and a minute for its turn to write
// the log back for the last time. Errors: those of internal/sqlite.Server.
func (s *Store) Close() error { return s.db.Close() }

// Failed is closed once the write-ahead log may not be written back any more by who has the
// database open: Write refuses, and the process has to end. Failure says why.
func (s *Store) Failed() <-chan struct{} { return s.db.Failed() }

// Failure is internal/sqlite's ErrNotWrittenBack with its cause once Failed is closed.
func (s *Store) Failure() error { return s.db.Failure() }

// Trouble is internal/sqlite.Server's: why the write-ahead log cannot be looked after for now.
func (s *Store) Trouble() <-chan error { return s.db.Trouble() }

// DB gives the writer, for backup and checks.
func (s *Store) DB() *sql.DB { return s.db.Writer }

// EmptyLog empties the write-ahead log, in which what was erased or sealed anew may
// still lie. Errors: internal/sqlite's ErrLogInUse, ErrNotWrittenBack.
func (s *Store) EmptyLog(ctx context.Context) error { return s.db.EmptyLog(ctx) }

// ManyVillages is true: there is one writer anyway.
func (s *Store) ManyVillages() bool { return true }

// LongReads: half of the readers, the others are for devices and dashboards.
func (s *Store) LongReads() int { return s.db.Readers.Stats().MaxOpenConnections / 2 }

// Write runs fn in a transaction.
func (s *Store) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if err := s.db.Failure(); err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return s.in(ctx, s.db.Writer, nil, func(t *statements.Tx) error { return fn(ctx, t) })
}

// Read runs fn on a snapshot.
func (s *Store) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	return s.in(ctx, s.db.Readers, nil, func(t *statements.Tx) error { return fn(ctx, t) })
}

func (s *Store) in(ctx context.Context, db *sql.DB, o *sql.TxOptions, fn func(t *statements.Tx) error) (err error) {
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", translate(err))
	}
	panicked := true
	defer func() {
		if panicked { // whoever recovers it finds the store as it was, and free
			err = errors.Join(err, tx.Rollback())
		}
	}()
	err = fn(statements.NewTx(conn{tx}, engine{}))
	panicked = false
	if err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, undo)
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
}

// engine is SQLite's dialect.
type engine struct{}

func (engine) Blobs(list [][]byte) any {
	const room = len(`"",`) + 2*16 // most are ids or hashes
	text := append(make([]byte, 0, len("[]")+room*len(list)), '[')
	for i, b := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(hex.AppendEncode(append(text, '"'), b), '"')
	}
	return string(append(text, ']'))
}

func (engine) InBlobs(param string) string {
	return "IN (SELECT unhex(value) FROM json_each(" + param + "))"
}

func (e engine) Ints(list []int64) any { return e.Counts(list) }

func (engine) Texts(list []string) any { return mustJSON(list) }

func (engine) InTexts(param string) string { return "IN (SELECT value FROM json_each(" + param + "))" }

func (engine) InInts(param string) string { return "IN (SELECT value FROM json_each(" + param + "))" }

func (engine) Counts(counts []int64) any {
	text := append(make([]byte, 0, len("[]")+3*len(counts)), '[')
	for i, n := range counts {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, n, 10)
	}
	return string(append(text, ']'))
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		// Lists of numbers and texts always marshal.
		panic(err)
	}
	return string(b)
}

func (engine) ScanCounts(dest *[]int64) any { return (*countsScanner)(dest) }

func (engine) FamiliesAmong(village uint32, ids []merge.ID) []statements.Condition {
	return familiesAmong(village, ids)
}

func (e engine) Everywhere() statements.Everywhere {
	return statements.Everywhere{
		Committed:   committed,
		Quarantined: quarantined,
		Waiting:     "(SELECT count(*) AS n FROM (SELECT 1 FROM quarantine WHERE device = $1 AND state = 0 LIMIT $2) AS waiting)",
		Sharing: `identifier AS i CROSS JOIN identified AS found ON found.village = i.village AND found.revision = i.revision
WHERE i.hash = $1 ORDER BY i.village, i.revision LIMIT $2`,
		// A second entry is a second family's.
		SharedHashes: `(SELECT hash, (SELECT count(*) FROM identifier WHERE identifier.hash = asked.hash) AS families FROM (SELECT value AS hash FROM json_each($1)) AS asked
WHERE EXISTS (SELECT 1 FROM identifier WHERE identifier.hash = asked.hash LIMIT 1 OFFSET 1))`,
		Stale:  "identifier_stale ORDER BY village, writes, hash LIMIT $1",
		Unread: "identifier_unread ORDER BY village, family LIMIT $1",

		NomineesSharing: `(SELECT * FROM registration_nominee WHERE nik_hash = $1 OR mobile_hash = $2 OR email_hash = $3 ORDER BY number LIMIT $4)`,
		Standings:       "registration_puskesmas WHERE puskesmas = $1 OR registration = $2",
	}
}

// countsScanner reads a JSON array of numbers.
type countsScanner []int64

// Scan reads the column.
func (c *countsScanner) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("counts are %T, not text", value)
	}
	list, isList := strings.CutPrefix(text, "[")
	list, ends := strings.CutSuffix(list, "]")
	if !isList || !ends {
		return fmt.Errorf("counts are %q, no list", text)
	}
	counts := make([]int64, 0, 1+strings.Count(list, ","))
	for list != "" {
		var number string
		number, list, _ = strings.Cut(list, ",")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("counts: %w", err)
		}
		counts = append(counts, n)
	}
	*c = counts
	return nil
}

func (engine) ForUpdate() string         { return "" }
func (engine) ForUpdateOfFree() string   { return "" }
func (engine) LockPerson() string        { return "" }
func (engine) Changed() string           { return "(SELECT n FROM follow)" }
func (engine) BeginChange() string       { return "UPDATE follow SET n = n + 1" }
func (engine) NextCursor() string        { return "SELECT n + 1 FROM follow" }
func (engine) ManyVillages() bool        { return true }
func (engine) EnterVillage() string      { return "''" }
func (engine) EnterIndex() string        { return "" }
func (engine) Translate(err error) error { return translate(err) }

// IdentifierConflict keeps an entry once, by the primary key.
func (engine) IdentifierConflict() string { return " ON CONFLICT DO NOTHING" }

func translate(err error) error {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case sqlite3.ErrConstraint:
		if e.ExtendedCode == sqlite3.ErrConstraintUnique || e.ExtendedCode == sqlite3.ErrConstraintPrimaryKey {
			return fmt.Errorf("%w: %w", store.ErrExists, err)
		}
	case sqlite3.ErrFull, sqlite3.ErrIoErr, sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrBusy:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	case sqlite3.ErrCorrupt:
		return fmt.Errorf("%w: %w", store.ErrDamaged, err)
	}
	return err
}
