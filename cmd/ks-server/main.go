// Command ks-server is the sync server: gRPC, REST and pages on one port, and
// what an operator needs around it.
package main

import (
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/keluarga-sehat/sync/internal/usage"
	"github.com/keluarga-sehat/sync/server"
)

func main() {
	// Whoever reads the output may end first: that is an error then, not a kill.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := usage.UntilTold()
	server.LogGRPC(logTo(os.Stderr))
	code := Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// logTo is the log of a program that serves.
func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }
