package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc/credentials"
)

// Split divides one TLS port by what the client negotiates: connections that
// speak h2 come out of GRPC, all others out of HTTP, both handshaked. Closing
// either listener, or Close, ends both and waits for handshakes under way.
type Split struct {
	// GRPC and HTTP give the connections.
	GRPC, HTTP net.Listener

	inner  net.Listener
	config *tls.Config
	slots  chan struct{}
	done   chan struct{}
	once   sync.Once
	wait   sync.WaitGroup
	grpc   chan net.Conn
	http   chan net.Conn
}

// NewSplit starts to accept on the listener.
func NewSplit(inner net.Listener, config *tls.Config) *Split {
	s := &Split{
		inner: inner, config: config, slots: make(chan struct{}, MaxHandshakes), done: make(chan struct{}),
		grpc: make(chan net.Conn), http: make(chan net.Conn),
	}
	s.GRPC, s.HTTP = &half{s, s.grpc}, &half{s, s.http}
	s.wait.Add(1)
	go s.accept()
	return s
}

// accept hands each connection to a goroutine of its own, so that a slow
// handshake holds up nobody; past MaxHandshakes it waits, and the kernel's
// backlog with it.
func (s *Split) accept() {
	defer s.wait.Done()
	for {
		conn, err := s.inner.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) && s.running() {
				// Out of files, most likely: wait for some to be closed.
				time.Sleep(50 * time.Millisecond)
				continue
			}
			s.stop()
			return
		}
		select {
		case s.slots <- struct{}{}:
		case <-s.done:
			conn.Close()
			return
		}
		s.wait.Add(1)
		go s.handshake(conn)
	}
}

func (s *Split) running() bool {
	select {
	case <-s.done:
		return false
	default:
		return true
	}
}

func (s *Split) handshake(raw net.Conn) {
	defer s.wait.Done()
	ctx, cancel := context.WithTimeout(context.Background(), HandshakeTimeout)
	defer cancel()
	s.wait.Add(1)
	go func() {
		defer s.wait.Done()
		select {
		case <-s.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	conn := tls.Server(raw, s.config)
	err := conn.HandshakeContext(ctx)
	<-s.slots
	if err != nil {
		raw.Close()
		return
	}
	to := s.http
	if conn.ConnectionState().NegotiatedProtocol == "h2" {
		to = s.grpc
	}
	select {
	case to <- conn:
	case <-s.done:
		conn.Close()
	}
}

func (s *Split) stop() { s.once.Do(func() { close(s.done) }) }

// Close ends both listeners and waits.
func (s *Split) Close() error {
	s.stop()
	err := s.inner.Close()
	s.wait.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// half is one side's listener.
type half struct {
	split *Split
	conns chan net.Conn
}

// Accept gives the next connection of this side.
func (h *half) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.split.done:
		return nil, net.ErrClosed
	}
}

// Close ends both sides.
func (h *half) Close() error {
	h.split.stop()
	return h.split.inner.Close()
}

// Addr is the port's address.
func (h *half) Addr() net.Addr { return h.split.inner.Addr() }

// Handshaked are credentials for a gRPC server whose connections come from a
// Split: the handshake is done, its result is shown to handlers. A connection
// that is not TLS (the gateway's, within the process) is shown as such.
type Handshaked struct{}

// ServerHandshake shows what was negotiated.
func (Handshaked) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	t, ok := conn.(*tls.Conn)
	if !ok {
		return conn, Internal{}, nil
	}
	return conn, credentials.TLSInfo{
		State:          t.ConnectionState(),
		CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity},
	}, nil
}

// Internal is the AuthInfo of a connection within the process.
type Internal struct{}

// AuthType names it.
func (Internal) AuthType() string { return "internal" }

// ClientHandshake is not for clients.
func (Handshaked) ClientHandshake(context.Context, string, net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("credentials are for servers only")
}

// Info names the protocol.
func (Handshaked) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "tls"}
}

// Clone copies.
func (Handshaked) Clone() credentials.TransportCredentials { return Handshaked{} }

// OverrideServerName does nothing for a server.
func (Handshaked) OverrideServerName(string) error { return nil }
