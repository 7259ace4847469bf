package veil

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
)

// failingStore does something before each reading, which may fail or panic.
type failingStore struct {
	store.Store
	fail func() error
}

func (s *failingStore) Read(ctx context.Context, fn func(context.Context, store.Snapshot) error) error {
	if s.fail != nil {
		if err := s.fail(); err != nil {
			return err
		}
	}
	return s.Store.Read(ctx, fn)
}

// A piece that fails is told of once, left for a minute, and tried again; a panic is an
// error like others.
func TestAPieceThatFailsIsToldOnceAndLeftForAMinute(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func() error{
		"an error": func() error { return errors.New("broken") },
		"a panic":  func() error { panic("broken") },
	} {
		w := newOpenWorld(t)
		w.Move(1, 20260301, 1)
		w.Settle()
		now := w.keeper.Now()
		w.keeper.Now = func() time.Time { return now }
		broken := &failingStore{w.keeper.Store, fail}
		w.readFrom(broken)
		w.keeper.want(Key{root: w.district()})
		if err := w.keeper.decideWanted(t.Context()); err == nil {
			t.Errorf("%s is not told", name)
		}
		if err := w.keeper.decideWanted(t.Context()); err != nil {
			t.Errorf("%s is tried again at once: %v", name, err)
		}
		broken.fail = nil
		if err := w.keeper.decideWanted(t.Context()); err != nil {
			t.Error(err)
		}
		if n, _ := w.decidedDays(); n != 0 {
			t.Errorf("after %s %d days are decided within the minute", name, n)
		}
		now = now.Add(restAfterFailure)
		if err := w.keeper.decideWanted(t.Context()); err != nil {
			t.Error(err)
		}
		if n, _ := w.decidedDays(); n != DaysAhead {
			t.Errorf("after %s has passed %d days are decided", name, n)
		}
	}
	a := ahead{wanted: map[area.Code]*wanted{{}: {}}}
	if a.end(area.Code{}, time.Time{}, true, errors.New("broken")) == nil || a.end(area.Code{}, time.Time{}, true, errors.New("broken")) != nil {
		t.Error("the same error is told twice, or never")
	}
}

// One new piece is taken up in each round, though the board looks again meanwhile.
func TestANewPieceIsTakenUpWhileOthersAreDecidedAnew(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	w.keeper.want(Key{})
	if err := w.keeper.decideWanted(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Move(1, 20260309, 1)
	w.Settle()
	w.keeper.want(Key{root: w.district()})
	looks := 0
	w.readFrom(&failingStore{w.keeper.Store, func() error { // the board looks again while the nation is decided
		if looks++; looks == 1 {
			return w.Board.Refresh(t.Context())
		}
		return nil
	}})
	if err := w.keeper.decideWanted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, _ := w.decidedDays(); looks == 0 || n != DaysAhead {
		t.Errorf("%d days of the new piece are decided, at %d readings", n, looks)
	}
}

// Who no longer waits, and a server that ends, stop what is under way.
func TestDecidingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	reads := 0
	w.readFrom(&failingStore{w.keeper.Store, func() error { reads++; return nil }})
	err := w.keeper.decideDown(ctx, w.district(), []int{20260301, 20260302}, true)
	if !errors.Is(err, context.Canceled) || reads != 0 || w.keeper.kept.find(Key{}) != nil {
		t.Errorf("%d readings after the end: %v", reads, err)
	}
}
