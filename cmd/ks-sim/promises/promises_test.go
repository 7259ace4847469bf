package promises

import (
	"context"
	"testing"
	"time"
)

func TestPromisesHoldOnTheFirstSeeds(t *testing.T) {
	t.Parallel()
	live(t, NewWorld)
}

func TestPromisesHoldOnDisksThatFailAndLosePower(t *testing.T) {
	t.Parallel()
	live(t, NewWorldOnBadDisks)
}

func live(t *testing.T, world func(context.Context, uint64, string) (*World, error)) {
	for seed := range uint64(4) {
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
