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

	"github.com/keluarga-sehat/sync/internal/lasting"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
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
	if err := errors.Join(checkUserName(user), checkHosts(hosts)); err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(o.keys()); err == nil {
		return fmt.Errorf("%s is there already: this folder is set up; nothing was changed", o.keys())
	}
	made, err := makeSecrets(hosts)
	if err != nil {
		return err
	}
	// The keys come last: without them the folder is not set up, and init can
	// be run again.
	if err := fillStore(ctx, o, made, user, out); err != nil {
		return err
	}
	for _, f := range []struct {
		path string
		data []byte
		mode os.FileMode
	}{{o.certificate(), made.certPEM, certificateMode}, {o.privateKey(), made.keyPEM, keysMode}, {o.keys(), made.keys, keysMode}} {
		if err := lasting.WriteFile(f.path, f.data, f.mode); err != nil {
			return err
		}
	}
	if err := lasting.SyncFolder(filepath.Dir(absolute(o.dir))); err != nil {
		return err
	}
	pin, err := wire.PinOf(made.certPEM)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `Set up in %s.
  first account  %s, password %s (national level; change it)
  certificate    %s, pin for devices %s
  keys           %s

Keep the keys: without them every record is lost, and who has them can read the
database. 'ks-server backup' puts them into the backup under a passphrase; keep
that passphrase apart from the backup, on paper, with two people.

%s`, absolute(o.dir), user, made.password, o.certificate(), pin.String(), o.keys(), o.next())
	if err != nil {
		return fmt.Errorf("%s is set up, and the password of its first account, which could not be written, is lost: delete the folder, and the database if it is in PostgreSQL, and run init again: %w", absolute(o.dir), err)
	}
	return nil
}

// Modes of the files in the folder.
const (
	certificateMode = 0o644
	keysMode        = 0o600
)

// secrets are what init draws.
type secrets struct {
	ring *record.Ring
	keys []byte // the ring, as it is written

	certPEM, keyPEM []byte
	// password is the first account's.
	password string
}

// passwordBytes is how much randomness the first password holds.
const passwordBytes = 12

func makeSecrets(hosts []string) (made secrets, err error) {
	if made.ring, err = record.NewRing(rand.Reader); err != nil {
		return made, err
	}
	if made.keys, err = made.ring.Marshal(); err != nil {
		return made, err
	}
	if made.certPEM, made.keyPEM, err = wire.SelfSigned(rand.Reader, hosts, time.Now(), certificateValidity); err != nil {
		return made, err
	}
	password := make([]byte, passwordBytes)
	if _, err := rand.Read(password); err != nil {
		return made, err
	}
	made.password = base64.RawURLEncoding.EncodeToString(password)
	return made, nil
}

// fillStore makes the store with its first account.
func fillStore(ctx context.Context, o *options, made secrets, user string, out io.Writer) error {
	s, err := o.makeStore(ctx)
	if err != nil {
		return err
	}
	if p, ok := s.(*postgres.Store); ok {
		if err := checkWall(ctx, p); err != nil {
			fmt.Fprintln(out, "note:", err)
		}
	}
	if err := o.checkUnused(ctx, s); err != nil {
		return errors.Join(err, s.Close())
	}
	err = server.InitStore(ctx, s, rand.Reader)
	if err == nil {
		_, err = server.AddAccount(ctx, s, made.ring, rand.Reader, server.NewAccount{
			UserName: user, FullName: "Pusdatin", Password: made.password, Roles: []ksv1.Role{ksv1.Role_ROLE_NATIONAL},
		})
	}
	if err == nil {
		err = o.recordOperation(ctx, s, made.ring, operate("init"))
	}
	return errors.Join(err, s.Close())
}

// checkUnused finds accounts in a store, which then is under keys: others open nothing of it,
// and what would be sealed under them could not be read by who has its own.
func (o *options) checkUnused(ctx context.Context, s store.Store) error {
	return s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		accounts, err := snap.ListAccounts(ctx, store.AccountQuery{Below: true, Limit: 1})
		if err == nil && len(accounts) > 0 {
			err = fmt.Errorf("%s is in use, under keys that are not in %s: put back its keys.json, server.pem and server.key, or copy them from another server of it; where an init was cut short and nothing has come in since, delete the store and run it again; nothing was changed", o.storeName(), o.dir)
		}
		return err
	})
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
