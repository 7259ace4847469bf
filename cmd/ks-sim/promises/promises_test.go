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

func live(t *testing.T, world func(context.Context, uint64, string) (*World, error), seeds ...uint64) {
	t.Helper()
	for _, seed := range seeds {
		w, err := world(t.Context(), seed, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Run(t.Context(), 10*24*time.Hour); err != nil {
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
