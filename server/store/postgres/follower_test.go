package postgres

import (
	"context"
	"errors"
	"testing"
	"time"
)

// One server follows at a time; when it is through, or its connection is gone, another may.
func TestOneServerFollowsAtATime(t *testing.T) {
	t.Parallel()
	address := cluster.NewDatabase(t)
	open := func() *Store {
		s, err := Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	one, other := open(), open()
	nothing := func(context.Context) error { return nil }
	follows := func(s *Store) bool {
		ran, err := s.OneFollower(t.Context(), nothing)
		if err != nil {
			t.Error(err)
		}
		return ran
	}
	planned := errors.New("planned")
	ran, err := one.OneFollower(t.Context(), func(context.Context) error {
		if follows(other) {
			t.Error("two follow at a time")
		}
		return planned
	})
	if !ran || !errors.Is(err, planned) {
		t.Errorf("it followed: %t, %v", ran, err)
	}
	if !follows(other) || !follows(one) {
		t.Error("when one is through, no other may follow")
	}
	ran, err = one.OneFollower(t.Context(), func(ctx context.Context) error {
		_, err := other.pool.Exec(ctx, `RESET ROLE; SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 27509
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		for end := time.Now().Add(10 * time.Second); err == nil && !follows(other); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Error("nobody follows behind a connection that is gone")
				break
			}
		}
		return err
	})
	if !ran || err != nil {
		t.Errorf("it followed: %t, %v", ran, err)
	}
	if !follows(one) {
		t.Error("it does not follow any more")
	}
}
