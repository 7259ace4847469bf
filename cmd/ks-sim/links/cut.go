package links

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
)

// Direction of bytes, as the device sees them.
type Direction int

// Directions.
const (
	Up Direction = iota
	Down
)

// errCut is what a connection that was cut meets.
var errCut = errors.New("connection cut")

// Cutter makes connections that end after a number of bytes. Set it before a
// connection is made; the next ones are whole again.
type Cutter struct {
	armed     atomic.Bool
	direction Direction
	after     int64

	// Through counts the bytes of the connection made last, by direction.
	Through [2]atomic.Int64
	current atomic.Pointer[net.Conn]
}

// CutNext ends the next connection when so many bytes have gone one way, in
// the middle of a write if need be.
func (c *Cutter) CutNext(d Direction, after int64) {
	c.direction, c.after = d, after
	c.armed.Store(true)
}

// Drop ends the connection made last.
func (c *Cutter) Drop() {
	if conn := c.current.Load(); conn != nil {
		_ = (*conn).Close() // fails where it has ended already
	}
}

// Dial connects to the server.
func (c *Cutter) Dial(ctx context.Context, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	c.current.Store(&conn)
	c.Through[Up].Store(0)
	c.Through[Down].Store(0)
	return &cutConn{Conn: conn, cutter: c, cut: c.armed.Swap(false), direction: c.direction, after: c.after}, nil
}

type cutConn struct {
	net.Conn
	cutter    *Cutter
	cut       bool
	direction Direction
	after     int64
}

// room is how much of n bytes still goes through one way.
func (c *cutConn) room(d Direction, n int) int {
	if !c.cut || d != c.direction {
		return n
	}
	return int(min(max(c.after-c.cutter.Through[d].Load(), 0), int64(n)))
}

// Read reads up to the cut.
func (c *cutConn) Read(p []byte) (int, error) {
	room := c.room(Down, len(p))
	if room == 0 && len(p) > 0 {
		return 0, errors.Join(errCut, c.Close())
	}
	n, err := c.Conn.Read(p[:room])
	c.cutter.Through[Down].Add(int64(n))
	return n, err
}

// Write writes up to the cut.
func (c *cutConn) Write(p []byte) (int, error) {
	room := c.room(Up, len(p))
	n, err := c.Conn.Write(p[:room])
	c.cutter.Through[Up].Add(int64(n))
	if err == nil && n < len(p) {
		err = errors.Join(errCut, c.Close())
	}
	return n, err
}
