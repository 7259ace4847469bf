package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/benchmark/latency"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/wire"
)

// A village's link: 600 ms there and back, 100 kbit/s each way.
const (
	roundTrip     = 600 * time.Millisecond
	kilobits      = 100
	dayFamilies   = 10
	dayRoundTrips = 3
	dayOverhead   = 1.3
)

// syncDay measures the sync of ten new families over a slow link, from a cold
// connection: TLS, the session, uploads with their acks, digests.
func (r *run) syncDay(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "ks-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := newSurveyor(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for range dayFamilies {
		if _, err := s.save(ctx); err != nil {
			return err
		}
	}
	if err := errors.Join(s.user.Close(), s.client.Close()); err != nil {
		return err
	}
	link, err := newSlowLink(s.field.Address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, link.close()) }()
	pin, err := wire.PinOf(s.field.CertPEM)
	if err != nil {
		return err
	}
	s.client, err = clientsdk.Open(clientsdk.Config{Dir: s.folder, Server: s.field.Address, Pin: &pin, DeviceName: "satu", DialOptions: []grpc.DialOption{grpc.WithContextDialer(link.dial)}})
	if err != nil {
		return err
	}
	if s.user, err = s.client.SignIn(ctx, s.field.Surveyors[0].Name, s.field.Password); err != nil {
		return err
	}
	if err := r.oneDay(ctx, "sync_day", "cold connection", s, link); err != nil {
		return err
	}
	for range dayFamilies {
		if _, err := s.save(ctx); err != nil {
			return err
		}
	}
	return r.oneDay(ctx, "sync_day_warm", "connection still open", s, link)
}

// oneDay measures one sync of ten families.
func (r *run) oneDay(ctx context.Context, name, connection string, s *surveyor, link *slowLink) error {
	before := link.bytes.Load()
	begin := time.Now()
	result, err := s.user.Sync(ctx, nil)
	if err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	if result.Sent != dayFamilies || result.Differing != 0 {
		return fmt.Errorf("%d of %d families were sent, %d RT differ", result.Sent, dayFamilies, result.Differing)
	}
	bytes := float64(link.bytes.Load() - before)
	transfer := bytes * 8 / (kilobits * 1000)
	return r.report.add(Figure{
		Name: name, Value: took, Unit: "s",
		Note: fmt.Sprintf("%d families, %v, %d kbit/s, %s: %.0f bytes both ways, %.1f round trips besides; at most %.2f s asked", dayFamilies, roundTrip,
			kilobits, connection, bytes, (took-transfer)/roundTrip.Seconds(), dayRoundTrips*roundTrip.Seconds()+transfer*dayOverhead),
	})
}

// slowLink carries connections to a server at the link's speed. Both of its ends
// are in this process.
type slowLink struct {
	network  latency.Network
	listener net.Listener
	target   string
	bytes    atomic.Int64
	wait     sync.WaitGroup
}

func newSlowLink(target string) (*slowLink, error) {
	l := &slowLink{network: latency.Network{Kbps: kilobits, Latency: roundTrip / 2, MTU: 1400}, target: target}
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

// dial is the device's way to the server.
func (l *slowLink) dial(ctx context.Context, _ string) (net.Conn, error) {
	conn, err := l.network.ContextDialer((&net.Dialer{}).DialContext)(ctx, "tcp", l.listener.Addr().String())
	if err != nil {
		return nil, err
	}
	return &counted{Conn: conn, bytes: &l.bytes}, nil
}

// counted counts what goes through a connection, both ways.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (l *slowLink) carry(from net.Conn) {
	to, err := net.Dial("tcp", l.target)
	if err != nil {
		_ = from.Close()
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
		_ = dst.Close()
		_ = src.Close()
	}
	l.wait.Go(func() { copyAll(from, to) })
	copyAll(to, from)
}

func (l *slowLink) close() error { return l.listener.Close() }
