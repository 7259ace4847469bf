package server

import (
	"os"
	"runtime/debug"
	"sync/atomic"
)

// MemoryLimit is the size around which the collector works harder: below 512
// MiB, which a process with a thousand devices must not pass. GOMEMLIMIT in the
// environment overrules it.
const MemoryLimit = 380 << 20

// memoryPerVillage is what MemoryLimit grows by for each village: its figures on the
// board (1.8 kB) and what is kept of answers about it. With the nation's 83,763 the
// limit is 827 MiB, of which 550 live while all kinds of questions are asked; at 380, half
// of the processor went into collecting, and at 740 a fiftieth of the time, so that it
// was what the slowest of a hundred answers waited for.
const memoryPerVillage = 5600

// gcPercent: most of what a commit allocates dies with it; collecting a quarter
// as often saves a fifth of the processor time. GOGC overrules it.
const gcPercent = 400

// pressedPercent is gcPercent while the port is flooded: half-open connections
// are alive, and four times as much garbage beside them would be too much.
const pressedPercent = 75

// underPressure sets the collector for a flood, and back; only where TuneMemory
// has set it.
func underPressure(high bool) {
	switch {
	case !tuned.Load():
	case high:
		debug.SetGCPercent(pressedPercent)
	default:
		debug.SetGCPercent(gcPercent)
	}
}

// fitMemory makes room for the figures of villages; only where TuneMemory has set
// the limit.
func fitMemory(villages int) {
	if limited.Load() {
		debug.SetMemoryLimit(MemoryLimit + int64(villages)*memoryPerVillage)
	}
}

// limited: the limit is ours to set.
var limited atomic.Bool

// tuned: the collector's aim is ours to set.
var tuned atomic.Bool

// TuneMemory sets the collector for a process that serves.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		tuned.Store(true)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(MemoryLimit)
		limited.Store(true)
	}
}
