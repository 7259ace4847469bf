// Package server is what a ministry runs: gRPC, REST and pages on one TLS port,
// over a store. A Server is a value that programs and tests start with Run and end
// by Run's context; several may share one PostgreSQL.
package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/test/bufconn"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/desk"
	"github.com/keluarga-sehat/sync/server/dukcapil"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/support"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil"
	"github.com/keluarga-sehat/sync/server/web"
)

// Config is what a server needs. All fields must be set but AuditHeadFile, Ledger,
// Registry with its quotas, Rates, Receivers, and Log.
type Config struct {
	Store       store.Store
	Ring        *record.Ring
	Certificate tls.Certificate
	// Listener is the one port; the server closes it.
	Listener net.Listener
	Now      func() time.Time
	Rand     io.Reader
	// AuditHeadFile keeps the last checkpoint of the audit trail outside the store;
	// "": nowhere.
	AuditHeadFile string
	// Ledger is the file in which is kept who was shut out, for a restore; "": nowhere.
	Ledger string
	// Registry is the civil registry; nil: no look-ups. LookUpsPerUser and
	// LookUpsInAll bound them a day.
	Registry                     dukcapil.Registry
	LookUpsPerUser, LookUpsInAll int64
	// ReturnDays is how many days a surveyor has to correct a returned family,
	// where the supervisor sets no date; 0: ingest.DefaultReturnDays.
	ReturnDays int
	// Rates bound how often calls may come; zero: the defaults.
	Rates rates.Bounds
	// Receivers is how fast files must be taken at least; zero: the default.
	Receivers api.Pace
	// Log is for operators; nil: nothing is logged.
	Log *slog.Logger
}

// Server is what New puts together and Run serves.
type Server struct {
	config   Config
	told     *toldStore
	services *api.Services
	pipeline *ingest.Pipeline
	follower *follow.Identifiers
	closer   *tally.Closer
	core     *ingest.Core
	grpc     *grpc.Server
	http     *http.Server
	requests requests
	drain    time.Duration // drainTimeout, shorter in tests
	health   *health.Server
	split    *wire.Split
	inside   *bufconn.Listener
	gateway  *grpc.ClientConn
}

// New puts a server together; nothing runs yet.
func New(c Config) (*Server, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	told := &toldStore{Store: c.Store, log: c.Log}
	c.Store = told
	signIn, err := auth.New(c.Store, c.Ring, c.Now, c.Rand, c.Log)
	if err != nil {
		return nil, err
	}
	trail, err := audit.New(audit.Config{Store: c.Store, Ring: c.Ring, Now: c.Now, Rand: c.Rand, HeadFile: c.AuditHeadFile})
	if err != nil {
		return nil, err
	}
	guard, err := api.NewGuard(signIn, trail, c.Log, c.Rates, c.Now)
	if err != nil {
		return nil, err
	}
	vault := ingest.NewVault(c.Ring, c.Rand)
	vault.Log = c.Log
	identified := &ingest.Identified{}
	core := &ingest.Core{Store: c.Store, Vault: vault, Now: c.Now, Ledger: c.Ledger, Identified: identified, ReturnDays: c.ReturnDays}
	s := &Server{
		config: c, told: told, core: core, drain: drainTimeout, pipeline: ingest.NewPipeline(core, c.Store.ManyVillages()),
		follower: &follow.Identifiers{Store: c.Store, Vault: vault, Known: identified, Core: core},
	}
	board := tally.New(c.Store, c.Now)
	days := &past.Days{Store: c.Store, Board: board, Now: c.Now}
	s.services = &api.Services{
		Auth: signIn, Store: c.Store, Vault: vault, Board: board, Past: days, Log: c.Log, Now: c.Now,
		Veil: &veil.Keeper{Store: c.Store, Board: board, Past: days, Now: c.Now},
		Backend: &session.Backend{
			Store: c.Store, Vault: vault, Core: core, Changes: s.pipeline, Now: c.Now, Rand: c.Rand, Compressions: wire.Compressions(),
			Slots: make(chan struct{}, chunkSlots), Preparers: make(chan struct{}, preparersAtOnce()), Audit: trail,
		},
		Accounts:  &account.Service{Store: c.Store, Vault: vault, Auth: signIn, Now: c.Now, Rand: c.Rand, Ledger: c.Ledger},
		Desk:      &desk.Desk{Store: c.Store, Vault: vault, Changes: s.pipeline, Now: c.Now, Rand: c.Rand},
		Receivers: c.Receivers,
	}
	s.closer = &tally.Closer{Store: c.Store, Board: board, Now: c.Now}
	s.services.Registrations = &registration.Service{Store: c.Store, Vault: vault, Accounts: s.services.Accounts, Now: c.Now}
	s.services.LookUps = &dukcapil.Service{Store: c.Store, Registry: c.Registry, PerUser: c.LookUpsPerUser, InAll: c.LookUpsInAll, Now: c.Now}
	s.services.Support = &support.Service{Store: c.Store, Now: c.Now}
	s.services.Accounts.Activated, s.services.Accounts.FormAccepted = s.services.Registrations.Activated, s.services.Registrations.InForce
	options := append(wire.ServerOptions(), grpc.Creds(wire.Handshaked{}), grpc.InTapHandle(guard.Tap),
		grpc.UnaryInterceptor(guard.Unary), grpc.StreamInterceptor(guard.Stream))
	s.grpc = grpc.NewServer(options...)
	guarded := guard.Over(s.grpc)
	s.services.Register(guarded)
	s.health = health.NewServer()
	grpc_health_v1.RegisterHealthServer(guarded, checkOnly{health: s.health})
	return s, s.buildHTTP(guard)
}

