package wire

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"

	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

// TestTheAcknowledgementIsKeptBackWhereverWritesAreCut writes a client's first
// frames in pieces of every size.
func TestTheAcknowledgementIsKeptBackWhereverWritesAreCut(t *testing.T) {
	var frames bytes.Buffer
	framer := http2.NewFramer(&frames, nil)
	write := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	frames.WriteString(http2.ClientPreface)
	write(framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 65535}))
	write(framer.WriteWindowUpdate(0, 1000))
	before := frames.Len()
	write(framer.WriteSettingsAck())
	after := frames.Len()
	write(framer.WriteData(1, true, []byte("isi")))
	write(framer.WriteSettingsAck()) // of the server's own SETTINGS: goes through
	all := frames.Bytes()
	want := append(append([]byte{}, all[:before]...), all[after:]...)
	for size := 1; size <= len(all); size++ {
		near, far := net.Pipe()
		got := make(chan []byte)
		go func() {
			b, _ := io.ReadAll(far)
			got <- b
		}()
		c := newEagerConn(near)
		for piece := range chunks(all, size) {
			if n, err := c.Write(piece); err != nil || n != len(piece) {
				t.Fatal(n, err)
			}
		}
		write(near.Close())
		if b := <-got; !bytes.Equal(b, want) {
			t.Fatalf("pieces of %d: sent %x, not %x", size, b, want)
		}
	}
}

func chunks(all []byte, size int) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(all) > 0 {
			n := min(size, len(all))
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// mutePeer is a connection of which nothing is read until the client has sent
// its first call.
type mutePeer struct {
	credentials.TransportCredentials
	sent chan struct{}
}

func (m mutePeer) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := m.TransportCredentials.ClientHandshake(ctx, authority, raw)
	return newEagerConn(&mutedConn{Conn: conn, sent: m.sent}), info, err
}

type mutedConn struct {
	net.Conn
	sent    chan struct{}
	written int
}

// Write counts; a call's headers come behind the preface's 24 bytes and two
// small frames.
func (c *mutedConn) Write(p []byte) (int, error) {
	c.written += len(p)
	if c.written > 100 {
		select {
		case <-c.sent:
		default:
			close(c.sent)
		}
	}
	return c.Conn.Write(p)
}

func (c *mutedConn) Read(p []byte) (int, error) {
	<-c.sent
	return c.Conn.Read(p)
}

// TestACallGoesOutBeforeTheServerHasSpoken would block for ever if the client
// waited for the server's SETTINGS.
func TestACallGoesOutBeforeTheServerHasSpoken(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	healthv1.RegisterHealthServer(server, health.NewServer())
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	conn, err := grpc.NewClient(listener.Addr().String(),
		grpc.WithTransportCredentials(mutePeer{insecure.NewCredentials(), make(chan struct{})}))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for range 3 {
		answer, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{})
		if err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			t.Fatal(answer, err)
		}
	}
}
