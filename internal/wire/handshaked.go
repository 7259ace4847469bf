package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"google.golang.org/grpc/credentials"
)

// Handshaked are credentials for a gRPC server whose connections come from a
// Split: the handshake is done, its result is shown to handlers as TLS. A connection within
// the process (the gateway's, over bufconn or a pipe) is shown as inProcess; any other one
// that is not TLS is refused, so that a server put on a bare port by mistake takes nobody in.
type Handshaked struct{}

// errNotTLS refuses a connection from outside that is not TLS.
var errNotTLS = errors.New("connection is not TLS")

// ServerHandshake shows what was negotiated.
func (Handshaked) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	level := credentials.CommonAuthInfo{SecurityLevel: credentials.PrivacyAndIntegrity}
	if t, ok := conn.(*tls.Conn); ok {
		state := t.ConnectionState()
		if !state.HandshakeComplete {
			return nil, nil, errors.New("TLS handshake is not complete")
		}
		watched := &watchedConn{Conn: conn}
		watched.open, watched.closed = context.WithCancel(context.Background())
		return watched, TLS{credentials.TLSInfo{State: state, CommonAuthInfo: level}, watched.open, t.NetConn()}, nil
	}
	switch network := conn.LocalAddr().Network(); network {
	case "bufconn", "pipe":
		return conn, inProcess{level}, nil
	default:
		return nil, nil, fmt.Errorf("%w (%s)", errNotTLS, network)
	}
}

// TLS is the AuthInfo of a connection from outside.
type TLS struct {
	credentials.TLSInfo
	open context.Context
	raw  net.Conn
}

// BelongsTo tells that the connection is a user's session's. See Own.
func (t TLS) BelongsTo(user, session string) { Own(t.raw, user, session) }

// BreakOff closes the connection without a goodbye, which who takes nothing would not take.
func (t TLS) BreakOff() { _ = t.raw.Close() }

// AfterClose has f called once the connection is closed, in a goroutine of its own; stop
// takes that back.
func (t TLS) AfterClose(f func()) (stop func() bool) { return context.AfterFunc(t.open, f) }

// watchedConn tells when it is closed.
type watchedConn struct {
	net.Conn
	open   context.Context
	closed context.CancelFunc
}

// Close closes it.
func (c *watchedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// inProcess is the AuthInfo of a connection within the process.
type inProcess struct{ credentials.CommonAuthInfo }

// AuthType names it.
func (inProcess) AuthType() string { return "internal" }

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
