package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/attack"
)

func attackCommand() *cobra.Command {
	var o attack.Options
	c := &cobra.Command{
		Use:   "attack",
		Short: "Attack a real server while honest devices work; exit code 1 when a bound is broken",
		Long: `attack starts a ks-server of its own and lets half-open connections, slow
senders, bodies that never come, header floods, gzip and zstd bombs, streams by the thousand, deep nesting,
bad text, impossible sequences, large and hollow messages, messages and bodies without their end at it, all at once, while honest
devices save and sync. It prints a table of what was tried, the server's memory
and the honest latencies, then lets 100 users sign in at once.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Duration < time.Second || o.Connections < 1 || o.Connections > 20_000 {
				return misused("--for is at least 1s, --connections from 1 to 20000")
			}
			if o.Dir, err = os.MkdirTemp("", "ks-attack-"); err != nil {
				return err
			}
			defer os.RemoveAll(o.Dir)
			_, err = attack.Run(cmd.Context(), o, cmd.OutOrStdout())
			return err
		},
	}
	c.Flags().StringVar(&o.Server, "server", "", "ks-server `program`; empty: it is built from this module")
	c.Flags().DurationVar(&o.Duration, "for", time.Minute, "how `long` to attack")
	c.Flags().IntVar(&o.Connections, "connections", 10_000, "`number` of half-open connections")
	return c
}
