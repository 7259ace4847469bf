package server

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// edgeServer is one on a free port that is not running yet.
func edgeServer(t *testing.T, rates rates.Bounds) *Server {
	t.Helper()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err == nil {
		err = InitStore(t.Context(), s, rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err1 := record.NewRing(rand.Reader)
	certPEM, keyPEM, err2 := wire.SelfSigned(rand.Reader, []string{"127.0.0.1"}, time.Now(), time.Hour)
	cert, err3 := tls.X509KeyPair(certPEM, keyPEM)
	listener, err4 := net.Listen("tcp", "127.0.0.1:0")
	for _, err := range []error{err1, err2, err3, err4} {
		if err != nil {
			t.Fatal(err)
		}
	}
	server, err := New(Config{Store: s, Ring: ring, Certificate: cert, Listener: listener, Now: time.Now, Rand: rand.Reader, Rates: rates})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// running runs a server until the test's end.
func running(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A watch would be a stream without an account that never ends.
func TestHealthIsCheckedAndNotWatched(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	trust := credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12})
	conn, err := grpc.NewClient(s.Addr().String(), grpc.WithTransportCredentials(trust))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := grpc_health_v1.NewHealthClient(conn)
	got, err := client.Check(t.Context(), &grpc_health_v1.HealthCheckRequest{}, grpc.WaitForReady(true))
	if err != nil || got.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("check: %s, %v", got.GetStatus(), err)
	}
	watch, err := client.Watch(t.Context(), &grpc_health_v1.HealthCheckRequest{})
	if err == nil {
		_, err = watch.Recv()
	}
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("watch: %v", err)
	}
}

// Whoever asks for much and reads none of it is let go after the time for writing
// an answer; here it is a second.
func TestWhoReadsNothingIsLetGo(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	if s.http.WriteTimeout != writeTimeout || s.http.ReadTimeout != readTimeout || s.http.ReadHeaderTimeout != readHeaderTimeout || s.http.IdleTimeout != idleTimeout {
		t.Errorf("times of HTTP: %s, %s, %s, %s", s.http.WriteTimeout, s.http.ReadTimeout, s.http.ReadHeaderTimeout, s.http.IdleTimeout)
	}
	s.http.WriteTimeout = time.Second
	closed := make(chan struct{})
	var once atomic.Bool
	s.http.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed && once.CompareAndSwap(false, true) {
			close(closed)
		}
	}
	running(t, s)
	raw, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
	const requests = 64 // of 350 kB each: more than all buffers on the way hold
	for range requests {
		if _, err := fmt.Fprintf(conn, "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			break // let go already, on a machine where asking takes longer than a second
		}
	}
	select {
	case <-closed:
	case <-time.After(time.Minute):
		t.Error("the connection is still open after a minute")
	}
}
