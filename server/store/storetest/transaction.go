package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

var errPlanned = errors.New("planned")

func testRollback(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		err := tx.InVillage(ctx, v, func(x store.VillageTx) error { return x.Apply(ctx, commitOf(x, 1, 1)) })
		return errors.Join(err, errPlanned)
	})
	if !errors.Is(err, errPlanned) {
		t.Fatal(err)
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, v)
		if row.Revision != 0 {
			t.Error("the revision moved")
		}
		return err
	})
}

func testPanic(t *testing.T, s store.Store) {
	village := number(t, s, codeA)
	within := func(fn func()) (v any) {
		defer func() { v = recover() }()
		fn()
		return nil
	}
	for range 20 { // more often than an engine has connections
		v := within(func() {
			write(t, s, func(ctx context.Context, tx store.Tx) error {
				return tx.InVillage(ctx, village, func(store.VillageTx) error {
					if err := tx.Directory().PutAreas(ctx, []store.Area{{Code: "33", Name: "Jawa Tengah"}}); err != nil {
						return err
					}
					panic("planned")
				})
			})
		})
		if v == nil {
			t.Fatal("the panic was kept from the caller")
		}
		if v := within(func() {
			read(t, s, func(context.Context, store.Snapshot) error { panic("planned") })
		}); v == nil {
			t.Fatal("the panic of a read was kept from the caller")
		}
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		if _, err := snap.FindArea(ctx, "33"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was written before the panic: %v", err)
		}
		return nil
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(store.VillageTx) error { return nil })
	})
}

// testLongReads holds as many reads open as may be, and reads and writes beside them.
func testLongReads(t *testing.T, s store.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if s.LongReads() < 1 {
		t.Fatalf("%d long reads", s.LongReads())
	}
	begun, end := make(chan struct{}, s.LongReads()), make(chan struct{})
	var wait sync.WaitGroup
	defer wait.Wait()
	defer close(end)
	for range s.LongReads() {
		wait.Go(func() {
			err := s.Read(store.AsOperator(ctx), func(context.Context, store.Snapshot) error {
				begun <- struct{}{}
				<-end
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range s.LongReads() {
		select {
		case <-begun:
		case <-ctx.Done():
			t.Fatal("long reads do not begin beside each other")
		}
	}
	err := s.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.VillagesUnder(ctx, "")
		return err
	})
	if err != nil {
		t.Errorf("a read beside them: %v", err)
	}
	err = s.Write(requests(ctx), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "77", Name: "Di sampingnya"}})
	})
	if err != nil {
		t.Errorf("a write beside them: %v", err)
	}
}

func testVillageRollback(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	if !s.ManyVillages() {
		err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if err := tx.InVillage(ctx, a, func(store.VillageTx) error { return nil }); err != nil {
				return err
			}
			return tx.InVillage(ctx, b, func(store.VillageTx) error { return nil })
		})
		if !errors.Is(err, store.ErrSecondVillage) {
			t.Fatalf("a second village: %v", err)
		}
		return
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if err := tx.InVillage(ctx, a, func(x store.VillageTx) error { return x.Apply(ctx, commitOf(x, 1, 1)) }); err != nil {
			return err
		}
		err := tx.InVillage(ctx, b, func(x store.VillageTx) error { return errors.Join(x.Apply(ctx, commitOf(x, 1, 2)), errPlanned) })
		if !errors.Is(err, errPlanned) {
			t.Errorf("failure in a village: %v", err)
		}
		return nil
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		first, err1 := snap.Village(ctx, a)
		second, err2 := snap.Village(ctx, b)
		if first.Revision != 1 || second.Revision != 0 {
			t.Errorf("revisions %d and %d", first.Revision, second.Revision)
		}
		return errors.Join(err1, err2)
	})
}

func testConcurrentWriters(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	const writers, each = 6, 8
	var wait sync.WaitGroup
	for w := range writers {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for n := range each {
				err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
					return tx.InVillage(ctx, v, func(x store.VillageTx) error {
						return x.Apply(ctx, commitOf(x, 1, byte(1+w*each+n)))
					})
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wait.Wait()
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for revision := uint64(1); revision <= writers*each; revision++ {
			if _, ok, err := snap.HashAt(ctx, v, revision); !ok || err != nil {
				t.Errorf("revision %d is missing: %v", revision, err)
			}
		}
		row, err := snap.Village(ctx, v)
		if row.Revision != writers*each {
			t.Errorf("village at %d", row.Revision)
		}
		return err
	})
}

func testSnapshot(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	add(t, s, v, 1, 1)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		before, err := snap.Village(ctx, v)
		if err != nil {
			return err
		}
		add(t, s, v, 1, 2)
		after, err := snap.Village(ctx, v)
		if before.Revision != after.Revision {
			t.Error("the snapshot moved")
		}
		rows, err2 := snap.StatesSince(ctx, v, 0, nil, 10)
		if len(rows) != 1 {
			t.Errorf("%d families in the snapshot", len(rows))
		}
		return errors.Join(err, err2)
	})
}

func testCancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Write(ctx, func(context.Context, store.Tx) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("write: %v", err)
	}
	err = s.Read(ctx, func(context.Context, store.Snapshot) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
}

// Decisions of several villages on one surveyor's work are numbered in one row.
func testNoticesAtOnce(t *testing.T, s store.Store) {
	const account, times = 7, 8
	villages := []uint32{number(t, s, codeA), number(t, s, codeB)}
	start := make(chan struct{})
	var wait sync.WaitGroup
	for _, v := range villages {
		wait.Go(func() {
			<-start
			for range times {
				err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
					return tx.InVillage(ctx, v, func(x store.VillageTx) error {
						c := &store.Commit{Village: x.Village(), Notices: []store.Notice{{Account: account, Payload: []byte("x")}}}
						return x.Apply(ctx, c)
					})
				})
				if err != nil {
					t.Errorf("village %d: %v", v, err)
				}
			}
		})
	}
	close(start)
	wait.Wait()
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		list, err := snap.NoticesSince(ctx, account, 0, 100)
		for i, n := range list {
			if n.Revision != uint64(i+1) {
				t.Errorf("notice %d has number %d", i+1, n.Revision)
			}
		}
		if len(list) != times*len(villages) {
			t.Errorf("%d notices, want %d", len(list), times*len(villages))
		}
		return err
	})
}
