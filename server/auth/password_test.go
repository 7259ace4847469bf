package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
)

func TestSignInsAtOnceStayWithinTheirMemory(t *testing.T) {
	t.Parallel()
	if bound := maxHashesAtOnce * int(DefaultPasswordCost.MemoryKiB) << 10; bound > 256<<20 {
		t.Errorf("%d MiB for hashes", bound>>20)
	}
	h := NewHasher(rand.Reader)
	h.wait = time.Minute
	encoded, err := h.HashAt(t.Context(), record.PasswordCost{MemoryKiB: 64, Passes: 1, Lanes: 1}, "sebuah kata sandi panjang", Owner{})
	if err != nil {
		t.Fatal(err)
	}
	// All who are let in stay in, until the queue is full, too.
	hold, inside := make(chan struct{}), make(chan struct{}, maxHashQueue+maxHashesAtOnce)
	first := func() error {
		inside <- struct{}{}
		<-hold
		return nil
	}
	var wait sync.WaitGroup
	for range cap(h.slots) + maxHashQueue {
		wait.Go(func() {
			if ok, err := h.matches(t.Context(), first, "sebuah kata sandi panjang", encoded); err != nil || !ok {
				t.Errorf("who waited: %v, %v", ok, err)
			}
		})
	}
	for deadline := time.Now().Add(time.Minute); len(h.queue) < maxHashQueue || len(inside) < cap(h.slots); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d wait, %d are in", len(h.queue), len(inside))
		}
	}
	if len(inside) != cap(h.slots) {
		t.Errorf("%d hash at once, want %d", len(inside), cap(h.slots))
	}
	var busy *Busy
	if _, err := h.matches(t.Context(), first, "x", encoded); !errors.As(err, &busy) || busy.Wait <= 0 {
		t.Errorf("beyond the queue: %v", err)
	}
	close(hold)
	wait.Wait()
	if len(h.queue)+len(h.slots) > 0 {
		t.Errorf("%d places are not given back", len(h.queue)+len(h.slots))
	}
}

func TestWhoseTurnDoesNotComeIsToldToComeAgain(t *testing.T) {
	t.Parallel()
	h := NewHasher(rand.Reader)
	h.wait = time.Millisecond
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	var busy *Busy
	if err := h.enter(t.Context()); !errors.As(err, &busy) {
		t.Errorf("after the longest wait: %v", err)
	}
	h.wait = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.enter(ctx); !errors.Is(err, context.Canceled) || len(h.queue) > 0 {
		t.Errorf("who gave up: %v, %d in the queue", err, len(h.queue))
	}
}

// Not parallel: the collector is the process's.
func TestWhatAHashTookIsCollectedBeforeTheNext(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	// Somebody else is always there, so that nobody is the last one for now: at it on several
	// cores, in the queue on one.
	several := &Hasher{rand: rand.Reader, slots: make(chan struct{}, maxHashesAtOnce), queue: make(chan struct{}, maxHashQueue), wait: time.Minute}
	several.slots <- struct{}{}
	one := &Hasher{rand: rand.Reader, slots: make(chan struct{}, 1), queue: make(chan struct{}, maxHashQueue), wait: time.Minute}
	one.queue <- struct{}{}
	uncollected := func() uint64 {
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
		metrics.Read(heap)
		return heap[0].Value.Uint64() - min(heap[0].Value.Uint64(), heap[1].Value.Uint64())
	}
	for _, h := range []*Hasher{several, one} {
		for range 4 {
			if _, err := h.Hash(t.Context(), "sebuah kata sandi panjang", Owner{}); err != nil {
				t.Fatal(err)
			}
			if left := uncollected(); left > maxUncollected+uint64(DefaultPasswordCost.MemoryKiB)<<10 {
				t.Errorf("%d MiB are left behind a hash", left>>20)
			}
		}
	}
}

// Not parallel: the collector is the process's.
func TestMemoryIsGivenBackOnceThereIsSome(t *testing.T) {
	forced := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	h := NewHasher(rand.Reader)
	hash := func(cost record.PasswordCost) uint32 {
		before := forced()
		if _, err := h.HashAt(t.Context(), cost, "sebuah kata sandi panjang", Owner{}); err != nil {
			t.Fatal(err)
		}
		return forced() - before
	}
	cheap := record.PasswordCost{MemoryKiB: maxUncollected >> 11, Passes: 1, Lanes: 1}
	for i, want := range []uint32{0, 1, 0, 1} {
		if got := hash(cheap); got != want {
			t.Errorf("hash %d of half of what may be left: memory was given back %d times, want %d", i+1, got, want)
		}
	}
	for range 2 {
		if got := hash(DefaultPasswordCost); got != 1 {
			t.Errorf("after a hash of a server's cost memory was given back %d times", got)
		}
	}
}
