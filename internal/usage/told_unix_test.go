//go:build unix

package usage

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

// A terminal that is closed ends a program as an interrupt does, but for one that nohup
// started. It signals its own process, so that no other test runs beside it.
func TestTheEndOfATerminalIsToldLikeAnInterrupt(t *testing.T) {
	for _, sign := range []syscall.Signal{syscall.SIGHUP, syscall.SIGTERM, syscall.SIGINT} {
		ctx, stop := UntilTold()
		tell(t, sign)
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			t.Errorf("it goes on after %v", sign)
		}
		stop()
	}
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	ctx, stop := UntilTold()
	defer stop()
	heard, cancel := signal.NotifyContext(context.Background(), syscall.SIGUSR1)
	defer cancel()
	tell(t, syscall.SIGHUP)
	tell(t, syscall.SIGUSR1)
	<-heard.Done() // behind the other
	if ctx.Err() != nil {
		t.Error("a program under nohup ended with its terminal")
	}
}

func tell(t *testing.T, sign syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), sign); err != nil {
		t.Fatal(err)
	}
}
