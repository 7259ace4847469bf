package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite3 "github.com/mattn/go-sqlite3"
)

// OpenImage opens a new database in memory; image gives the bytes of a file of it, which
// can be put where the disk has no room for a database at work.
func OpenImage(ctx context.Context, applicationID int32) (db *sql.DB, image func(context.Context) ([]byte, error), err error) {
	hook := func(c *sqlite3.SQLiteConn) error { return claim(c, applicationID) }
	db = sql.OpenDB(&connector{driver: &sqlite3.SQLiteDriver{ConnectHook: hook}, dsn: ":memory:"})
	db.SetMaxOpenConns(1) // another would have a database of its own
	if err := db.PingContext(ctx); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open image: %w", err), db.Close())
	}
	return db, func(ctx context.Context) ([]byte, error) { return serialized(ctx, db) }, nil
}

func serialized(ctx context.Context, db *sql.DB) (data []byte, err error) {
	held, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = held.Raw(func(driver any) error {
		c, ok := driver.(*sqlite3.SQLiteConn)
		if !ok {
			return fmt.Errorf("driver of another kind: %T", driver)
		}
		var failed error
		data, failed = c.Serialize("main")
		return failed
	})
	return data, errors.Join(err, held.Close())
}
