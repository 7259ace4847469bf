package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/build"
	"github.com/keluarga-sehat/sync/internal/usage"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailed  = 1 // a promise was broken, or a run could not be finished
	exitMisused = usage.ExitCode
)

func misused(format string, args ...any) error { return usage.Errorf(format, args...) }

// Run is the program as a value that tests start; it returns the exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "ks-sim",
		Short: "Simulate the field: devices, surveyors, faults",
		Long: `ks-sim runs the real server core and the real device SDK under simulated
surveyors, clocks, links and faults.`,
		Version:      build.Version(),
		SilenceUsage: true, SilenceErrors: true,
	}
	root.SetArgs(args)
	out := usage.NewOutput(stdout)
	root.SetOut(out)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(usage.Flags)
	root.AddCommand(promisesCommand(), puskesmasCommand(), demoCommand(), benchCommand(), benchServerCommand(), benchDeviceCommand(), benchPeersCommand(), faultsCommand(), linksCommand(), faultsProcessCommand(), mutantsCommand(), procedureCommand(), dukcapilCommand(), attackCommand(), soakReportCommand())
	usage.Arguments(root)
	called, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = out.Err()
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintln(stderr, "ks-sim:", err)
	if usage.Is(err) {
		fmt.Fprintln(stderr, usage.Hint(called))
		return exitMisused
	}
	return exitFailed
}
