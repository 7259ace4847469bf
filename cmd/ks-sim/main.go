// Command ks-sim simulates the field: the promises simulator, and simulated
// Puskesmas with real devices of the SDK.
package main

import (
	"os"

	"github.com/keluarga-sehat/sync/internal/usage"
)

func main() {
	ctx, stop := usage.UntilTold()
	code := Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
