package api

import (
	"context"
	"net"
	"strings"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
)

// insideNetwork is what the gateway's connection within the process calls itself.
const insideNetwork = "bufconn"

// isInside tells a call of the gateway's connection within the process.
func isInside(ctx context.Context) bool {
	p, ok := peer.FromContext(ctx)
	return ok && p.Addr.Network() == insideNetwork
}

// callerAddress is the IP address that a call comes from; "" where none is
// known. The gateway appends what it sees to x-forwarded-for, so that its last
// part is true whatever a client sent before it; from others the header is not
// believed.
func callerAddress(ctx context.Context) string {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return ""
	}
	if p.Addr.Network() != insideNetwork {
		host, _, err := net.SplitHostPort(p.Addr.String())
		if err != nil {
			return p.Addr.String()
		}
		return host
	}
	md, _ := metadata.FromIncomingContext(ctx)
	list := md.Get("x-forwarded-for")
	if len(list) == 0 {
		return ""
	}
	parts := strings.Split(list[len(list)-1], ",")
	return strings.TrimSpace(parts[len(parts)-1])
}

// callerBrowser names the browser that calls, as the pages' session calls tell it; "" where
// it is none, or none that is known. From others the header is not believed.
func callerBrowser(ctx context.Context) string {
	md, _ := metadata.FromIncomingContext(ctx)
	list := md.Get("x-browser")
	if !isInside(ctx) || len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}
