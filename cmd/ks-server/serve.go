package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

func serveCommand(o *options) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "serve [--listen ADDRESS]",
		Short: "Serve gRPC and REST on one TLS port until interrupted",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runServe(cmd.Context(), o, o.choose(cmd, "listen", "KS_LISTEN", listen), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8443", "`address` to listen on")
	return c
}

func runServe(ctx context.Context, o *options, listen string, out, logs io.Writer) (err error) {
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	certificate, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server.TuneMemory()
	log := slog.New(slog.NewJSONHandler(logs, nil))
	engine := "sqlite"
	if o.database != "" {
		engine = "postgres"
	}
	if p, ok := s.(*postgres.Store); ok {
		if err := checkWall(ctx, p); err != nil {
			log.WarnContext(ctx, "second wall does not hold", "error", err)
		}
	}
	log.InfoContext(ctx, "starting", "dir", o.dir, "store", engine, "listen", listener.Addr().String())
	srv, err := server.New(server.Config{
		Store: s, Ring: ring, Certificate: certificate, Listener: listener, Now: time.Now, Rand: rand.Reader, Log: log,
		AuditHeadFile: o.auditHead(),
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(out, "serving on https://%s\n", listener.Addr())
	return srv.Run(ctx)
}
