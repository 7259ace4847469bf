package api

import (
	"context"
	"maps"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil"
)

// What is worked out in a day's first second from figures of the day before tells an
// as-of that looks like a past day's end, and is not kept.
func TestAnAnswerOfTheDayBeforeIsNotKept(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	s, midnight := w.services, time.Date(2026, 3, 10, 0, 0, 0, 0, area.WIB)
	now := midnight.Add(-time.Second)
	clock := func() time.Time { return now }
	s.Now = clock
	s.Board = tally.New(s.Store, clock)
	for _, at := range []struct {
		now, looked time.Duration
		kept        bool
	}{{-time.Millisecond, -time.Second, true}, {time.Millisecond, -time.Second, false}, {time.Second, time.Second, true}} {
		now = midnight.Add(at.looked)
		if err := s.Board.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		now = midnight.Add(at.now)
		f := &foundation{code: "32.04", keep: true}
		if f.take(s); f.kept() != at.kept {
			t.Errorf("%v after midnight, of %v: kept is %v", at.now, at.looked, f.kept())
		}
	}
}

// witnessed is the foundation of the district's present figures, and of the masks of its
// kecamatan now and on a day, as the keeper tells it.
func (w *openWorld) witnessed(day int) *foundation {
	w.Helper()
	f := &foundation{code: pasttest.District, keep: true}
	f.take(w.services)
	v, x := w.services.Veil.For(districtOfficer), veil.Subject{Area: w.Area("32.04.05")}
	for _, day := range []int{0, day} {
		if _, err := v.MaskOf(veil.WithWitness(w.Context(), f), x, day); err != nil {
			w.Fatal(err)
		}
	}
	return f
}

// An answer is given again while each piece that it shows is as it was, and only then.
func TestAnAnswerHoldsWhileItsPiecesDo(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	f := w.witnessed(20260301)
	if len(f.pieces) != 2 || !f.kept() {
		t.Fatalf("it rests on %v, and may be given again: %v", f.pieces, f.kept())
	}
	if _, ok := f.holds(t.Context(), w.services); !ok {
		t.Error("it does not hold though nothing has changed")
	}
	for piece := range f.pieces {
		moved := &foundation{code: f.code, keep: true, pieces: maps.Clone(f.pieces)}
		moved.take(w.services)
		moved.pieces[piece]++
		if _, ok := moved.holds(t.Context(), w.services); ok {
			t.Errorf("it holds though %v is another", piece)
		}
	}
	f.RestsOnOwn()
	if f.kept() || !f.showsOwn() {
		t.Error("what nobody else is shown is kept for others")
	}
}

// watchedStore does something before each reading.
type watchedStore struct {
	store.Store
	watch func()
}

func (s *watchedStore) Read(ctx context.Context, fn func(context.Context, store.Snapshot) error) error {
	s.watch()
	return s.Store.Read(ctx, fn)
}

// Whoever looks whether an answer holds, and has the store to ask, holds up nobody else who is
// given it.
func TestWhoLooksWhetherAnAnswerHoldsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	f, reads := w.witnessed(20260301), 0
	w.services = figuresOnly(w.Store, w.Board, pasttest.Now) // which has to decide anew
	w.readFrom(&watchedStore{w.services.Store, func() {
		if reads++; !f.mu.TryLock() {
			t.Error("the store is read under the lock")
			return
		}
		f.mu.Unlock()
	}})
	f.holds(t.Context(), w.services)
	if reads == 0 {
		t.Error("nothing was asked of the store")
	}
}
