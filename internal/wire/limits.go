package wire

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"
)

// Limits of the edge (TRUST: bounded memory and time whatever a client does).
const (
	// MaxMessageBytes bounds one gRPC message.
	MaxMessageBytes = 2 << 20
	// MaxStreams bounds the streams of one connection.
	MaxStreams = 64
	// MaxHeaderBytes bounds a header list.
	MaxHeaderBytes = 16 << 10
	// HandshakeTimeout bounds a TLS handshake; long, for 9.6 kbit/s links.
	HandshakeTimeout = 30 * time.Second
	// MaxHandshakes bounds handshakes under way at once.
	MaxHandshakes = 512
	// ConnectionAge after which a connection is asked to end, so that load
	// spreads over processes; a session under way has ConnectionGrace.
	ConnectionAge   = 2 * time.Hour
	ConnectionGrace = 30 * time.Minute
	// IdleTimeout ends a connection on which nothing happens.
	IdleTimeout = 5 * time.Minute
	// KeepaliveMin is how often a client may ping at most.
	KeepaliveMin = 20 * time.Second
)

// ServerOptions are the limits for a gRPC server.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.MaxRecvMsgSize(MaxMessageBytes), grpc.MaxSendMsgSize(MaxMessageBytes),
		grpc.MaxConcurrentStreams(MaxStreams), grpc.MaxHeaderListSize(MaxHeaderBytes),
		grpc.KeepaliveParams(keepalive.ServerParameters{
			MaxConnectionIdle: IdleTimeout, MaxConnectionAge: ConnectionAge, MaxConnectionAgeGrace: ConnectionGrace,
			Time: time.Minute, Timeout: 20 * time.Second,
		}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: KeepaliveMin, PermitWithoutStream: true}),
	}
}

// DialOptions are the limits for a gRPC client.
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(MaxMessageBytes), grpc.MaxCallSendMsgSize(MaxMessageBytes)),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: time.Minute, Timeout: 30 * time.Second}),
	}
}
