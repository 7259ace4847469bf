package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// ErrNewerSchema is returned where the database was written by a newer version
// of the program; it has not been touched.
type ErrNewerSchema struct {
	// Have is the database's schema, Want the newest that this program knows.
	Have, Want int64
}

// Error says what to do.
func (e *ErrNewerSchema) Error() string {
	return fmt.Sprintf("schema %d is newer than %d: use a newer version of the program; nothing was changed", e.Have, e.Want)
}

// Migrate brings the schema up to the newest of the migrations, each in a
// transaction of its own: one that fails, or a crash, leaves the database at
// the one before, to be tried again. One whose number is lower than the newest
// applied, for work on another matter was merged later, is applied all the same. It
// never goes down. Errors:
// *ErrNewerSchema.
func Migrate(ctx context.Context, db *sql.DB, migrations fs.FS) error {
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
	if have > want {
		return &ErrNewerSchema{Have: have, Want: want}
	}
	if pending, err := p.HasPending(ctx); err != nil || !pending {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate from schema %d to %d: %w", have, want, err)
	}
	return nil
}
