package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// Split divides one TLS port by what the client negotiates: connections that
// speak h2 come out of GRPC, all others out of HTTP, as *tls.Conn with the
// handshake done. Closing either listener stops both, as Close does, which
// also waits for the goroutines. A connection that no server accepts in time
// is closed.
type Split struct {
	// GRPC and HTTP give the connections.
	GRPC, HTTP net.Listener

	inner  net.Listener
	config *tls.Config
	limits splitLimits
	slots  chan struct{}
	wait   sync.WaitGroup
	grpc   chan net.Conn
	http   chan net.Conn

	// running ends when the Split stops.
	running context.Context
	stop    context.CancelFunc

	mu       sync.Mutex
	underWay map[string]int // connections not yet handed over, by Subscriber
	open     map[string]int // connections not yet closed, by Subscriber
	openAll  int
	entered  uint64 // connections let in so far
	// strangers are those of open that nobody owns, by Subscriber, owned those that users do, by
	// user; the oldest are first.
	strangers map[string][]*guest
	owned     map[string][]*guest
	// underWayAll is the sum of underWay.
	underWayAll int
	pressed     bool
	pressure    func(high bool)
}

// splitLimits are the constants in limits.go, smaller in tests.
type splitLimits struct {
	handshakes, perAddress          int
	timeout                         time.Duration
	connections, openFromOneAddress int
	ofOneUser                       int
}

// acceptPause is how long to wait when no connection can be accepted: out of
// files, most likely, until some are closed.
const acceptPause = 50 * time.Millisecond

// NewSplit starts to accept on the listener, which it closes in the end.
func NewSplit(inner net.Listener, config *tls.Config) *Split {
	return newSplit(inner, config, splitLimits{
		maxHandshakes, maxHandshakesPerAddress, handshakeTimeout, maxConnections, maxConnectionsPerAddress, maxConnectionsPerUser,
	})
}

func newSplit(inner net.Listener, config *tls.Config, limits splitLimits) *Split {
	s := &Split{
		inner: inner, config: config, limits: limits, slots: make(chan struct{}, limits.handshakes),
		grpc: make(chan net.Conn), http: make(chan net.Conn), underWay: map[string]int{}, open: map[string]int{},
		strangers: map[string][]*guest{}, owned: map[string][]*guest{},
	}
	s.running, s.stop = context.WithCancel(context.Background())
	s.GRPC, s.HTTP = &half{s, s.grpc}, &half{s, s.http}
	s.wait.Go(s.accept)
	return s
}

// accept hands each connection to a goroutine of its own, so that a slow
// handshake holds up nobody. Past maxHandshakes it waits, and the kernel's
// backlog with it; past maxHandshakesPerAddress, maxConnections and
// maxConnectionsPerAddress a stranger's of the same address is closed, or this one.
func (s *Split) accept() {
	defer s.stop()
	for {
		conn, err := s.inner.Accept()
		if errors.Is(err, net.ErrClosed) || s.running.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return
		}
		if err != nil {
			select {
			case <-time.After(acceptPause):
			case <-s.running.Done():
			}
			continue
		}
		g := s.enter(conn)
		if g == nil {
			conn.Close()
			continue
		}
		select {
		case s.slots <- struct{}{}:
		case <-s.running.Done():
			conn.Close() // nobody counts any more
			return
		}
		s.wait.Go(func() {
			s.handOver(g)
			s.leave(g)
			<-s.slots
		})
	}
}

// handOver does the handshake and gives the connection to the server that it
// is for, both within the timeout.
func (s *Split) handOver(raw net.Conn) {
	ctx, cancel := context.WithTimeout(s.running, s.limits.timeout)
	defer cancel()
	conn := tls.Server(raw, s.config)
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return
	}
	to := s.http
	if conn.ConnectionState().NegotiatedProtocol == "h2" {
		to = s.grpc
	}
	select {
	case to <- conn:
	case <-ctx.Done():
		conn.Close()
	}
}

// OnPressure registers who is told when pressureHandshakes are under way, and when
// it is over; it must not wait. Before there is one, nobody is told.
func (s *Split) OnPressure(f func(high bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pressure = f
}

// press tells of it; the lock is held, so that the last word is the true one.
func (s *Split) press(high bool) {
	s.pressed = high
	if s.pressure != nil {
		s.pressure(high)
	}
}

// Close ends both listeners and waits for what is under way. Connections that
// were accepted already are their servers' to close. It may be called again.
func (s *Split) Close() error {
	err := s.end()
	s.wait.Wait()
	return err
}

func (s *Split) end() error {
	s.stop()
	if err := s.inner.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
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
	case <-h.split.running.Done():
		return nil, net.ErrClosed
	}
}

// Close ends both sides, without waiting.
func (h *half) Close() error { return h.split.end() }

// Addr is the port's address.
func (h *half) Addr() net.Addr { return h.split.inner.Addr() }
