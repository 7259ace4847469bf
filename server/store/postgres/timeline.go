package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/server/store"
)

// timelineQuery names the line of history that a connection writes on: the cluster's
// system identifier, its timeline and the database. A standby that is promoted, and a backup
// that is recovered from an archive, begin a new timeline; what was made of a dump is another
// database. A standby has none yet. A snapshot of the files that is put back keeps all three.
const timelineQuery = `SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE
    format('%s/%s/%s', system_identifier, left(pg_walfile_name(pg_current_wal_lsn()), 8), (SELECT oid FROM pg_database WHERE datname = current_database())) END
FROM pg_control_system()`

var (
	// errOtherTimeline: what this program remembers of the store need not be so on the
	// timeline that the database has gone over to.
	errOtherTimeline = fmt.Errorf("the database has gone over to another timeline, as of a standby that was promoted: %w", store.ErrUnavailable)
	errStandby       = fmt.Errorf("the database is a standby, or recovers: %w", store.ErrUnavailable)
)

// timelineOf reads a connection's. It is empty where PostgreSQL, as some hosts offer it,
// does not tell: going over is then not noticed.
func timelineOf(ctx context.Context, c *pgx.Conn) (timeline string, err error) {
	const noFunction, notSupported = "42883", "0A000"
	err = c.QueryRow(ctx, timelineQuery).Scan(&timeline)
	switch {
	case isState(err, sqlDenied, noFunction, notSupported):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("read the database's timeline: %w", translate(err))
	case timeline == "":
		return "", errStandby
	}
	return timeline, nil
}

// stayOn refuses a connection to another timeline than the store was opened on, and to a
// standby, which would be on another once it is promoted. No statement then meets a store
// that went back with what is remembered of it.
func stayOn(ctx context.Context, c *pgx.Conn, timeline string) error {
	if timeline == "" {
		return nil
	}
	now, err := timelineOf(ctx, c)
	if err == nil && now != "" && now != timeline { // "": it may be asked no more, and is where it was
		return errOtherTimeline
	}
	return err
}

// Timeline names the line of history that the store was opened on, and is on for as long
// as it is open: a database that goes over to another is unavailable to it. Empty: it is
// not known.
func (s *Store) Timeline() string { return s.timeline }

// wentOver tells whether an error is for good.
func wentOver(err error) bool { return errors.Is(err, errOtherTimeline) }
