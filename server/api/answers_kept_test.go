package api

import (
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/tally"
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

// To look at a piece asks for nothing; who is given an answer again does.
func TestWhoIsGivenAnAnswerAgainWantsItsPieces(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	key := pieceKey{root: w.district()}
	generation, err := w.services.generationOf(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(w.services.ahead.wanted); n != 0 {
		t.Errorf("%d pieces are wanted though nobody asked", n)
	}
	f := &foundation{code: "32.04", keep: true, pieces: map[pieceKey]uint64{key: generation}}
	f.take(w.services)
	if _, ok := f.holds(t.Context(), w.services); !ok || w.services.ahead.wanted[key.root] == nil {
		t.Errorf("holds: %v, and %d pieces are wanted", ok, len(w.services.ahead.wanted))
	}
}

// Whoever looks whether an answer holds, and has the store to ask, holds up nobody else who is
// given it.
func TestWhoLooksWhetherAnAnswerHoldsHoldsUpNobody(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	f, reads := &foundation{code: "32.04", keep: true, pieces: map[pieceKey]uint64{{root: w.district(), day: 20260301}: 1}}, 0
	f.take(w.services)
	w.readFrom(&failingStore{w.services.Store, func() error {
		if reads++; !f.mu.TryLock() {
			t.Error("the store is read under the lock")
			return nil
		}
		f.mu.Unlock()
		return nil
	}})
	f.holds(t.Context(), w.services)
	if reads == 0 {
		t.Error("nothing was asked of the store")
	}
}
