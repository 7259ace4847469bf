package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // a promise was broken, or a run could not be finished
	exitMisused = 2 // wrong arguments
)

// usageError marks what the user got wrong.
type usageError struct{ error }

// Run is the program as a value that tests start; it returns the exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "ks-sim",
		Short: "Simulate the field: devices, surveyors, faults",
		Long: `ks-sim runs the real server core and the real device SDK under simulated
surveyors, clocks, links and faults.`,
		SilenceUsage: true, SilenceErrors: true,
	}
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(promisesCommand(), puskesmasCommand(), demoCommand(), benchCommand(), benchServerCommand(), benchDeviceCommand(), benchPeersCommand(), faultsCommand(), linksCommand(), faultsProcessCommand(), mutantsCommand(), procedureCommand(), dukcapilCommand(), attackCommand())
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "ks-sim:", err)
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(stderr, "Run 'ks-sim --help' for usage.")
		return exitMisused
	}
	return exitFailed
}
