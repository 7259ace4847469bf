package wire

import (
	"context"
	"crypto/tls"
	"net"

	"golang.org/x/net/http2"
	"google.golang.org/grpc/credentials"
)

// ClientCredentials are gRPC's TLS credentials for a client that does not wait
// for the server's SETTINGS before its first call. RFC 9113 section 3.4 lets a
// client send at once; gRPC waits a round trip, which is half of what a short
// sync takes on a link of 600 ms.
func ClientCredentials(c *tls.Config) credentials.TransportCredentials {
	return eagerCredentials{credentials.NewTLS(c)}
}

type eagerCredentials struct {
	credentials.TransportCredentials
}

// ClientHandshake makes the connection, and puts empty SETTINGS before what the
// server will send.
func (e eagerCredentials) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := e.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		return nil, nil, err
	}
	return newEagerConn(conn), info, nil
}

// Clone copies the credentials.
func (e eagerCredentials) Clone() credentials.TransportCredentials {
	return eagerCredentials{e.TransportCredentials.Clone()}
}

const frameHeadBytes = 9

// emptySettings is a SETTINGS frame that leaves everything at its default.
var emptySettings = [frameHeadBytes]byte{3: byte(http2.FrameSettings)}

// eagerConn reads as if the server had sent empty SETTINGS already, and keeps
// their acknowledgement, the first that the client writes, from the server,
// which would not know what is meant.
type eagerConn struct {
	net.Conn
	ahead []byte // still to be read before what comes

	// State of the written stream, until the acknowledgement was found.
	found   bool
	skip    int    // bytes to pass on unread: the preface, then frames' contents
	head    []byte // of the frame that begins, as far as it was written
	passing []byte // reused
}

func newEagerConn(conn net.Conn) *eagerConn {
	return &eagerConn{Conn: conn, ahead: emptySettings[:], skip: len(http2.ClientPreface)}
}

// Read reads.
func (c *eagerConn) Read(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// Write writes; n counts what was kept back too.
func (c *eagerConn) Write(p []byte) (n int, err error) {
	if c.found {
		return c.Conn.Write(p)
	}
	if pass := c.filter(p); len(pass) > 0 {
		if _, err := c.Conn.Write(pass); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// filter gives what of p is to be sent now.
func (c *eagerConn) filter(p []byte) []byte {
	out := c.passing[:0]
	for len(p) > 0 && !c.found {
		if c.skip > 0 {
			n := min(c.skip, len(p))
			out, p, c.skip = append(out, p[:n]...), p[n:], c.skip-n
			continue
		}
		n := min(frameHeadBytes-len(c.head), len(p))
		c.head, p = append(c.head, p[:n]...), p[n:]
		if len(c.head) < frameHeadBytes {
			break
		}
		length := int(c.head[0])<<16 | int(c.head[1])<<8 | int(c.head[2])
		c.found = http2.FrameType(c.head[3]) == http2.FrameSettings && http2.Flags(c.head[4]).Has(http2.FlagSettingsAck)
		if !c.found {
			out = append(out, c.head...)
		}
		c.head, c.skip = c.head[:0], length
	}
	c.passing = out[:0]
	return append(out, p...)
}
