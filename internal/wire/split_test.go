package wire

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// certificate makes one for this machine, and its PEM.
func certificate(t *testing.T) ([]byte, tls.Certificate) {
	t.Helper()
	certPEM, keyPEM, err := SelfSigned(rand.Reader, []string{"127.0.0.1", "localhost"}, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return certPEM, cert
}

var usual = splitLimits{maxHandshakes, maxHandshakesPerAddress, handshakeTimeout, maxConnections, maxConnectionsPerAddress, maxConnectionsPerUser}

// port is a Split on a port of this machine, closed at the test's end.
func port(t *testing.T, limits splitLimits) (split *Split, trust *tls.Config) {
	t.Helper()
	certPEM, cert := certificate(t)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	split = newSplit(inner, ServerTLS(cert), limits)
	t.Cleanup(func() {
		if err := split.Close(); err != nil {
			t.Error(err)
		}
	})
	if trust, err = ClientTLS(certPEM, nil); err != nil {
		t.Fatal(err)
	}
	return split, trust
}

// silent opens a connection that never says anything.
func silent(t *testing.T, s *Split) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.GRPC.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// shake does a handshake with the protocols and returns the one chosen.
func shake(t *testing.T, s *Split, trust *tls.Config, protocols ...string) (string, error) {
	t.Helper()
	conf := trust.Clone()
	conf.NextProtos = protocols
	c, err := tls.Dial("tcp", s.GRPC.Addr().String(), conf)
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { c.Close() })
	return c.ConnectionState().NegotiatedProtocol, nil
}

// healthServer answers health checks and keeps what it learnt of the caller.
type healthServer struct {
	*health.Server
	callers chan credentials.AuthInfo
}

func serve(t *testing.T, s *Split) healthServer {
	t.Helper()
	h := healthServer{health.NewServer(), make(chan credentials.AuthInfo, 16)}
	g := grpc.NewServer(append(ServerOptions(), grpc.Creds(Handshaked{}), grpc.UnaryInterceptor(
		func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			if p, ok := peer.FromContext(ctx); ok {
				h.callers <- p.AuthInfo
			}
			return next(ctx, req)
		}))...)
	grpc_health_v1.RegisterHealthServer(g, h)
	web := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.WriteString(w, "page over "+r.Proto); err != nil {
			t.Error(err)
		}
	})}
	done := make(chan error, 2)
	go func() { done <- g.Serve(s.GRPC) }()
	go func() { done <- web.Serve(s.HTTP) }()
	t.Cleanup(func() {
		g.Stop()
		if err := web.Close(); err != nil {
			t.Error(err)
		}
		for range 2 {
			if err := <-done; err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
				t.Error(err)
			}
		}
	})
	return h
}

func checkHealth(t *testing.T, s *Split, conf *tls.Config) error {
	t.Helper()
	conn, err := grpc.NewClient(s.GRPC.Addr().String(), append(DialOptions(), grpc.WithTransportCredentials(credentials.NewTLS(conf)))...)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// On a busy machine a handshake may take longer than a test gives it; the next is
	// another try.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err = grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{}, grpc.WaitForReady(true))
	return err
}

func TestOnePortServesBothAndASlowHandshakeHoldsUpNobody(t *testing.T) {
	t.Parallel()
	split, trust := port(t, usual)
	h := serve(t, split)
	for range 20 {
		silent(t, split)
	}
	if err := checkHealth(t, split, trust); err != nil {
		t.Fatal(err)
	}
	info, ok := (<-h.callers).(TLS)
	if !ok || info.State.NegotiatedProtocol != "h2" || info.State.Version != tls.VersionTLS13 {
		t.Fatalf("the handler sees %+v", info.State)
	}
	conf := trust.Clone()
	conf.NextProtos = []string{"h2", "http/1.1"}
	web := &http.Client{Transport: &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}}
	defer web.CloseIdleConnections()
	resp, err := web.Get("https://" + split.HTTP.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "page over HTTP/1.1" {
		t.Fatalf("HTTP said %q: %v", body, err)
	}
}

func TestALPNDecidesTheSide(t *testing.T) {
	t.Parallel()
	split, trust := port(t, usual)
	for _, c := range []struct {
		offer []string
		want  string
		side  net.Listener
	}{
		{[]string{"h2"}, "h2", split.GRPC},
		{[]string{"h2", "http/1.1"}, "http/1.1", split.HTTP},
		{[]string{"http/1.1"}, "http/1.1", split.HTTP},
		{nil, "", split.HTTP},
	} {
		got, err := shake(t, split, trust, c.offer...)
		if err != nil || got != c.want {
			t.Fatalf("offered %q: %q, %v", c.offer, got, err)
		}
		conn, err := c.side.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if state := conn.(*tls.Conn).ConnectionState(); !state.HandshakeComplete || state.NegotiatedProtocol != c.want {
			t.Fatalf("offered %q: accepted %+v", c.offer, state)
		}
		conn.Close()
	}
	if _, err := shake(t, split, trust, "spdy/3"); err == nil {
		t.Fatal("a protocol that nobody speaks was accepted")
	}
}

