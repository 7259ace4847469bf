package server

import (
	"os"
	"runtime/debug"
	"testing"
)

// A nation's board and what is kept of its answers must fit below the limit with
// room for garbage, and the process below 1 GiB.
func TestTheMemoryLimitGrowsWithTheCountry(t *testing.T) {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		t.Skip("the environment has set the collector")
	}
	limit := debug.SetMemoryLimit(-1)
	percent := debug.SetGCPercent(gcPercent)
	t.Cleanup(func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
		limited.Store(false)
		tuned.Store(false)
	})
	fitMemory(83_763)
	if got := debug.SetMemoryLimit(-1); got != limit {
		t.Errorf("a limit that is not ours became %d", got)
	}
	TuneMemory()
	const puskesmas, nation = 12, 83_763
	for villages, bounds := range map[int][2]int64{puskesmas: {MemoryLimit, MemoryLimit + 1<<20}, nation: {700 << 20, 850 << 20}} {
		fitMemory(villages)
		if got := debug.SetMemoryLimit(-1); got < bounds[0] || got > bounds[1] {
			t.Errorf("%d villages: a limit of %d MiB", villages, got>>20)
		}
	}
}
