package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/wire"
)

func certificateCommand(o *options) *cobra.Command {
	c := &cobra.Command{
		Use: "certificate", Short: "Renew the server's certificate", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return misused("certificate: say what: renew") },
	}
	var hosts []string
	renew := &cobra.Command{
		Use:   "renew [--host NAME]...",
		Short: "Make the certificate anew for the same key, valid for two years",
		Long: `renew puts a new certificate, for the key that is there and the same names, in place
of DIR/server.pem, by one rename. Devices that pin the key (the pin that init printed)
go on, for the pin stays. Who trusts the file server.pem itself (KS_ROOTS) needs the
new one before the former ends. A running server has the former until it is started
again; servers that share a PostgreSQL each need the new file.

A certificate that an authority issued is renewed by that authority, for the key in
DIR/server.key: another key locks out every device that pins it.`,
		Example: "  ks-server certificate renew --dir /var/lib/ks",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRenew(cmd.Context(), o, hosts, cmd.OutOrStdout())
		},
	}
	renew.Flags().StringSliceVar(&hosts, "host", nil, "`names` or addresses of the server; without it they stay")
	c.AddCommand(renew)
	return c
}

func runRenew(ctx context.Context, o *options, hosts []string, out io.Writer) error {
	if len(hosts) > 0 {
		if err := checkHosts(hosts); err != nil {
			return err
		}
	}
	old, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		return err
	}
	renewed, err := wire.Renewed(rand.Reader, old, hosts, time.Now(), certificateValidity)
	if errors.Is(err, wire.ErrIssued) {
		return fmt.Errorf("%s: %w: have who issued it issue another for the key in %s, and put that in its place", o.certificate(), err, o.privateKey())
	}
	if err != nil {
		return err
	}
	pin, err := wire.PinOf(renewed)
	if err != nil {
		return err
	}
	err = o.recordedApart(ctx, operate("certificate renew"), func() error {
		return lasting.WriteFile(o.certificate(), renewed, certificateMode)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s is valid until %s; the pin is still %s. Start the server anew.\n",
		o.certificate(), time.Now().Add(certificateValidity).Format(time.DateOnly), pin)
	return nil
}
