package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// certificateValidity is how long init's certificate is good.
const certificateValidity = 2 * 365 * 24 * time.Hour

func initCommand(o *options) *cobra.Command {
	var hosts []string
	var user string
	c := &cobra.Command{
		Use:     "init --dir DIR [--host NAME]...",
		Short:   "Make keys, certificate, store and the first account",
		Example: "  ks-server init --dir /var/lib/ks --host sync.example.go.id",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runInit(cmd.Context(), o, hosts, user, cmd.OutOrStdout())
		},
	}
	c.Flags().StringSliceVar(&hosts, "host", []string{"localhost", "127.0.0.1"}, "`names` or addresses of the server, for its certificate")
	c.Flags().StringVar(&user, "user", "pusdatin", "`name` of the first account, national level")
	return c
}

func runInit(ctx context.Context, o *options, hosts []string, user string, out io.Writer) error {
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(o.keys()); err == nil {
		return fmt.Errorf("%s is there already: this folder is set up; nothing was changed", o.keys())
	}
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		return err
	}
	data, err := ring.Marshal()
	if err != nil {
		return err
	}
	certPEM, keyPEM, err := wire.SelfSigned(rand.Reader, hosts, time.Now(), certificateValidity)
	if err != nil {
		return err
	}
	password := make([]byte, 12)
	if _, err := rand.Read(password); err != nil {
		return err
	}
	text := base64.RawURLEncoding.EncodeToString(password)
	s, err := o.openStore(ctx)
	if err != nil {
		return err
	}
	if p, ok := s.(*postgres.Store); ok {
		if err := checkWall(ctx, p); err != nil {
			fmt.Fprintln(out, "note:", err)
		}
	}
	err = server.InitStore(ctx, s, rand.Reader)
	if err == nil {
		_, err = server.AddAccount(ctx, s, ring, rand.Reader, server.NewAccount{
			UserName: user, FullName: "Pusdatin", Password: text, Roles: []ksv1.Role{ksv1.Role_ROLE_NATIONAL},
		})
	}
	if err == nil {
		err = o.recordOperation(ctx, s, ring, operate("init"))
	}
	// The keys come last: without them the folder is not set up, and init can
	// be run again.
	err = errors.Join(err, s.Close())
	if err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		data []byte
		mode os.FileMode
	}{{o.certificate(), certPEM, 0o644}, {o.privateKey(), keyPEM, 0o600}, {o.keys(), data, 0o600}} {
		if err := os.WriteFile(f.path, f.data, f.mode); err != nil {
			return err
		}
	}
	pin, err := wire.PinOf(certPEM)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, `Set up in %s.
  first account  %s, password %s (national level; change it)
  certificate    %s, pin for devices %s
  keys           %s

Keep the keys: without them every record is lost, and who has them can read the
database. 'ks-server backup' puts them into the backup under a passphrase; keep
that passphrase apart from the backup, on paper, with two people.

Next: ks-server --dir %s serve
`, absolute(o.dir), user, text, o.certificate(), pin.String(), o.keys(), o.dir)
	return nil
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
