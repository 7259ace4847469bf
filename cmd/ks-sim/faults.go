package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/faults"
)

func faultsCommand() *cobra.Command {
	o := faults.Options{}
	var record string
	var told *string
	c := &cobra.Command{
		Use:   "faults",
		Short: "Kill real server and device processes and check the promises",
		Long: `faults runs a server (two with --postgres) and devices as processes of their own
that save and sync without pause, and kills them by SIGKILL: at random instants,
in builds with the tag "planted" also at named steps; with --postgres it ends the
database's connections too. It lets everything heal every so many cycles, prints
a line, and exits 1 where a promise was broken.`,
		Example: "  ks-sim faults --cycles 20\n  ks-sim faults --cycles 200 --postgres --devices 50 --record history.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Cycles < 1 || o.HealEvery < 1 || o.Devices < 1 {
				return misused("--cycles, --heal-every and --devices must be at least 1")
			}
			return telling(*told, func() (outcome, error) { return runFaults(cmd.Context(), o, record, cmd.OutOrStdout()) })
		},
	}
	told = outcomeFlag(c)
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "`seed` of who is killed when")
	c.Flags().IntVar(&o.Cycles, "cycles", 20, "`number` of cycles")
	c.Flags().IntVar(&o.HealEvery, "heal-every", 20, "`number` of cycles before everything heals and is judged")
	c.Flags().IntVar(&o.Devices, "devices", 3, "`number` of devices")
	c.Flags().BoolVar(&o.Postgres, "postgres", false, "two servers on one PostgreSQL instead of one on SQLite")
	c.Flags().StringVar(&record, "record", "", "`file` for the history, a JSON line an operation")
	return c
}

func runFaults(ctx context.Context, o faults.Options, record string, out io.Writer) (found outcome, err error) {
	if o.Dir, err = os.MkdirTemp("", "ks-faults-"); err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.Dir)) }()
	if record != "" {
		f, err := os.Create(record)
		if err != nil {
			return found, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		o.Record = f
	}
	o.Log = out
	report, err := faults.Run(ctx, o)
	if err != nil {
		return found, err
	}
	for _, v := range report.Violations {
		fmt.Fprintln(out, "  VIOLATION", v)
	}
	found = outcome{Suite: "faults, SQLite", Runs: report.Cycles, Unit: "cycles", Faulty: report.FailedSyncs, Verified: report.Verified, Violations: len(report.Violations)}
	if o.Postgres {
		found.Suite = "faults, PostgreSQL"
	}
	if len(report.Violations) > 0 {
		return found, errBroken
	}
	return found, nil
}

// faultsProcessCommand is one process of a run, started by faults itself.
func faultsProcessCommand() *cobra.Command {
	return &cobra.Command{
		Use: faults.ChildCommand + " CONFIG", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return faults.Serve(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
}
