package api

import (
	"context"

	"google.golang.org/grpc/metadata"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// proves tells whether who asks may have a method's message read at all: it needs no token,
// or they have one that the server has signed and that is not over. Nothing is asked of the
// store; whether the account, its device and its session are still good, admit finds out.
// Errors: those of auth.Service, and of a token that is missing.
func (g *Guard) proves(method, token string) error {
	switch g.rules[method].GetCaller() {
	case ksv1.Caller_CALLER_ACCOUNT, ksv1.Caller_CALLER_ACCOUNT_ON_DEVICE:
		return g.auth.Signed(token)
	case ksv1.Caller_CALLER_FEED_TOKEN:
		return g.auth.FormedFeed(token)
	default:
		return nil
	}
}

// refuseUnproved is the status of a call from an address that has no token for its method,
// for which it counts as any other does; nil for one that has.
func (g *Guard) refuseUnproved(ctx context.Context, method, address, token string) error {
	refused := g.proves(method, token)
	if refused == nil {
		return nil
	}
	if often := g.limits.From(address); often != nil {
		return waitStatus(often)
	}
	return statusOf(ctx, g.log, method, refused)
}

// RefuseUnproved is the status of a request over REST that is for a method and has no token
// for it, before its body is read; nil for one that has. authorization are the headers of
// that name.
func (g *Guard) RefuseUnproved(ctx context.Context, method, address string, authorization []string) error {
	return g.refuseUnproved(ctx, method, address, bearer(metadata.NewIncomingContext(ctx, metadata.MD{"authorization": authorization})))
}

// subscriberOf is whose a call from outside is; "" for the gateway's own.
func subscriberOf(ctx context.Context) string {
	if isInside(ctx) {
		return ""
	}
	return wire.Subscriber(callerAddress(ctx))
}
