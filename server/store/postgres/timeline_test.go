package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store"
)

// A standby that lacks the last commits has the keys and the epoch of the server it stood by.
func TestALivingServerLearnsThatAStandbyWasPromoted(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	address := first.NewDatabase(t)
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	standby := first.Standby(t)
	address = first.AddressOr(standby, address)
	if s, err = Open(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put := func(s *Store) error {
		return s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutMeta(ctx, store.MetaTried, "")
		})
	}
	hold, err := s.EnterTogether(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer hold.Leave()
	// A crash that it recovers from leaves it on its timeline.
	if err := first.Crash(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); put(s) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not written after a crash")
		}
	}
	if err := first.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	promoted, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer promoted.Close()
	if promoted.Timeline() == s.Timeline() {
		t.Errorf("both are on timeline %s", s.Timeline())
	}
	if err := put(promoted); err != nil {
		t.Errorf("who opened it since: %v", err)
	}
	if err := put(s); !errors.Is(err, store.ErrUnavailable) || !wentOver(err) {
		t.Errorf("who opened it before writes there: %v", err)
	}
	select {
	case <-hold.Lost:
	case <-time.After(time.Minute):
		t.Fatal("it goes on with what it remembers")
	}
}

// TestAStandbyIsNoStore: a connection to it would be on another timeline once it is promoted.
func TestAStandbyIsNoStore(t *testing.T) {
	t.Parallel()
	first := pgtest.ForTest(t)
	address := first.NewDatabase(t)
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	standby := first.Standby(t)
	if err := standby.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), standby.AddressOf(first, address)); !errors.Is(err, errStandby) {
		t.Errorf("opened: %v", err)
	}
}

// Who may ask for the timeline no more is where they were.
func TestATimelineThatIsToldNoMoreEndsNobody(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), pgtest.ForTest(t).NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	timeline, err := timelineOf(t.Context(), conn)
	if err != nil || timeline == "" {
		t.Fatalf("%q, %v", timeline, err)
	}
	if err := stayOn(t.Context(), conn, timeline+"0"); !errors.Is(err, errOtherTimeline) {
		t.Errorf("of another timeline: %v", err)
	}
	for _, q := range []string{"CREATE ROLE untold", "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", "SET ROLE untold"} {
		if _, err := conn.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if now, err := timelineOf(t.Context(), conn); err != nil || now != "" {
		t.Fatalf("%q, %v: it is told all the same", now, err)
	}
	if err := stayOn(t.Context(), conn, timeline); err != nil {
		t.Errorf("a connection is refused: %v", err)
	}
}