// insideBytes is the buffer of the gateway's connection within the process.
const insideBytes = 1 << 20

// Edge of HTTP (TRUST): bounded headers, bodies and times.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	// writeTimeout bounds an answer; long, for a page over 9.6 kbit/s.
	writeTimeout = 5 * time.Minute
	idleTimeout  = 2 * time.Minute
	maxBodyBytes = 1 << 20
	// maxLetterBodyBytes is a letter of registration.MaxLetterBytes as base64.
	maxLetterBodyBytes = 3 << 19
)

// buildGateway connects the gateway and gives what answers the contract's REST addresses.
func (s *Server) buildGateway(guard *api.Guard) (*runtime.ServeMux, error) {
	s.inside = bufconn.Listen(insideBytes)
	var err error
	s.gateway, err = grpc.NewClient("passthrough:///inside", append(wire.DialOptions(),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return s.inside.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		return nil, fmt.Errorf("connect gateway: %w", err)
	}
	mux := runtime.NewServeMux(runtime.WithIncomingHeaderMatcher(allowHeader), runtime.WithMarshalerOption(runtime.MIMEWildcard, api.NewMarshaler()),
		runtime.WithErrorHandler(unread(guard.Unread).explain), runtime.WithRoutingErrorHandler(noSuchPath))
	ctx := context.Background()
	inside := s.services.Inside(guard)
	err = errors.Join(
		ksv1.RegisterAuthServiceHandler(ctx, mux, s.gateway), ksv1.RegisterAreaServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterIndexServiceHandlerClient(ctx, mux, ksv1.NewIndexServiceClient(inside)),
		ksv1.RegisterProgressServiceHandlerClient(ctx, mux, ksv1.NewProgressServiceClient(inside)),
		ksv1.RegisterInterventionServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterFamilyServiceHandler(ctx, mux, s.gateway), ksv1.RegisterFormServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterReviewServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterAccountServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterAuditServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterRegistrationServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterCivilRegistryServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterSupportServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterExportServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterFeedServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterReportServiceHandler(ctx, mux, s.gateway),
		ksv1.RegisterBackupServiceHandler(ctx, mux, s.gateway),
	)
	if err != nil {
		return nil, fmt.Errorf("register REST: %w", err)
	}
	return mux, nil
}

func (s *Server) buildHTTP(guard *api.Guard) error {
	mux, err := s.buildGateway(guard)
	if err != nil {
		return err
	}
	pages, err := web.Handler(ksv1.NewAuthServiceClient(s.gateway))
	if err != nil {
		return err
	}
	refused := unread(guard.Unread)
	contract, err := routesOf(s.grpc.GetServiceInfo(), refused, guard.RoomFor)
	if err != nil {
		return err
	}
	described, err := openAPIHandler()
	if err != nil {
		return err
	}
	root := http.NewServeMux()
	root.Handle("/v1/", contract.check(api.NewAnswers(s.services, guard, mux)))
	files := contract.check(downloads(s.gateway, refused))
	for _, route := range []string{"GET /v1/exports/figures", "POST /v1/exports/families", "GET /v1/exports/puskesmas/{puskesmas_code}/report", "GET /v1/feeds/figures"} {
		root.Handle(route, files)
	}
	root.Handle("GET /registrasi/", limitRequests(guard.AllowRequest, papersHandler(s.services.Registrations, s.config.Log)))
	root.Handle("/", limitRequests(guard.AllowRequest, pages))
	root.Handle("GET /openapi.json", limitRequests(guard.AllowRequest, described))
	root.Handle("GET /healthz", limitRequests(guard.AllowRequest, &storeHealth{try: s.tryStore}))
	s.http = &http.Server{
		Handler: s.requests.count(secureHeaders(refused.bodiless(legible(owned(guard.OwnConnection, refused.readable(root)))))), ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: wire.MaxHeaderBytes, ConnContext: withConnection, ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn),
	}
	return nil
}

