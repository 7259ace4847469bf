package server

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// One village fails twice, so that it is taken up alone in ten minutes and in twenty.
func TestVillagesThatCouldNotBeCountedAreTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		left, failures := []uint32{1, 2, 3}, 2
		var taken [][]uint32
		untilNone(t.Context(), func() []uint32 { return slices.Clone(left) }, func(villages []uint32) {
			taken = append(taken, villages)
			left = nil
			if failures > 0 {
				left, failures = []uint32{2}, failures-1
			}
		})
		if len(taken) != 3 || !slices.Equal(taken[0], []uint32{1, 2, 3}) || !slices.Equal(taken[1], []uint32{2}) || !slices.Equal(taken[2], []uint32{2}) {
			t.Errorf("taken up: %v", taken)
		}
		if took := time.Since(began); took < 2*recountRetry {
			t.Errorf("three times within %v", took)
		}
	})
}

func TestAServerThatStopsWaitsForNoRecount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		turns := 0
		untilNone(ctx, func() []uint32 { return []uint32{1} }, func([]uint32) { turns++ })
		if turns != 1 {
			t.Errorf("taken up %d times in a minute", turns)
		}
	})
}
