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
	// maxStreams bounds the streams of one connection. A device needs two.
	maxStreams = 64
	// streamWindow is what a stream may send before its call asks for it, which is held
	// meanwhile; what is asked for then comes at once. gRPC would let it grow to 16 MiB for who
	// has a fast line. connWindow is what a connection may have on the way.
	streamWindow = 64 << 10
	connWindow   = 1 << 20
	// MaxHeaderBytes bounds a header list; a token has 1 KiB.
	MaxHeaderBytes = 16 << 10
	// handshakeTimeout bounds a TLS handshake and the wait for HTTP/2's preface;
	// long, for 9.6 kbit/s links.
	handshakeTimeout = 30 * time.Second
	// maxHandshakes bounds handshakes under way at once, at some 20 KiB each.
	maxHandshakes = 2048
	// maxHandshakesPerAddress keeps one address from taking them all; many
	// devices share one behind a mobile operator's NAT, so it is not small, and
	// the longest under way goes for the next.
	maxHandshakesPerAddress = 1536
	// pressureHandshakes under way at once mean that the port is being flooded, or
	// that a whole district comes on line at the same moment; at half as many it is
	// over. See Split.OnPressure.
	pressureHandshakes = 512
	// maxConnections bounds open connections, at some 80 KiB each where somebody
	// uses them, and maxConnectionsPerAddress those of one address; more are closed
	// as soon as they come, or the oldest on which nobody has shown a token. A user may have
	// maxConnectionsPerUser that don't give way; a browser opens six.
	maxConnections           = 16_384
	maxConnectionsPerAddress = 4_096
	maxConnectionsPerUser    = 32
	// connectionAge after which a connection is asked to end, so that load
	// spreads over processes; a session under way has connectionGrace.
	connectionAge   = 2 * time.Hour
	connectionGrace = 30 * time.Minute
	// idleTimeout ends a connection on which nothing happens.
	idleTimeout = 5 * time.Minute
	// keepaliveTime of silence after which either end asks whether the other is
	// there; keepaliveTimeout for the answer, long for a link with a full queue.
	keepaliveTime    = time.Minute
	keepaliveTimeout = 30 * time.Second
	// keepaliveMin is how often a client may ask at most.
	keepaliveMin = 20 * time.Second
)

// ServerOptions are the limits for a gRPC server.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		countedReplies(),
		grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes),
		grpc.StaticStreamWindowSize(streamWindow), grpc.StaticConnWindowSize(connWindow),
		grpc.MaxConcurrentStreams(maxStreams), grpc.MaxHeaderListSize(MaxHeaderBytes),
		grpc.ConnectionTimeout(handshakeTimeout),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: idleTimeout, MaxConnectionAge: connectionAge, MaxConnectionAgeGrace: connectionGrace,
			Time: keepaliveTime, Timeout: keepaliveTimeout,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: keepaliveMin, PermitWithoutStream: true}),
	}
}

// DialOptions are the limits for a gRPC client.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes)),
		grpc.WithMaxHeaderListSize(MaxHeaderBytes),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: keepaliveTimeout}),
	}
}