// Addr is the port's address.
func (s *Server) Addr() net.Addr { return s.config.Listener.Addr() }

// Board is the tallies in memory, for programs that print them.
func (s *Server) Board() *tally.Board { return s.services.Board }

// Services are the server's parts, for programs that work beside the port.
func (s *Server) Services() *api.Services { return s.services }

// drainTimeout bounds how long calls under way may go on at the end.
const drainTimeout = 20 * time.Second

// Run serves until the context ends, then lets calls and requests under way finish, at most
// drainTimeout, breaks off the rest, and returns when nothing runs any more.
func (s *Server) Run(ctx context.Context) error {
	defer s.config.Log.InfoContext(ctx, "stopped")
	if err := s.readTallies(ctx); err != nil {
		closed := s.config.Listener.Close()
		if ctx.Err() != nil {
			return closed
		}
		return errors.Join(fmt.Errorf("read tallies: %w", err), closed)
	}
	s.split = wire.NewSplit(s.config.Listener, wire.ServerTLS(s.config.Certificate))
	s.split.OnPressure(underPressure)
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wait sync.WaitGroup
	failed := make(chan error, 3)
	run := func(f func() error) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			if err := f(); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) && !errors.Is(err, grpc.ErrServerStopped) {
				failed <- err
			}
		}()
	}
	run(func() error { return s.grpc.Serve(s.split.GRPC) })
	run(func() error { return s.grpc.Serve(s.inside) })
	run(func() error { return s.http.Serve(s.split.HTTP) })
	beside := func(deed string, work func(context.Context, func(error))) {
		run(func() error { s.beside(inner, deed, work); return nil })
	}
	beside("refresh tallies", s.services.Board.Run)
	beside("add up days that are over", s.closer.Run)
	beside("decide ahead what is withheld", s.services.Veil.DecideAhead)
	beside("checkpoint audit trail", s.services.Backend.Audit.Run)
	beside("count villages anew", func(ctx context.Context, _ func(error)) { s.recount(ctx) })
	beside("follow identifiers", s.follower.Run)
	beside("compare clocks", s.compareClocks)
	s.health.SetServingStatus("", grpc_health_v1.HealthCheckResponse_SERVING)
	s.config.Log.InfoContext(ctx, "serving", "address", s.Addr().String())
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	s.config.Log.InfoContext(ctx, "stopping", "cause", cmp.Or(err, context.Cause(ctx)))
	s.shutdown()
	cancel()
	wait.Wait()
	return err
}

// storeRetry is how often a starting server looks whether its store is there.
const storeRetry = time.Second

// readTallies fills the board. A store that is down at the moment is waited for:
// whoever starts both at once need not care which comes up first.
func (s *Server) readTallies(ctx context.Context) error {
	for {
		err := s.services.Board.Refresh(ctx)
		if err == nil {
			fitMemory(s.services.Board.Villages(""))
		}
		if !errors.Is(err, store.ErrUnavailable) {
			return err
		}
		s.config.Log.WarnContext(ctx, "wait for the store", "error", err)
		select {
		case <-time.After(storeRetry):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Server) shutdown() {
	s.health.Shutdown()
	ctx, cancel := context.WithTimeout(context.Background(), s.drain)
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(stopped)
	}()
	if err := s.http.Shutdown(ctx); err != nil {
		s.config.Log.Warn("end HTTP", "error", errors.Join(err, s.http.Close()))
	}
	select {
	case <-stopped:
	case <-ctx.Done():
		s.grpc.Stop()
		<-stopped
	}
	s.requests.wait()
	s.pipeline.Close()
	if err := errors.Join(s.gateway.Close(), s.split.Close()); err != nil {
		s.config.Log.Warn("close", "error", err)
	}
}
