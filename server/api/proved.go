package api

import (
	"context"
	"fmt"

	"google.golang.org/grpc/metadata"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// proves tells whether who asks may have a method's message read at all: it needs no token,
// or they have one that the server has signed and that is not over. Nothing is asked of the
// store; whether the account, its device and its session are still good, admit finds out.
// user is whose the token is; "" of who needs none. Errors: those of auth.Service.
func (g *Guard) proves(method, token string) (user string, err error) {
	switch g.rules[method].GetCaller() {
	case ksv1.Caller_CALLER_ACCOUNT, ksv1.Caller_CALLER_ACCOUNT_ON_DEVICE:
		claims, err := g.auth.Signed(token)
		return fmt.Sprintf("%d on %d", claims.Account, claims.Device), err
	case ksv1.Caller_CALLER_FEED_TOKEN:
		return "", g.auth.FormedFeed(token)
	default:
		return "", nil
	}
}

// proved is proves for a call from an address, for which a refusal counts as any call does.
// Errors: statuses.
func (g *Guard) proved(ctx context.Context, method, address, token string) (user string, err error) {
	user, refused := g.proves(method, token)
	if refused == nil {
		return user, nil
	}
	if often := g.limits.From(address); often != nil {
		return "", waitStatus(often)
	}
	return "", statusOf(ctx, g.log, method, refused)
}

// Proved tells, before a request over REST that is for a method is read, how much its body
// may hold, and in what room. authorization are the headers of that name. Errors: the status
// of who has no token for the method.
func (g *Guard) Proved(ctx context.Context, method, address string, authorization []string) (room *Room, most int64, err error) {
	user, err := g.proved(ctx, method, address, bearer(metadata.NewIncomingContext(ctx, metadata.MD{"authorization": authorization})))
	return g.room(user, method, address), int64(g.mostBytes(method)), err
}

// subscriberOf is whose a call from outside is; "" for the gateway's own.
func subscriberOf(ctx context.Context) string {
	if isInside(ctx) {
		return ""
	}
	return wire.Subscriber(callerAddress(ctx))
}
