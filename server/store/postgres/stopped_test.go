package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// stopped is a store of which a transaction, once it has a village, asks nothing for longer
// than it may, as where its process is stopped; and a second store on the same database.
func stopped(t *testing.T) (stops, other *Store, held chan struct{}, goOn chan struct{}) {
	t.Helper()
	address := cluster.NewDatabase(t)
	open := func() *Store {
		s, err := Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	stops, other = open(), open()
	if stops.writeIdle != writeIdleMax {
		t.Fatalf("a transaction that writes may be idle for %s", stops.writeIdle)
	}
	stops.writeIdle = 200 * time.Millisecond
	err := stops.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32.04.05.2001"}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return stops, other, make(chan struct{}), make(chan struct{})
}

// next commits a revision of village 1 that follows whatever is there.
func next(ctx context.Context, s *Store, holds func(), ends func()) error {
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		err := tx.InVillage(ctx, 1, func(v store.VillageTx) error {
			holds()
			c := &store.Commit{Village: v.Village(), Day: 20260301}
			c.Village.Revision++
			return v.Apply(ctx, c)
		})
		ends()
		return err
	})
}

// A process that was stopped held its village, and no other server could write it.
func TestAStoppedProcessLeavesItsVillageToOthers(t *testing.T) {
	t.Parallel()
	for name, stopsAt := range map[string]func(stop func()) (holds, ends func()){
		"before a statement": func(stop func()) (holds, ends func()) { return stop, func() {} },
		"before the commit":  func(stop func()) (holds, ends func()) { return func() {}, stop },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stops, other, held, goOn := stopped(t)
			first := true
			holds, ends := stopsAt(func() {
				if first {
					first = false
					close(held)
					<-goOn
				}
			})
			done := make(chan error, 1)
			go func() { done <- next(t.Context(), stops, holds, ends) }()
			<-held
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := next(ctx, other, func() {}, func() {})
			close(goOn)
			if err := errors.Join(err, <-done); err != nil {
				t.Fatal(err)
			}
			err = other.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
				v, err := snap.Village(ctx, 1)
				if v.Revision != 2 {
					t.Errorf("of two commits %d are there", v.Revision)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// Exports read for long, and may wait for who takes them.
func TestAReadMayBeIdle(t *testing.T) {
	t.Parallel()
	s, _, _, _ := stopped(t)
	runs := 0
	err := s.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		runs++
		time.Sleep(3 * s.writeIdle)
		_, err := snap.Village(ctx, 1)
		return err
	})
	if err != nil || runs != 1 {
		t.Fatalf("%d times: %v", runs, err)
	}
}
