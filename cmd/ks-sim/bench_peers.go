package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/peers"
	"github.com/keluarga-sehat/sync/internal/usage"
)

func benchPeersCommand() *cobra.Command {
	var o peers.Options
	c := &cobra.Command{
		Use:   "bench-peers",
		Short: "Measure other people's sync servers beside ours in the same run",
		Long: fmt.Sprintf(`bench-peers uploads the same generated families to our server, to pouchdb-server
(by PouchDB's replication) and to PocketBase (by its batch API), in turns, each
peer as it comes and once more synced to disk, and pulls them to a fresh client.
It prints a Markdown table and writes DIR/bench-peers.jsonl. Where strace is
installed it shows which server syncs to disk before it answers.

The peers are fetched at the first run: it needs Node.js with npm, and the Go
module proxy. Run it in the source's root. Servers: %s.`, strings.Join(peers.Names(), ", ")),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.Check(); err != nil {
				return &usage.Error{Cause: err}
			}
			o.Out, o.Log = cmd.OutOrStdout(), cmd.ErrOrStderr()
			return peers.Run(cmd.Context(), o)
		},
	}
	c.Flags().IntVar(&o.Families, "families", 10_000, "`number` of families uploaded to each server, and pulled")
	c.Flags().IntVar(&o.Clients, "clients", 10, "`number` of clients that upload at once")
	c.Flags().IntVar(&o.Batch, "batch", 100, "`families` in a batch")
	c.Flags().IntVar(&o.Watched, "watched", 20, "`batches` sent one after another under strace; 0: none")
	c.Flags().StringSliceVar(&o.Only, "only", nil, "`servers` to measure; empty: all")
	c.Flags().DurationVar(&o.Limit, "limit", 5*time.Minute, "`time` after which the run is given up")
	c.Flags().StringVar(&o.Dir, "dir", "out", "`folder` of bench-peers.jsonl")
	c.Flags().StringVar(&o.Tools, "tools", filepath.Join(".build", "peers"), "`folder` that keeps what was fetched")
	return c
}
