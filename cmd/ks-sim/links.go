package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/links"
)

func linksCommand() *cobra.Command {
	var step int64
	c := &cobra.Command{
		Use:   "links",
		Short: "Cut a sync at every byte and check that it heals",
		Long: `links lets a device sync with a real server over TLS and cuts the connection
after every --step bytes of either direction, from the first of the handshake to
the last of the session. After each cut it syncs again and checks that what was
saved is there, once, that nothing acknowledged was sent again, and that both
hold the same. It exits 1 where that is not so.`,
		Example: "  ks-sim links\n  ks-sim links --step 50",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if step < 1 {
				return usageError{errors.New("--step must be at least 1")}
			}
			return runLinks(cmd.Context(), step, cmd.OutOrStdout())
		},
	}
	c.Flags().Int64Var(&step, "step", 1, "`bytes` between one cut and the next")
	return c
}

func runLinks(ctx context.Context, step int64, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "ks-links-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	report, err := links.Sweep(ctx, dir, step)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, report)
	for _, v := range report.Violations {
		fmt.Fprintln(out, "  VIOLATION", v)
	}
	if len(report.Violations) > 0 {
		return errBroken
	}
	return nil
}
