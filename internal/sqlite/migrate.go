package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/pressly/goose/v3"
)

// ErrNewerSchema is returned where the database was written by a newer version
// of the program; it has not been touched.
type ErrNewerSchema struct {
	// Have is a step of the database's schema that this program does not know, Want
	// the newest that it knows.
	Have, Want int64
}

// Error says what to do.
func (e *ErrNewerSchema) Error() string {
	return fmt.Sprintf("the database's schema has step %d, which this program does not know (its newest is %d): use a newer version of the program; nothing was changed", e.Have, e.Want)
}

// Migrate brings the schema up to the newest of the migrations, each in a
// transaction of its own: one that fails, or a crash, leaves the database at
// the one before, to be tried again. One whose number is lower than the newest
// applied, for work on another matter was merged later, is applied all the same. It
// never goes down. Errors:
// *ErrNewerSchema.
func Migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	nobody := func() (func() error, error) { return func() error { return nil }, nil }
	return MigrateAlone(ctx, db, migrations, nobody)
}

// MigrateAlone is Migrate where other programs may have the database open: alone is
// called before one that was made earlier is altered, and sees to it that nobody else
// uses it until leave is called. Errors: *ErrNewerSchema, and alone's.
func MigrateAlone(ctx context.Context, db *sql.DB, migrations fs.FS, alone func() (leave func() error, err error)) (err error) {
	p, err := goose.NewProvider(goose.DialectSQLite3, db, migrations, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	sources := p.ListSources()
	want := sources[len(sources)-1].Version
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if err := known(ctx, db, sources); err != nil {
		return err
	}
	if pending, err := p.HasPending(ctx); err != nil || !pending {
		return err
	}
	if have > 0 {
		leave, held := alone()
		if held != nil {
			return fmt.Errorf("migrate from schema %d to %d: %w", have, want, held)
		}
		defer func() { err = errors.Join(err, leave()) }()
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema %d to %d: %w", have, want, err)
	}
	return nil
}

// known refuses a database that has had steps which are not among this program's, also
// of numbers below its newest.
func known(ctx context.Context, db *sql.DB, sources []*goose.Source) error {
	rows, err := db.QueryContext(ctx, `SELECT version_id FROM goose_db_version WHERE is_applied AND version_id > 0 ORDER BY version_id DESC`)
	if err != nil {
		return fmt.Errorf("read steps of the schema: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var step int64
		if err := rows.Scan(&step); err != nil {
			return fmt.Errorf("read steps of the schema: %w", err)
		}
		if !slices.ContainsFunc(sources, func(s *goose.Source) bool { return s.Version == step }) {
			return &ErrNewerSchema{Have: step, Want: sources[len(sources)-1].Version}
		}
	}
	return rows.Err()
}
