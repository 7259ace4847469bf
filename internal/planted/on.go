//go:build planted

package planted

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Active tells whether this build can hold bugs.
const Active = true

var (
	active = Bug(os.Getenv(EnvBug))
	dieAt  string
	left   atomic.Int64
)

func init() {
	at, count, _ := strings.Cut(os.Getenv(EnvDieAt), ":")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		n = 1
	}
	dieAt = at
	left.Store(n)
}

// Is tells whether a bug is active.
func Is(b Bug) bool { return b == active }

// Step marks an instant, and kills the process where it was asked to.
func Step(name string) {
	if name == dieAt && left.Add(-1) == 0 {
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {}
	}
}
