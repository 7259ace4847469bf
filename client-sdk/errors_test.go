package clientsdk

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// Who ends a call by its context finds the context's error, not a refusal by the server; what
// the server itself says stays.
func TestACallThatItsCallerEndsIsNoRefusal(t *testing.T) {
	t.Parallel()
	for code, want := range map[codes.Code]error{codes.Canceled: context.Canceled, codes.DeadlineExceeded: context.DeadlineExceeded} {
		var refused *ServerError
		if err := serverError(status.Error(code, "ended")); !errors.Is(err, want) || errors.As(err, &refused) {
			t.Errorf("%s: %v", code, err)
		}
		said, err := status.New(code, "busy").WithDetails(&errdetails.LocalizedMessage{Locale: "id", Message: "Server sibuk."})
		if err != nil {
			t.Fatal(err)
		}
		if err := serverError(said.Err()); !errors.As(err, &refused) || errors.Is(err, want) {
			t.Errorf("%s, said by the server: %v", code, err)
		}
	}
}

// Who answers in the server's place is told from nobody who answers.
func TestWhoAnswersInTheServersPlaceIsNoServer(t *testing.T) {
	t.Parallel()
	tlsServer := httptest.NewUnstartedServer(http.NotFoundHandler())
	tlsServer.EnableHTTP2 = true
	tlsServer.StartTLS()
	portal := httptest.NewServer(http.NotFoundHandler())
	for _, s := range []*httptest.Server{tlsServer, portal} {
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		t.Cleanup(s.Close)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, c := range map[string]struct {
		server *httptest.Server
		pin    *wire.Pin
		wrong  bool
	}{
		"another key": {tlsServer, &wire.Pin{1}, true}, "a certificate nobody vouches for": {tlsServer, nil, true},
		"a captive portal": {portal, &wire.Pin{1}, true}, "nobody": {gone, &wire.Pin{1}, false},
	} {
		client, err := Open(Config{Dir: t.TempDir(), Server: c.server.Listener.Addr().String(), Pin: c.pin})
		if err != nil {
			t.Fatal(err)
		}
		err = client.conn.connect(t.Context())
		if !errors.Is(err, ErrOffline) || errors.Is(err, ErrWrongServer) != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
		if err.Error() != ErrOffline.Error() && err.Error() != ErrWrongServer.Error() {
			t.Errorf("%s: a surveyor reads %q", name, err)
		}
		begin := time.Now()
		if _, err := client.SignIn(t.Context(), "siti", "kata sandi"); !errors.Is(err, ErrOffline) || errors.Is(err, ErrWrongServer) != c.wrong {
			t.Errorf("%s, asked to sign in behind it: %v", name, err)
		}
		if took := time.Since(begin); took > connectTimeout/2 {
			t.Errorf("%s: tried again, it took %s", name, took)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		if err := client.Close(); err != nil {
			t.Errorf("%s, closed again: %v", name, err)
		}
		begin = time.Now()
		if err := client.conn.connect(t.Context()); !errors.Is(err, ErrClosed) || errors.Is(err, ErrOffline) || time.Since(begin) > connectTimeout/2 {
			t.Errorf("%s, closed: %v after %s", name, err, time.Since(begin))
		}
	}
}

// A device whose date is behind the server's certificate, as after its battery was empty, or
// ahead of it, is told to look at its date.
func TestAWrongDateIsToldAsOne(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]time.Time{"behind": time.Now().AddDate(1, 0, 0), "ahead": time.Now().AddDate(-2, 0, 0)} {
		certPEM, keyPEM, err := wire.SelfSigned(rand.Reader, []string{"127.0.0.1"}, begins, 365*24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		certificate, err := tls.X509KeyPair(certPEM, keyPEM)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.EnableHTTP2, server.Config.ErrorLog = true, log.New(io.Discard, "", 0)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
		server.StartTLS()
		t.Cleanup(server.Close)
		client, err := Open(Config{Dir: t.TempDir(), Server: server.Listener.Addr().String(), Roots: certPEM})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.SignIn(t.Context(), "siti", "kata sandi")
		if !errors.Is(err, ErrWrongDate) || !errors.Is(err, ErrOffline) || errors.Is(err, ErrWrongServer) || !strings.Contains(err.Error(), "Periksa tanggal dan jam perangkat") {
			t.Errorf("%s: %v", name, err)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
}

// unanswered is a client of a server that takes connections and says nothing.
func unanswered(t *testing.T) (net.Listener, *Client) {
	t.Helper()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	client, err := Open(Config{Dir: t.TempDir(), Server: silent.Addr().String(), Pin: &wire.Pin{1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
		_ = silent.Close() // again, where the test has closed it
	})
	return silent, client
}

// asked is the context of who asks: it tells when they begin to wait.
type asked struct {
	context.Context
	by func()
}

func (a *asked) Done() <-chan struct{} {
	a.by()
	return a.Context.Done()
}

// Those who ask while another tries wait for that attempt, not each for one of its own.
func TestWhoWaitsForAnothersAttemptHasItsOutcome(t *testing.T) {
	t.Parallel()
	silent, client := unanswered(t)
	const askers = 3
	tried := make(chan error, askers)
	var asking sync.WaitGroup
	for range askers {
		asking.Add(1)
		go func() { tried <- client.conn.connect(&asked{Context: t.Context(), by: sync.OnceFunc(asking.Done)}) }()
	}
	asking.Wait()
	accepted, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(silent.Close(), accepted.Close()); err != nil {
		t.Fatal(err)
	}
	for range askers {
		if err := <-tried; !errors.Is(err, ErrOffline) {
			t.Error(err)
		}
	}
	if tries, _ := client.conn.ended(); tries != 1 {
		t.Errorf("%d attempts, not 1", tries)
	}
}

// Who gives up while nobody answers has ended it, and does not hear that there is no signal;
// nor does who waits behind another.
func TestWhoGivesUpConnectingIsNotOffline(t *testing.T) {
	t.Parallel()
	silent, client := unanswered(t)
	ended, end := context.WithCancel(t.Context())
	tried := make(chan error)
	for range 2 {
		go func() { tried <- client.conn.connect(ended) }()
	}
	if _, err := silent.Accept(); err != nil {
		t.Fatal(err)
	}
	end()
	for range 2 {
		if err := <-tried; !errors.Is(err, context.Canceled) || errors.Is(err, ErrOffline) {
			t.Error(err)
		}
	}
}
