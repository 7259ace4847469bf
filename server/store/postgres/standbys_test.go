package postgres

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/keluarga-sehat/sync/internal/pgtest"
)

// A standby that replays is waited for, one that has stopped to is named, and who is away is known
// by its slot. Who may not see them is told so.
func TestStandbysThatHaveNotReplayedAreNamed(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	address := first.NewDatabase(t)
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	behind := func(wait time.Duration, want ...string) {
		t.Helper()
		if names, err := s.Behind(t.Context(), wait); err != nil || !slices.Equal(names, want) {
			t.Errorf("behind are %q, %v, want %q", names, err, want)
		}
	}
	behind(time.Minute)
	standby := first.Standby(t)
	if err := standby.Follow(first, "jauh"); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		var n int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS NOT NULL").Scan(&n); err != nil || time.Now().After(end) {
			t.Fatalf("no standby: %v", err)
		}
		if n > 0 {
			break
		}
	}
	execute(t, address, "CREATE TABLE tried (n int)")
	behind(time.Minute)
	execute(t, standby.AddressOf(first, address), "SELECT pg_wal_replay_pause()")
	execute(t, standby.AddressOf(first, address), "DO $$ BEGIN WHILE pg_get_wal_replay_pause_state() <> 'paused' LOOP PERFORM pg_sleep(0.01); END LOOP; END $$")
	execute(t, address, "SET synchronous_commit = on; INSERT INTO tried VALUES (1)")
	behind(time.Second, "standby jauh")
	execute(t, address, "SELECT pg_create_physical_replication_slot('hilang')")
	behind(0, "standby jauh", "the standby of slot hilang")
	execute(t, standby.AddressOf(first, address), "SELECT pg_wal_replay_resume()")
	behind(time.Minute, "the standby of slot hilang")

	execute(t, address, "CREATE ROLE terbatas LOGIN")
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), strings.Replace(address, "user="+config.User, "user=terbatas", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	limited := &Store{pool: pool}
	if names, err := limited.Behind(t.Context(), 0); !errors.Is(err, ErrStandbysHidden) || !slices.Equal(names, []string{"the standby of slot hilang"}) {
		t.Errorf("to who may not see them are shown %q, %v", names, err)
	}
}

func execute(t *testing.T, address, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err == nil {
		_, err = conn.Exec(t.Context(), statement)
		err = errors.Join(err, conn.Close(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
}
