package wire

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// Limits of the edge: memory and time stay bounded whatever a client does.
const (
	// MaxMessageBytes bounds one gRPC message: a chunk of MaxChunkBytes that
	// does not compress, and what goes with it.
	MaxMessageBytes = 2 << 20
	// MaxStreams bounds the streams of one connection. A device needs two.
	MaxStreams = 64
	// MaxHeaderBytes bounds a header list; a token has 1 KiB.
	MaxHeaderBytes = 16 << 10
	// HandshakeTimeout bounds a TLS handshake and the wait for HTTP/2's preface;
	// long, for 9.6 kbit/s links.
	HandshakeTimeout = 30 * time.Second
	// MaxHandshakes bounds handshakes under way at once, at some 20 KiB each.
	MaxHandshakes = 2048
	// MaxHandshakesPerAddress keeps one address from taking them all; many
	// devices share one behind a mobile operator's NAT, so it is not small.
	MaxHandshakesPerAddress = 1536
	// PressureHandshakes under way at once mean that the port is being flooded, or
	// that a whole district comes on line at the same moment; at half as many it is
	// over. See Split.OnPressure.
	PressureHandshakes = 512
	// MaxConnections bounds open connections, at some 80 KiB each where somebody
	// uses them, and MaxConnectionsPerAddress those of one address; more are closed
	// as soon as they come.
	MaxConnections           = 16_384
	MaxConnectionsPerAddress = 4_096
	// ConnectionAge after which a connection is asked to end, so that load
	// spreads over processes; a session under way has ConnectionGrace.
	ConnectionAge   = 2 * time.Hour
	ConnectionGrace = 30 * time.Minute
	// IdleTimeout ends a connection on which nothing happens.
	IdleTimeout = 5 * time.Minute
	// KeepaliveTime of silence after which either end asks whether the other is
	// there; KeepaliveTimeout for the answer, long for a link with a full queue.
	KeepaliveTime    = time.Minute
	KeepaliveTimeout = 30 * time.Second
	// KeepaliveMin is how often a client may ask at most.
	KeepaliveMin = 20 * time.Second
)

// ServerOptions are the limits for a gRPC server.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		countedReplies(),
		grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes),
		grpc.MaxConcurrentStreams(MaxStreams), grpc.MaxHeaderListSize(MaxHeaderBytes),
		grpc.ConnectionTimeout(HandshakeTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: IdleTimeout, MaxConnectionAge: ConnectionAge, MaxConnectionAgeGrace: ConnectionGrace,
			Time: KeepaliveTime, Timeout: KeepaliveTimeout,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: KeepaliveMin, PermitWithoutStream: true}),
	}
}

// DialOptions are the limits for a gRPC client.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes)),
		grpc.WithMaxHeaderListSize(MaxHeaderBytes),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: KeepaliveTime, Timeout: KeepaliveTimeout}),
	}
}
