package promises

import (
	"context"
	"testing"
	"time"
)

func TestPromisesHoldOnTheFirstSeeds(t *testing.T) {
	t.Parallel()
	live(t, NewWorld, 0, 1, 2, 3)
}

func TestPromisesHoldOnDisksThatFailAndLosePower(t *testing.T) {
	t.Parallel()
	live(t, NewWorldOnBadDisks, 0, 1, 2, 3)
}

func TestPromisesHoldWhileFamiliesAreRestrictedAndErased(t *testing.T) {
	t.Parallel()
	// 21: a family of after the backup was erased, and the backup put back.
	live(t, NewWorldWithRights, 0, 21)
}

func TestWhatWasRenumberedAndErasedIsNotLost(t *testing.T) {
	t.Parallel()
	// A device gave its unsent family a new id, as the server had been restored; by that
	// the family was erased, and the server put back once more.
	liveFor(t, 20*24*time.Hour, NewWorldWithRights, 50)
}

func live(t *testing.T, world func(context.Context, uint64, string) (*World, error), seeds ...uint64) {
	t.Helper()
	liveFor(t, 10*24*time.Hour, world, seeds...)
}

func liveFor(t *testing.T, d time.Duration, world func(context.Context, uint64, string) (*World, error), seeds ...uint64) {
	t.Helper()
	for _, seed := range seeds {
		w, err := world(t.Context(), seed, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Run(t.Context(), d); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		t.Log(w.Report.String())
		for _, v := range w.Report.Violations {
			t.Errorf("seed %d: %s", seed, v)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
