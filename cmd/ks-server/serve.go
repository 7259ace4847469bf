package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/keluarga-sehat/sync/internal/build"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

func serveCommand(o *options) *cobra.Command {
	var listen, registryFile, returnDays string
	c := &cobra.Command{
		Use:   "serve [--listen ADDRESS] [--dukcapil FILE] [--return-days N]",
		Short: "Serve gRPC and REST on one TLS port until interrupted",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			x, err := o.serving(cmd, listen, registryFile, returnDays)
			if err != nil {
				return err
			}
			return runServe(cmd.Context(), o, x, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&listen, "listen", defaultListen, "`address` to listen on")
	c.Flags().StringVar(&registryFile, "dukcapil", "", "configuration `file` of the civil registry (name=value: see server/dukcapil); empty: no look-ups")
	c.Flags().StringVar(&returnDays, "return-days", "", fmt.Sprintf("`days` in which a returned family is to be corrected, unless the supervisor sets a date, 1 to %d; empty: %d", maxReturnDays, ingest.DefaultReturnDays))
	return c
}

// defaultListen is where the server listens unless it is told.
const defaultListen = "127.0.0.1:8443"

// serving is how the server is to be run.
type serving struct {
	listen     string
	registry   *registry // nil: no look-ups
	returnDays int
}

// serving are the settings of serve, each by its flag, environment or the configuration file;
// all that is wrong with them is told.
func (o *options) serving(cmd *cobra.Command, listen, registryFile, returnDays string) (x serving, err error) {
	x.listen = o.choose(cmd, "listen", "KS_LISTEN", listen)
	x.returnDays, err = parseReturnDays(o.choose(cmd, "return-days", "KS_RETURN_DAYS", returnDays))
	errs := []error{err, checkListen(cmd.Context(), x.listen)}
	x.registry, err = openRegistry(o.choose(cmd, "dukcapil", "KS_DUKCAPIL", registryFile))
	return x, errors.Join(append(errs, err)...)
}

// checkListen tells whether an address can be one to listen on.
func checkListen(ctx context.Context, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.DefaultResolver.LookupPort(ctx, "tcp", port)
	}
	if err != nil {
		return misused("--listen %q: an address such as %s or :8443", address, defaultListen)
	}
	return nil
}

// maxReturnDays: longer, and a new round is due.
const maxReturnDays = 365

func parseReturnDays(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 1 || days > maxReturnDays {
		return 0, misused("--return-days %q: a number of days from 1 to %d", text, maxReturnDays)
	}
	return days, nil
}

func runServe(ctx context.Context, o *options, x serving, out, logs io.Writer) (err error) {
	log := logTo(logs)
	removed, err := o.sweepCopies(ctx)
	for _, dir := range removed {
		log.InfoContext(ctx, "removed what a killed backup left", "folder", dir)
	}
	if err != nil {
		log.WarnContext(ctx, "store", "error", err)
	}
	s, ring, done, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	certificate, err := tls.LoadX509KeyPair(o.certificate(), o.privateKey())
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	listener, err := net.Listen("tcp", x.listen)
	if err != nil {
		return err
	}
	server.TuneMemory()
	engine := "sqlite"
	if o.database != "" {
		engine = "postgres"
	}
	o.warnOfStore(ctx, s, log)
	log.InfoContext(ctx, "starting", "version", build.Version(), "dir", o.dir, "store", engine, "listen", listener.Addr().String())
	config := server.Config{
		Store: s, Ring: ring, Certificate: certificate, Listener: listener, Now: time.Now, Rand: rand.Reader, Log: log,
		AuditHeadFile: o.auditHead(), Ledger: o.ledger(), ReturnDays: x.returnDays,
	}
	x.registry.connect(&config)
	srv, err := server.New(config)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	fmt.Fprintf(out, "serving on https://%s\n", listener.Addr())
	if f, ok := s.(*sqlite.Store); ok {
		go func() {
			for {
				select {
				case err := <-f.Trouble():
					log.WarnContext(ctx, "store", "error", err)
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	return runUntil(ctx, srv, []end{{o.hold.Lost, errGateLost}})
}

// errGateLost: somebody is or was alone with the store, or its database has gone over to
// another timeline: its keys, its schema or its epoch are others now, and what this process
// remembers of it is not so any more.
var errGateLost = errors.New("stopped: the store was restored, its database went over to a standby that was promoted, or it was brought to a newer version or given other keys meanwhile; start again when that has ended, with the newer version where it is there")

// end is a reason to stop before the operator says so.
type end struct {
	comes <-chan struct{} // closed when it is there; nil: it never is
	cause error           // nil: another says it
}

// runUntil serves until the context ends, or one of the others comes.
func runUntil(ctx context.Context, srv *server.Server, ends []end) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, e := range ends {
		go func() {
			select {
			case <-e.comes:
				cancel(e.cause)
			case <-ctx.Done():
			}
		}()
	}
	err := srv.Run(ctx)
	for _, e := range ends {
		if e.cause != nil && errors.Is(context.Cause(ctx), e.cause) {
			err = errors.Join(e.cause, err)
		}
	}
	return err
}

// registry is the civil registry that look-ups are made in.
type registry struct {
	client   *dukcapil.Client
	settings dukcapil.Config
}

// openRegistry reads a configuration file; "" is none.
func openRegistry(file string) (*registry, error) {
	if file == "" {
		return nil, nil
	}
	settings, err := dukcapil.LoadConfig(file)
	if err != nil {
		return nil, err
	}
	client, err := dukcapil.NewClient(settings)
	return &registry{client, settings}, err
}

// connect configures look-ups.
func (r *registry) connect(c *server.Config) {
	if r == nil {
		return
	}
	c.Registry, c.LookUpsPerUser, c.LookUpsInAll = r.client, r.settings.PerUser, r.settings.InAll
	c.Log.Info("civil registry", "url", r.settings.URL, "consumer", r.settings.Consumer, "per_user", r.settings.PerUser, "in_all", r.settings.InAll)
}
