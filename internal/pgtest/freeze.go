package pgtest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Freeze stops all of the cluster's processes, as on a host that hangs, until Thaw.
func (c *Cluster) Freeze(t testing.TB) {
	t.Helper()
	c.signal(t, syscall.SIGSTOP)
}

// Thaw lets it go on.
func (c *Cluster) Thaw(t testing.TB) {
	t.Helper()
	c.signal(t, syscall.SIGCONT)
}

func (c *Cluster) signal(t testing.TB, s syscall.Signal) {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", c.PID()))
	if err != nil {
		t.Error(err)
	}
	for _, text := range append(strings.Fields(string(children)), strconv.Itoa(c.PID())) {
		pid, err := strconv.Atoi(text)
		if err == nil {
			err = syscall.Kill(pid, s)
		}
		if err != nil && err != syscall.ESRCH { // a child that has ended since
			t.Error(err)
		}
	}
}