func TestSilentConnectionsAreClosedInTime(t *testing.T) {
	t.Parallel()
	split, trust := port(t, splitLimits{handshakes: 2, perAddress: 8, timeout: 100 * time.Millisecond, connections: 99, openFromOneAddress: 99})
	serve(t, split)
	var lines []net.Conn
	for range 6 { // Three times the slots: the others wait for their turn.
		lines = append(lines, silent(t, split))
	}
	for _, c := range lines {
		if _, err := io.ReadAll(c); err != nil && !errors.Is(err, io.EOF) && !isReset(err) {
			t.Fatal(err)
		}
	}
	if err := checkHealth(t, split, trust); err != nil {
		t.Fatal(err)
	}
}

func TestOneAddressCannotTakeAllHandshakesNorKeepOthersThereOut(t *testing.T) {
	t.Parallel()
	split, trust := port(t, splitLimits{handshakes: 8, perAddress: 2, timeout: handshakeTimeout, connections: 99, openFromOneAddress: 99})
	first, second := silent(t, split), silent(t, split)
	third := silent(t, split)
	if n, err := first.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Fatalf("the first of three stays open: %d, %v", n, err)
	}
	serve(t, split)
	if err := checkHealth(t, split, trust); err != nil {
		t.Fatal(err)
	}
	if n, err := second.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Fatalf("the second stays open: %d, %v", n, err)
	}
	third.Close()
}

func TestAFloodIsToldAndItsEnd(t *testing.T) {
	t.Parallel()
	s := splitOf(usual)
	var told []bool
	s.OnPressure(func(high bool) { told = append(told, high) })
	conn, other := net.Pipe()
	defer conn.Close()
	defer other.Close()
	var in []*guest
	for range pressureHandshakes + 5 {
		g := s.enter(conn)
		if g == nil {
			t.Fatal("not let in")
		}
		in = append(in, g)
	}
	for _, g := range in {
		s.leave(g)
	}
	if !slices.Equal(told, []bool{true, false}) {
		t.Errorf("told %v", told)
	}
}

// splitOf is a Split without a port.
func splitOf(limits splitLimits) *Split {
	return &Split{underWay: map[string]int{}, open: map[string]int{}, strangers: map[string][]*guest{}, owned: map[string][]*guest{}, limits: limits}
}

// from is a connection that comes from an address.
type from struct {
	net.Conn
	address string
}

func (f from) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(f.address), Port: 1} }

func TestConnectionsOfAnIPv6NetworkAreOneSubscribers(t *testing.T) {
	t.Parallel()
	s := splitOf(splitLimits{perAddress: 9, connections: 9, openFromOneAddress: 1, ofOneUser: 1})
	for _, c := range []struct {
		address string
		in      bool
	}{
		{"2001:db8:0:1::7", true}, {"2001:db8:0:1:ffff::1", false}, {"2001:db8:0:2::7", true},
		{"192.0.2.7", true}, {"::ffff:192.0.2.7", false}, {"192.0.2.8", true},
	} {
		g := s.enter(from{address: c.address})
		if (g != nil) != c.in {
			t.Errorf("%s: let in: %t", c.address, g != nil)
		}
		if g != nil {
			Own(g, c.address, "a")
		}
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	split, trust := port(t, usual)
	quiet := silent(t, split)
	if _, err := shake(t, split, trust, "h2"); err != nil { // Nobody accepts it.
		t.Fatal(err)
	}
	for range 2 {
		if err := split.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := io.ReadAll(quiet); err != nil && !isReset(err) {
		t.Fatalf("a silent connection survives: %v", err)
	}
	for _, side := range []net.Listener{split.GRPC, split.HTTP} {
		if _, err := side.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Fatalf("accept after close: %v", err)
		}
		if err := side.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBarePortsAreRefusedByTheCredentials(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	out, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if _, _, err := (Handshaked{}).ServerHandshake(out); !errors.Is(err, errNotTLS) {
		t.Fatalf("plain TCP: %v", err)
	}
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if _, info, err := (Handshaked{}).ServerHandshake(a); err != nil || info.AuthType() != "internal" {
		t.Fatalf("within the process: %v, %v", info, err)
	}
}

// isReset tells a connection that was closed before what came on it was read.
func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
