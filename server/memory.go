package server

import (
	"os"
	"runtime/debug"
)

// MemoryLimit is the size around which the collector works harder: below 512
// MiB, which a process with a thousand devices must not pass. GOMEMLIMIT in the
// environment overrules it.
const MemoryLimit = 380 << 20

// gcPercent: most of what a commit allocates dies with it; collecting a quarter
// as often saves a fifth of the processor time. GOGC overrules it.
const gcPercent = 400

// TuneMemory sets the collector for a process that serves.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(MemoryLimit)
	}
}
