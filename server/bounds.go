package server

import "runtime"

// chunkSlots is how many chunks are worked on at one time, waiting for their commit
// included: what a commit costs by itself is shared by those that wait for it. A chunk
// of new families takes about 2 MiB.
const chunkSlots = 64

// preparersAtOnce is how many of them are prepared at one moment: a core is left to commits.
func preparersAtOnce() int { return max(1, runtime.GOMAXPROCS(0)-1) }
