package lasting

import "os"

// holdPart does nothing: who has a file open keeps others from removing it.
func holdPart(*os.File) {}

// removePart removes a part that nobody writes.
func removePart(path string) { _ = os.Remove(path) }
