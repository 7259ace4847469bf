// Package links are the bad connections between devices and a real server: slow
// ones, and ones that are cut at a chosen byte.
package links

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/benchmark/latency"
)

// mtuBytes of a packet; a slow link sends them one after another.
const mtuBytes = 1400

// Slow carries connections to a server at a link's speed. Both of its ends are
// in this process.
type Slow struct {
	network  latency.Network
	listener net.Listener
	target   string
	bytes    [2]atomic.Int64 // by Direction
	wait     sync.WaitGroup
	// dropEvery ends each connection so long after it was made; 0: never.
	dropEvery time.Duration
}

// NewSlow makes a link with a round trip and a bandwidth, in kbit/s each way.
func NewSlow(target string, roundTrip time.Duration, kilobits int) (*Slow, error) {
	l := &Slow{network: latency.Network{Kbps: kilobits, Latency: roundTrip / 2, MTU: mtuBytes}, target: target}
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.listener = l.network.Listener(plain)
	l.wait.Go(func() {
		for {
			conn, err := l.listener.Accept()
			if err != nil {
				return
			}
			l.wait.Go(func() { l.carry(conn) })
		}
	})
	return l, nil
}

// Dial is the device's way to the server.
func (l *Slow) Dial(ctx context.Context, _ string) (net.Conn, error) {
	conn, err := l.network.ContextDialer((&net.Dialer{}).DialContext)(ctx, "tcp", l.listener.Addr().String())
	if err != nil {
		return nil, err
	}
	if l.dropEvery > 0 {
		time.AfterFunc(l.dropEvery, func() { _ = conn.Close() }) // fails where it has ended already
	}
	return &counted{Conn: conn, bytes: &l.bytes}, nil
}

// counted counts what goes through a connection, both ways.
type counted struct {
	net.Conn
	bytes *[2]atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes[Down].Add(int64(n))
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes[Up].Add(int64(n))
	return n, err
}

func (l *Slow) carry(from net.Conn) {
	to, err := net.Dial("tcp", l.target)
	if err != nil {
		_ = from.Close() // nobody there: the device sees a link that ends, as one that was cut
		return
	}
	copyAll := func(dst, src net.Conn) {
		buf := make([]byte, 64<<10)
		for {
			n, err := src.Read(buf)
			if n > 0 {
				if _, err := dst.Write(buf[:n]); err != nil {
					break
				}
			}
			if err != nil {
				break
			}
		}
		// The other direction may have closed them before.
		_ = dst.Close()
		_ = src.Close()
	}
	l.wait.Go(func() { copyAll(from, to) })
	copyAll(to, from)
}

// Bytes that have gone through, both ways.
func (l *Slow) Bytes() int64 { return l.bytes[Up].Load() + l.bytes[Down].Load() }

// Through is the bytes that have gone one way.
func (l *Slow) Through(d Direction) int64 { return l.bytes[d].Load() }

// DropEvery ends each connection made from now on so long after it was made.
func (l *Slow) DropEvery(d time.Duration) { l.dropEvery = d }

// Close lets no more connections through.
func (l *Slow) Close() error { return l.listener.Close() }
