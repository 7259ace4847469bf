// Command ks-device is a surveyor's device: everything the SDK can do, for
// surveyors and testers, and the index of families in files.
package main

import (
	"os"

	"github.com/keluarga-sehat/sync/internal/usage"
)

func main() {
	ctx, stop := usage.UntilTold()
	code := Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
