package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
)

// maxCards of the stand-in registry.
const maxCards = 9000

func dukcapilCommand() *cobra.Command {
	var o registry.Options
	var mode string
	var cards int
	var place uint64
	c := &cobra.Command{
		Use:   "dukcapil --dir DIR",
		Short: "Stand in for the civil registry: HTTPS with mutual TLS, invented persons",
		Long: `dukcapil serves invented family cards as the civil registry does, until
interrupted. It writes DIR/dukcapil.conf with certificates and credentials;
start the server with it:

    ks-server --dir ks-data serve --dukcapil DIR/dukcapil.conf

Numbers that end in 9991 are answered slowly, 9992 as if it were down, 9993 as if
the quota were used up, 9994 as if the credentials were wrong; --mode does so for
all.`,
		Example: "  ks-sim dukcapil --dir out/dukcapil --cards 100",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cards < 1 || cards > maxCards || !slices.Contains(registry.Modes, registry.Mode(mode)) || place < 110101 || place > 999999 {
				return misused("--cards is from 1 to %d, --place six digits, --mode one of %v", maxCards, registry.Modes)
			}
			if o.Quota < 0 {
				return misused("--quota %d: must not be below 0", o.Quota)
			}
			return runDukcapil(cmd.Context(), o, registry.Mode(mode), cards, place, cmd.OutOrStdout())
		},
	}
	c.Flags().StringVar(&o.Dir, "dir", "out/dukcapil", "`folder` for the server's configuration")
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:0", "`address` to listen on")
	c.Flags().IntVar(&o.Quota, "quota", 0, "`number` of requests before the quota is used up; 0: none")
	c.Flags().StringVar(&mode, "mode", string(registry.Answers), fmt.Sprintf("`way` in which it behaves: %v", registry.Modes))
	c.Flags().IntVar(&cards, "cards", 100, "`number` of family cards that it knows")
	c.Flags().Uint64Var(&place, "place", 320405, "`code` of the kecamatan with which numbers begin")
	return c
}

func runDukcapil(ctx context.Context, o registry.Options, mode registry.Mode, cards int, place uint64, out io.Writer) error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return err
	}
	s, err := registry.Start(o)
	if err != nil {
		return err
	}
	for seed := range cards {
		s.Put(registry.Card(uint64(seed+1), place)...)
	}
	s.SetMode(mode)
	first := registry.Card(1, place)
	fmt.Fprintf(out, "registry of %d invented cards on %s\nks-server serve --dukcapil %s\ntry No. KK %s, NIK %s\n",
		cards, s.URL(), filepath.Join(o.Dir, registry.ConfigFile), first[0].NKK.Text(), first[0].NIK.Text())
	<-ctx.Done()
	return s.Close()
}
