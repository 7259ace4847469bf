package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

func doctorCommand(o *options) *cobra.Command {
	var empty bool
	c := &cobra.Command{
		Use: "doctor [--empty-log]", Short: "Say what is wrong with this installation, and what to do", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, wrong := o.serving(cmd, defaultListen, "", "")
			return runDoctor(cmd.Context(), o, wrong, empty, cmd.OutOrStdout())
		},
	}
	c.Flags().BoolVar(&empty, "empty-log", false, "also empty SQLite's write-ahead log, in which what was erased may still lie; it waits 20 seconds for exports and backups")
	return c
}

// certificateWarning is how long before its end a certificate is named.
const certificateWarning = 30 * 24 * time.Hour

// runDoctor checks an installation; settings is what is wrong with those of serve.
func runDoctor(ctx context.Context, o *options, settings error, emptyLog bool, out io.Writer) error {
	wrong := 0
	check := func(what string, err error) {
		if err != nil {
			wrong++
			fmt.Fprintf(out, "WRONG  %s: %v\n", what, err)
			return
		}
		fmt.Fprintf(out, "ok     %s\n", what)
	}
	check("settings", settings)
	ring, err := o.openRing()
	check("keys", err)
	for _, path := range []string{o.keys(), o.privateKey()} {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			check("keys are private", fmt.Errorf("others can read %s: chmod 600 it", path))
		}
	}
	check("certificate", checkCertificate(o))
	s, err := o.openStore(ctx)
	check("store", err)
	if err == nil {
		if ring != nil {
			owned := o.checkStore(ctx, s, ring)
			check("the keys are the store's", owned)
			if owned == nil {
				check("the store can be written", server.TryWrite(ctx, s))
			}
		}
		check("areas and Puskesmas", checkContent(ctx, s))
		switch engine := s.(type) {
		case *postgres.Store:
			check("row-level security", checkWall(ctx, engine))
			check("clock", server.CheckClock(ctx, engine, time.Now))
		case *sqlite.Store:
			check("free space", checkRoom(o.dir))
			if emptyLog {
				check("write-ahead log emptied", engine.EmptyLog(ctx))
			}
		}
		check("close", s.Close())
	}
	if wrong == 1 {
		return errors.New("1 thing is wrong")
	}
	if wrong > 1 {
		return fmt.Errorf("%d things are wrong", wrong)
	}
	return nil
}

func checkCertificate(o *options) error {
	pair, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		return err
	}
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return err
	}
	if left := time.Until(cert.NotAfter); left < certificateWarning {
		return fmt.Errorf("ends on %s: run 'ks-server certificate renew', which keeps the key that devices know, or have its issuer renew it for the same key", cert.NotAfter.Format(time.DateOnly))
	}
	return checkNames(cert)
}

func checkWall(ctx context.Context, s *postgres.Store) error {
	w, err := s.Wall(ctx)
	if err != nil {
		return err
	}
	return w.Err()
}

func checkContent(ctx context.Context, s store.Store) error {
	return s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		provinces, err := snap.ListAreas(ctx, "", "", 1)
		if err != nil {
			return err
		}
		centres, err := snap.ListPuskesmas(ctx, "", "", 1)
		switch {
		case err != nil:
			return err
		case len(provinces) == 0:
			return errors.New("no areas: run 'ks-server import areas'")
		case len(centres) == 0:
			return errors.New("no Puskesmas: run 'ks-server import puskesmas'")
		}
		return nil
	})
}
