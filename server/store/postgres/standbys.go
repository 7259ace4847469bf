package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrStandbysHidden: there may be standbys, and this user is not shown how far they are.
var ErrStandbysHidden = errors.New("PostgreSQL does not show this user how far its standbys are (GRANT pg_monitor does): look at pg_stat_replication and pg_replication_slots yourself")

// behindQuery names the standbys that have not replayed the log up to a place, and physical
// slots of which the standby is away; hidden: the user may not read of them. What keeps the log
// and replays nothing, as an archiver, is no standby. comes: it is replaying.
const behindQuery = `
SELECT true AS comes, state IS NULL AS hidden, format('standby %s', coalesce(nullif(application_name, ''), client_addr::text, pid::text)) FROM pg_stat_replication
WHERE state IS NULL OR replay_lsn < $1::text::pg_lsn
UNION ALL
SELECT false, false, format('the standby of slot %s', slot_name) FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active AND NOT temporary`

const behindLook = 200 * time.Millisecond

// Behind names the standbys that have not replayed what is committed by now, after waiting for
// them for a while. Errors: ErrStandbysHidden, with the names that are shown all the same.
func (s *Store) Behind(ctx context.Context, wait time.Duration) (names []string, err error) {
	var now string
	if err := s.pool.QueryRow(ctx, "SELECT pg_current_wal_lsn()::text").Scan(&now); err != nil {
		return nil, hiddenOr(err)
	}
	for end := time.Now().Add(wait); ; {
		names, comes, err := s.behind(ctx, now)
		if err != nil || !comes || time.Now().After(end) {
			return names, err
		}
		select {
		case <-time.After(behindLook):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// behind names who has not replayed up to a place; some comes to it by itself.
func (s *Store) behind(ctx context.Context, place string) (names []string, some bool, err error) {
	// Rights to see them are the login's, not the role's that the store is used by.
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: "BEGIN READ ONLY; SET LOCAL ROLE NONE"})
	if err != nil {
		return nil, false, fmt.Errorf("read how far standbys are: %w", translate(err))
	}
	defer func() { err = errors.Join(err, translate(tx.Rollback(ctx))) }()
	rows, err := tx.Query(ctx, behindQuery, place)
	if err != nil {
		return nil, false, hiddenOr(err)
	}
	var comes, hidden, anyHidden bool
	var name string
	_, err = pgx.ForEachRow(rows, []any{&comes, &hidden, &name}, func() error {
		if hidden {
			anyHidden = true
			return nil
		}
		some = some || comes
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, false, hiddenOr(err)
	}
	if anyHidden {
		return names, some, ErrStandbysHidden
	}
	return names, some, nil
}

// hiddenOr: some hosts offer PostgreSQL without these views and functions, or deny them.
func hiddenOr(err error) error {
	const noFunction, noTable, notSupported = "42883", "42P01", "0A000"
	if errors.Is(err, ErrStandbysHidden) || isState(err, sqlDenied, noFunction, noTable, notSupported) {
		return ErrStandbysHidden
	}
	return fmt.Errorf("read how far standbys are: %w", translate(err))
}
