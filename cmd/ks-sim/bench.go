package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/bench"
)

func benchCommand() *cobra.Command {
	var o bench.Options
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure speed, bytes and memory beside a bare baseline in the same run",
		Long: `bench prints a Markdown table and writes DIR/bench.jsonl, a line a figure. Ours
and the baseline alternate in blocks on the same machine, with the same bytes
and the same durability; ratio is how many times the baseline's speed we reach.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out, o.Log = cmd.OutOrStdout(), cmd.ErrOrStderr()
			return bench.Run(cmd.Context(), o)
		},
	}
	c.Flags().IntVar(&o.Families, "families", 200_000, "`number` of families uploaded to each engine; a multiple of 50")
	c.Flags().IntVar(&o.RightsFamilies, "rights-families", 250_000, "`number` of families among whom a person is found; a multiple of 1,250")
	c.Flags().IntVar(&o.ExportFamilies, "export-families", 50_000, "`number` of families taken away as files")
	c.Flags().StringSliceVar(&o.Only, "only", nil, "`figures` to measure; empty: all")
	c.Flags().StringVar(&o.Dir, "dir", "out", "`folder` of bench.jsonl")
	c.Flags().StringVar(&o.Areas, "areas", "server/web/node_modules/idn-area-data/data", "`folder` of provinces.csv, regencies.csv, districts.csv and villages.csv")
	c.Flags().StringVar(&o.Profile, "profile", "", "`file` for a processor profile of the server (the last one started)")
	c.Flags().StringVar(&o.ClientProfile, "client-profile", "", "`file` for a processor profile of devices and clients (the last figure)")
	return c
}

// benchDeviceCommand opens a large device, started by bench itself.
func benchDeviceCommand() *cobra.Command {
	return &cobra.Command{
		Use: bench.LargeCommand + " FILE", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return bench.OpenLarge(cmd.Context(), args[0], cmd.OutOrStdout())
		},
	}
}

// benchServerCommand is one server of a measurement, started by bench itself.
func benchServerCommand() *cobra.Command {
	return &cobra.Command{
		Use: bench.ChildCommand + " CONFIG", Hidden: true, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return bench.Serve(cmd.Context(), args[0], os.Stdin, cmd.OutOrStdout())
		},
	}
}
