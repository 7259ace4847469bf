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
	}
}
