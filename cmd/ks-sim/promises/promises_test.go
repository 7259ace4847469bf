package promises

import (
	"testing"
	"time"
)

func TestPromisesHoldOnTheFirstSeeds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		w, err := NewWorld(t.Context(), seed, t.TempDir())
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
