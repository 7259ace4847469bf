package clientsdk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/connectivity"
)

// connectTimeout bounds one attempt to reach the server; long, for a TLS
// handshake over 9.6 kbit/s and 600 ms.
const connectTimeout = 40 * time.Second

// connection is a client's way to the server; calls go over the one that is open now.
type connection struct {
	target  string
	options []grpc.DialOption
	// answered: meter.answered.
	answered *atomic.Pointer[unreachable]
	traffic  *traffic
	// trying holds who is in connect.
	trying chan struct{}

	mu     sync.Mutex
	conn   *grpc.ClientConn
	closed bool
	// tries is how many attempts have ended by themselves, and how the last one did.
	tries  int
	failed error
}

// CheckServer tells whether a server's address is "host:port", the port by number or name.
// Errors: ErrServerAddress.
func CheckServer(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil || host == "" || port == "" || strings.ContainsAny(host, "/ ") {
		return fmt.Errorf("%w (%q)", ErrServerAddress, address)
	}
	return nil
}

func newConnection(target string, answered *atomic.Pointer[unreachable], counted *traffic, options []grpc.DialOption) (*connection, error) {
	c := &connection{target: target, options: options, answered: answered, traffic: counted, trying: make(chan struct{}, 1)}
	var err error
	if c.conn, err = grpc.NewClient(target, options...); err != nil {
		return nil, fmt.Errorf("server %q: %w", target, err)
	}
	return c, nil
}

// Invoke calls over the connection that is open now. A server that is silent is given up.
func (c *connection) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer patience{c.traffic, cancel}.wait()()
	err := c.now().Invoke(ctx, method, args, reply, opts...)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errSilent):
		return errSilent
	case err != nil && c.isClosed():
		return ErrClosed
	}
	return err
}

// NewStream calls over the connection that is open now.
func (c *connection) NewStream(ctx context.Context, desc *grpc.StreamDesc, method string, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return c.now().NewStream(ctx, desc, method, opts...)
}

func (c *connection) now() *grpc.ClientConn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.conn
}

// Close ends it for good; ending it again does nothing.
func (c *connection) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	return c.conn.Close()
}

func (c *connection) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// renewed puts another in the place of one whose last attempt has failed, over which
// nothing runs: its next attempts can't be told from the waiting between them
// (gRPC A62, sticky TRANSIENT_FAILURE).
func (c *connection) renewed() (*grpc.ClientConn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.conn.GetState() != connectivity.TransientFailure {
		return c.conn, nil
	}
	next, err := grpc.NewClient(c.target, c.options...)
	if err != nil {
		return nil, fmt.Errorf("server %q: %w", c.target, err)
	}
	err = c.conn.Close()
	c.conn = next
	return next, err
}

// connect tries to reach the server now, whatever was tried before: the user
// asks for it, perhaps because there is a signal at last. Errors: ErrOffline, of which
// ErrWrongServer and ErrWrongDate are; ErrClosed; the context's.
func (c *connection) connect(whole context.Context) error {
	err := c.reach(whole)
	if err != nil && c.isClosed() {
		return ErrClosed
	}
	return err
}

// reach is connect of a connection that is not closed meanwhile.
func (c *connection) reach(whole context.Context) error {
	begun, _ := c.ended()
	select {
	case c.trying <- struct{}{}:
		defer func() { <-c.trying }()
	case <-whole.Done():
		return whole.Err()
	}
	// Who waited for another's attempt has its outcome.
	if tries, failed := c.ended(); tries != begun {
		return failed
	}
	err := c.try(whole)
	if whole.Err() == nil {
		c.mu.Lock()
		c.tries, c.failed = c.tries+1, err
		c.mu.Unlock()
	}
	return err
}

func (c *connection) ended() (tries int, failed error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries, c.failed
}

// try is one attempt.
func (c *connection) try(whole context.Context) error {
	ctx, cancel := context.WithTimeout(whole, connectTimeout)
	defer cancel()
	conn, err := c.renewed()
	if err != nil {
		return &explained{ErrOffline, err}
	}
	c.answered.Store(nil)
	for {
		state := conn.GetState()
		switch {
		case state == connectivity.Ready:
			return nil
		case state == connectivity.Idle:
			conn.Connect()
		case state == connectivity.TransientFailure, state == connectivity.Shutdown:
			if why := c.answered.Load(); why != nil {
				return *why
			}
			return ErrOffline
		}
		if !conn.WaitForStateChange(ctx, state) {
			return cmp.Or(whole.Err(), ErrOffline)
		}
	}
}
