package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// hanging is a store whose writes hang until it is freed, as of PostgreSQL that waits for a
// standby which is gone; they then take effect.
type hanging struct {
	store.Store
	freed chan struct{}
	// written are the entries by their subject; the flusher's alone.
	written map[string]bool
}

func (h *hanging) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	select {
	case <-h.freed:
	case <-ctx.Done():
		return fmt.Errorf("commit: %w", ctx.Err())
	}
	return fn(ctx, hangingTx{h: h})
}

func (h *hanging) Read(context.Context, func(context.Context, store.Snapshot) error) error {
	return nil
}

type hangingTx struct {
	store.Tx
	store.DirectoryWriter
	h *hanging
}

func (tx hangingTx) Directory() store.DirectoryWriter { return tx }

func (tx hangingTx) AppendAudit(_ context.Context, rows []store.AuditEntry) error {
	for _, row := range rows {
		tx.h.written[row.Subjects[0]] = true
	}
	return nil
}

// queue is a trail over a store that hangs, within a bubble of its own.
type queue struct {
	*Log
	store *hanging
}

func newQueue(t *testing.T) *queue {
	t.Helper()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	q := &queue{store: &hanging{freed: make(chan struct{}), written: map[string]bool{}}}
	if q.Log, err = New(Config{Store: q.store, Ring: ring, Now: time.Now, Rand: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	return q
}

// put appends entries named after a call, as the guard does.
func (q *queue) put(ctx context.Context, call string, entries int) error {
	list := make([]*ksv1.AuditEntry, entries)
	for i := range list {
		list[i] = &ksv1.AuditEntry{Subjects: []string{fmt.Sprint(call, " ", i)}}
	}
	return q.Append(ctx, list...)
}

func (q *queue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.queue)
}

// All that an address may call at once is told within waitMax that nothing is recorded, be it
// being written or not, and nothing stays behind; what comes after is recorded.
func TestNobodyWaitsLongForATrailThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		begun := time.Now()
		var wait sync.WaitGroup
		for n := range 6_000 {
			wait.Go(func() {
				err := q.put(context.WithoutCancel(t.Context()), fmt.Sprint(n), 1)
				if took := time.Since(begun); !errors.Is(err, store.ErrUnavailable) || took > waitMax {
					t.Errorf("after %v: %v", took, err)
				}
			})
		}
		wait.Wait()
		if n := q.waiting(); n != 0 {
			t.Errorf("%d entries wait whose callers have gone", n)
		}
		close(q.store.freed)
		if err := q.put(t.Context(), "later", 1); err != nil || !q.store.written["later 0"] {
			t.Errorf("when the store goes on: %v", err)
		}
	})
}

// Where the queue is full who comes is refused at once; all that waited is recorded.
func TestAFullTrailRefusesAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		var wait sync.WaitGroup
		for n := range 1 + queueMax {
			wait.Go(func() {
				if err := q.put(t.Context(), fmt.Sprint(n), 1); err != nil {
					t.Error(err)
				}
			})
			if n == 0 {
				synctest.Wait() // it is being written alone
			}
		}
		synctest.Wait()
		begun := time.Now()
		if err := q.put(t.Context(), "one more", 1); !errors.Is(err, store.ErrUnavailable) || time.Since(begun) > 0 {
			t.Errorf("one more than may wait: after %v, %v", time.Since(begun), err)
		}
		close(q.store.freed)
		wait.Wait()
		if err := q.put(t.Context(), "later", 1); err != nil || len(q.store.written) != 1+queueMax+1 {
			t.Errorf("%d are written; then %v", len(q.store.written), err)
		}
	})
}

// Who gives up takes along what is not being written yet, and nobody else's.
func TestWhoGivesUpLeavesTheTrailsQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(t)
		var wait sync.WaitGroup
		giveUp := map[string]context.CancelFunc{}
		for _, c := range []struct {
			call    string
			entries int
			ends    error
		}{
			{"first", 1, store.ErrUnavailable}, {"goes", groupSize, context.Canceled}, {"long", groupSize + 2, context.Canceled}, {"last", 1, nil},
		} {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			giveUp[c.call] = cancel
			wait.Go(func() {
				if err := q.put(ctx, c.call, c.entries); !errors.Is(err, c.ends) {
					t.Errorf("%s: %v, want %v", c.call, err, c.ends)
				}
			})
			synctest.Wait()
		}
		left := func(when string, want int) {
			t.Helper()
			synctest.Wait()
			if n := q.waiting(); n != want {
				t.Errorf("%s %d entries wait, want %d", when, n, want)
			}
		}
		left("while the first is written", groupSize+groupSize+2+1)
		giveUp["goes"]()
		left("without those of one", groupSize+2+1)
		time.Sleep(flushTimeout) // the first fails, and the long one's first group begins
		left("after a group", 2+1)
		giveUp["long"]()
		left("without the rest of the long one", 1)
		close(q.store.freed)
		wait.Wait()
		if w := q.store.written; len(w) != groupSize+1 || !w["long 0"] || w[fmt.Sprint("long ", groupSize)] || !w["last 0"] {
			t.Errorf("%d are written; the long one's: %t, %t; the last: %t", len(w), w["long 0"], w[fmt.Sprint("long ", groupSize)], w["last 0"])
		}
	})
}

// Where all have given up before their group is taken, nothing is written, and the next entry
// is as ever.
func TestATrailWhoseQueueWasLeftGoesOn(t *testing.T) {
	t.Parallel()
	q := newQueue(t)
	lead, err := q.enter([]*waiting{{entry: &ksv1.AuditEntry{}}})
	if !lead || err != nil {
		t.Fatal(lead, err)
	}
	q.leave(q.queue)
	if q.flush(t.Context()); q.flushing || q.unsure { // the store hangs: a write would fail
		t.Error("nothing was written")
	}
	close(q.store.freed)
	if err := q.put(t.Context(), "later", 1); err != nil || len(q.store.written) != 1 {
		t.Errorf("%d are written; %v", len(q.store.written), err)
	}
}
