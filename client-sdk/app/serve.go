package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	devicev1 "github.com/keluarga-sehat/sync/proto/keluargasehat/device/v1"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Limits of the page's requests: it is our own, but a fault of it must not take
// the memory.
const (
	maxBodyBytes = 1 << 20
	// maxBackupBodyBytes is a backup file in base64.
	maxBackupBodyBytes = clientsdk.MaxBackupBytes/3*4 + 1<<10
	readHeaderTimeout  = 10 * time.Second
	idleTimeout        = 2 * time.Minute
)

// idleLook is how often the app looks whether it is to be locked.
const idleLook = 10 * time.Second

// URL is what to open in a browser; it holds this launch's key behind the "#",
// which no browser sends anywhere.
func (a *App) URL(address net.Addr) string { return "http://" + address.String() + "/#kunci=" + a.key }

// Handler serves the page's calls, for the key that URL gives, and below pages
// everything else. address is where it is reached: calls to another host name,
// as by a page that rebinds its own, are refused.
func (a *App) Handler(ctx context.Context, address net.Addr, pages http.Handler) (http.Handler, error) {
	mux := runtime.NewServeMux(runtime.WithErrorHandler(explain), runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitUnpopulated: false},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: true},
	}))
	conn, err := newLocal()
	if err != nil {
		return nil, err
	}
	devicev1.RegisterAppServiceServer(conn, a.Service())
	devicev1.RegisterDeskServiceServer(conn, a.Desk())
	devicev1.RegisterHelpServiceServer(conn, a.Help())
	devicev1.RegisterHandoverServiceServer(conn, a.Handover())
	ksv1.RegisterFormServiceServer(conn, a.Forms())
	err = errors.Join(
		devicev1.RegisterAppServiceHandlerClient(ctx, mux, devicev1.NewAppServiceClient(conn)),
		devicev1.RegisterDeskServiceHandlerClient(ctx, mux, devicev1.NewDeskServiceClient(conn)),
		devicev1.RegisterHelpServiceHandlerClient(ctx, mux, devicev1.NewHelpServiceClient(conn)),
		devicev1.RegisterHandoverServiceHandlerClient(ctx, mux, devicev1.NewHandoverServiceClient(conn)),
		ksv1.RegisterFormServiceHandlerClient(ctx, mux, ksv1.NewFormServiceClient(conn)),
	)
	if err != nil {
		return nil, fmt.Errorf("register calls: %w", err)
	}
	root := http.NewServeMux()
	root.Handle("/v1/", a.withKey(http.MaxBytesHandler(mux, maxBodyBytes)))
	root.Handle("/v1/app:carryBackup", a.withKey(http.MaxBytesHandler(mux, maxBackupBodyBytes)))
	root.Handle("/", pages)
	return bodyInTime(bodyTimeout, onlyHost(address.String(), root)), nil
}

// withKey refuses whoever does not hold the launch's key.
func (a *App) withKey(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(given), []byte(a.key)) != 1 {
			http.Error(w, "open the app by the address that it printed", http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// onlyHost refuses calls by another name than the address served.
func onlyHost(address string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address {
			http.Error(w, "this is "+address, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Serve serves the page on a loopback listener until the context ends, and locks
// an app that nobody touches. It closes the listener.
func (a *App) Serve(ctx context.Context, listener net.Listener, pages http.Handler) error {
	handler, err := a.Handler(ctx, listener.Addr(), pages)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ticker := time.NewTicker(idleLook)
	defer ticker.Stop()
	for {
		a.lockIdle()
		// It fails where the store can't be read: that fails again, and is told, when
		// somebody asks. How the sync itself ends is told on the page.
		_ = a.sendWhenReachable(ctx)
		select {
		case <-ticker.C:
		case err := <-failed:
			return err
		case <-ctx.Done():
			err := server.Close()
			if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
				err = errors.Join(err, served)
			}
			return err
		}
	}
}

// Forms is FormService over the SDK, for apps with screens of their own.
func (a *App) Forms() ksv1.FormServiceServer { return formService{app: a} }

// Service is AppService over the SDK, for apps with screens of their own.
func (a *App) Service() devicev1.AppServiceServer { return appService{app: a} }

// Desk is DeskService over the SDK, for apps with screens of their own.
func (a *App) Desk() devicev1.DeskServiceServer { return deskService{app: a} }

// Help is HelpService over the SDK, for apps with screens of their own.
func (a *App) Help() devicev1.HelpServiceServer { return helpService{app: a} }

// Handover is HandoverService over the SDK, for apps with screens of their own.
func (a *App) Handover() devicev1.HandoverServiceServer { return handoverService{app: a} }
