package api

import (
	"bytes"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/rates"
)

// reader is a connection that asks and takes what it wants of the replies.
type reader struct {
	t    *testing.T
	conn net.Conn
	*http2.Framer
	next uint32
}

// checkPort serves health checks behind a guard, as the server does; dial begins a connection
// whose streams' windows are that large.
func checkPort(t *testing.T, most int, says grpc_health_v1.HealthCheckResponse_ServingStatus) (guard *Guard, dial func(window uint32) *reader) {
	t.Helper()
	guard, err := NewGuard(nil, nil, nil, rates.Bounds{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	guard.untaken.checks.most.ofOne = most
	certPEM, keyPEM, err1 := wire.SelfSigned(rand.Reader, []string{"127.0.0.1"}, time.Now(), time.Hour)
	cert, err2 := tls.X509KeyPair(certPEM, keyPEM)
	listener, err3 := net.Listen("tcp", "127.0.0.1:0")
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(append(wire.ServerOptions(), grpc.Creds(wire.Handshaked{}), grpc.InTapHandle(guard.Tap), grpc.UnaryInterceptor(guard.Unary))...)
	checks := health.NewServer()
	checks.SetServingStatus("", says)
	grpc_health_v1.RegisterHealthServer(guard.Over(server), checks)
	split, done := wire.NewSplit(listener, wire.ServerTLS(cert)), make(chan error, 1)
	go func() { done <- server.Serve(split.GRPC) }()
	t.Cleanup(func() {
		server.Stop()
		if err := errors.Join(<-done, split.Close()); err != nil {
			t.Error(err)
		}
	})
	return guard, func(window uint32) *reader {
		conn, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		r := &reader{t: t, conn: conn, Framer: http2.NewFramer(conn, conn), next: 1}
		_, err1 := io.WriteString(conn, http2.ClientPreface)
		err2 := r.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window})
		if err := errors.Join(err1, err2, conn.SetDeadline(time.Now().Add(time.Minute))); err != nil {
			t.Fatal(err)
		}
		return r
	}
}

// check asks, and gives the code that comes with the reply's head; OK where the reply itself
// waits to be taken.
func (r *reader) check() codes.Code {
	r.t.Helper()
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, f := range [][2]string{
		{":method", "POST"}, {":scheme", "https"}, {":path", grpc_health_v1.Health_Check_FullMethodName}, {":authority", "x"},
		{"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		if err := encoder.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]}); err != nil {
			r.t.Fatal(err)
		}
	}
	id := r.next
	r.next += 2
	err1 := r.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndHeaders: true})
	err2 := r.WriteData(id, true, make([]byte, 5))
	if err := errors.Join(err1, err2); err != nil {
		r.t.Fatal(err)
	}
	for {
		frame, err := r.ReadFrame()
		if err != nil {
			r.t.Fatal(err)
		}
		head, ok := frame.(*http2.HeadersFrame)
		if !ok || head.StreamID != id {
			continue
		}
		if head.StreamEnded() {
			return codes.ResourceExhausted // no reply follows
		}
		return codes.OK
	}
}

// settled waits until as many replies are held.
func settled(t *testing.T, g *Guard, want int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		n := g.untaken.checks.count("127.0.0.1")
		if n == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d replies are held, want %d", n, want)
		}
	}
}

// Who takes no replies can have few held, however many connections they have, and the oldest
// goes for the next; each is held no longer once it is taken, given up, or its connection gone.
func TestRepliesThatNobodyTakesAreBounded(t *testing.T) {
	t.Parallel()
	for name, says := range map[string]grpc_health_v1.HealthCheckResponse_ServingStatus{
		"a reply": grpc_health_v1.HealthCheckResponse_SERVING, "an empty one": grpc_health_v1.HealthCheckResponse_UNKNOWN,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repliesAreBounded(t, says)
		})
	}
}

func repliesAreBounded(t *testing.T, says grpc_health_v1.HealthCheckResponse_ServingStatus) {
	const most = 8
	guard, dial := checkPort(t, most, says)
	for how, letGo := range map[string]func(r *reader) error{
		"taken": func(r *reader) error {
			return r.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 16})
		},
		"given up": func(r *reader) error {
			for id := uint32(1); id < r.next; id += 2 {
				if err := r.WriteRSTStream(id, http2.ErrCodeCancel); err != nil {
					return err
				}
			}
			return nil
		},
		"gone": func(r *reader) error { return r.conn.Close() },
	} {
		oldest, readers := dial(0), []*reader{dial(0), dial(0)}
		if code := oldest.check(); code != codes.OK {
			t.Fatal(code)
		}
		for n := range most {
			if code := readers[n%2].check(); code != codes.OK {
				t.Fatalf("%s: check %d: %s", how, n+1, code)
			}
		}
		settled(t, guard, most)
		if _, err := io.Copy(io.Discard, oldest.conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the oldest of one too many is open", how)
		}
		for _, r := range readers {
			if err := letGo(r); err != nil {
				t.Fatal(err)
			}
		}
		settled(t, guard, 0)
	}
	// Who takes each has as many as they like.
	well := dial(1 << 16)
	for range 4 * most {
		if code := well.check(); code != codes.OK {
			t.Fatal(code)
		}
	}
	settled(t, guard, 0)
}
