package peers

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// proxy passes TCP connections on to a server and counts their bytes. All
// clients of all servers go through one, so it costs each the same.
type proxy struct {
	listener net.Listener
	server   string
	// up and down count payload bytes, before they are passed on: an answer that
	// a client has is counted.
	up, down atomic.Int64
	wait     sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]bool // nil when closed
}

// newProxy listens on a free port of its own.
func newProxy(server string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: listener, server: server, open: map[net.Conn]bool{}}
	p.wait.Go(p.accept)
	return p, nil
}

// Address is where clients connect.
func (p *proxy) Address() string { return p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil || !p.keep(client, server) {
			_ = client.Close() // the peer sees its link end, and dials again
			continue
		}
		p.wait.Go(func() { p.pass(server, client, &p.up) })
		p.wait.Go(func() { p.pass(client, server, &p.down) })
	}
}

// keep remembers two connections for close; false if that has been called.
func (p *proxy) keep(client, server net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		_ = server.Close() // nothing has gone over it
		return false
	}
	p.open[client], p.open[server] = true, true
	return true
}

// pass copies one direction and ends both when it ends.
func (p *proxy) pass(to, from net.Conn, count *atomic.Int64) {
	// However a direction ends, both do; the other one may have closed them before.
	_, _ = io.Copy(counting{to, count}, from)
	_, _ = to.Close(), from.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, to)
	delete(p.open, from)
}

// close ends all connections and waits for what served them.
func (p *proxy) close() error {
	err := p.listener.Close()
	p.mu.Lock()
	for c := range p.open {
		err = errors.Join(err, ignoreClosed(c.Close()))
	}
	p.open = nil
	p.mu.Unlock()
	p.wait.Wait()
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// counting counts what is written.
type counting struct {
	to    io.Writer
	count *atomic.Int64
}

func (c counting) Write(p []byte) (int, error) {
	c.count.Add(int64(len(p)))
	return c.to.Write(p)
}
