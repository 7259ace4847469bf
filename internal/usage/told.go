package usage

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// UntilTold is the context of a program that goes on until it is told to end: by an
// interrupt, by SIGTERM, or by the end of its terminal, SIGHUP, unless who started it had that
// ignored, as nohup does. stop lets signals do again what they do by themselves.
func UntilTold() (ctx context.Context, stop context.CancelFunc) {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	return signal.NotifyContext(context.Background(), ends...)
}
