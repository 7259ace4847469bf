package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/server"
)

func verifyCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Recompute every family from its history and every tally from its families, and compare",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runVerify(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
}

func runVerify(ctx context.Context, o *options, out io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	found, err := server.Verify(ctx, s, ring)
	if err != nil {
		return err
	}
	for _, d := range found.Differences {
		fmt.Fprintln(out, "DIFFERS", d)
	}
	fmt.Fprintf(out, "%d villages, %d families, %d changes verified, %d differences\n", found.Villages, found.Families, found.Changes, len(found.Differences))
	if len(found.Differences) > 0 {
		return errors.New("stored figures differ from recompute")
	}
	return nil
}
