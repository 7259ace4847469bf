package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/procedure"
)

func procedureCommand() *cobra.Command {
	o := procedure.Options{}
	var only string
	c := &cobra.Command{
		Use:   "procedure [--only commands|rest]",
		Short: "Walk the registration procedure: from a nomination to the first offline survey",
		Long: `procedure sets a district up from nothing, by the ministry's seven steps: once by
the commands of README's section "Set up a district", as they stand there, once by
REST alone. It starts the real programs, prints each step, and fails at the first
that does not go as it should.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o.Out = cmd.OutOrStdout()
			walks := map[string]func(context.Context, procedure.Options) error{"commands": procedure.ByCommands, "rest": procedure.ByREST}
			names := []string{"commands", "rest"}
			if only != "" {
				if walks[only] == nil {
					return misused("--only is commands or rest")
				}
				names = []string{only}
			}
			if o.Programs, err = os.MkdirTemp("", "ks-programs-"); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, os.RemoveAll(o.Programs)) }()
			if err := procedure.Build(cmd.Context(), o.Root, o.Programs); err != nil {
				return err
			}
			for _, name := range names {
				start := time.Now()
				if err := walks[name](cmd.Context(), o); err != nil {
					return err
				}
				fmt.Fprintf(o.Out, "\nThe whole way by %s: %s.\n", name, time.Since(start).Round(100*time.Millisecond))
			}
			return nil
		},
	}
	c.Flags().StringVar(&o.Root, "root", ".", "`folder` of the source tree")
	c.Flags().StringVar(&only, "only", "", "one `walk`: commands or rest")
	return c
}
