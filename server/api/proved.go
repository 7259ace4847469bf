package api

import (
	"context"
	"net"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// provedKey holds the user whose token a call began with.
type provedKey struct{}

// provedOf is whose token a call from outside began with.
func provedOf(ctx context.Context) rates.User {
	user, _ := ctx.Value(provedKey{}).(rates.User)
	return user
}

// proves tells whether who asks may have a method's message read at all: it needs no token,
// or they have one that the server has signed and that is not over. Nothing is asked of the
// store; whether the account, its device and its session are still good, admit finds out.
// user is whose the token is, zero where there is none; who needs none may show one that is over,
// as to have it renewed, so that no stranger behind the same address keeps them out. Errors: those
// of auth.Service.
func (g *Guard) proves(method, token string) (user rates.User, err error) {
	switch g.rules[method].GetCaller() {
	case ksv1.Caller_CALLER_ACCOUNT, ksv1.Caller_CALLER_ACCOUNT_ON_DEVICE:
		claims, err := g.auth.Signed(token)
		return rates.User{Account: claims.Account, Device: claims.Device}, err
	case ksv1.Caller_CALLER_FEED_TOKEN:
		return rates.User{}, g.auth.FormedFeed(token)
	default:
		return g.once(token), nil
	}
}

// once is whose token it was, be it over or not; zero: nobody's.
func (g *Guard) once(token string) rates.User {
	if token == "" {
		return rates.User{}
	}
	claims := g.auth.SignedOnce(token)
	return rates.User{Account: claims.Account, Device: claims.Device}
}

// proved is proves for a call from an address, for which a refusal counts as any call does.
// Errors: statuses.
func (g *Guard) proved(ctx context.Context, method, address, token string) (user rates.User, err error) {
	user, refused := g.proves(method, token)
	if refused == nil {
		return user, nil
	}
	if often := g.limits.From(address); often != nil {
		return rates.User{}, waitStatus(often)
	}
	return rates.User{}, statusOf(ctx, g.log, method, refused)
}

// count counts a call for its user or, where none is known, for its address. Errors:
// *rates.TooManyCalls.
func (g *Guard) count(ctx context.Context, method string) error {
	user, known := ctx.Value(provedKey{}).(rates.User)
	if !known { // the gateway's
		user, _ = g.proves(method, bearer(ctx)) //nolint:errcheck // admit refuses
	}
	if user.Known() {
		return g.limits.User(user)
	}
	return g.limits.From(callerAddress(ctx))
}

// Proved tells, before a request over REST that is for a method is read, how much its body
// may hold, and in what room. authorization are the headers of that name. Errors: the status
// of who has no token for the method.
func (g *Guard) Proved(ctx context.Context, method, address string, authorization []string) (room *Room, most int64, err error) {
	user, err := g.proved(ctx, method, address, bearer(metadata.NewIncomingContext(ctx, metadata.MD{"authorization": authorization})))
	return g.room(user.Name(), method, address), int64(g.mostBytes(method)), err
}

// ownConnection tells that a call's connection is a user's.
func ownConnection(ctx context.Context, user rates.User) {
	if p, ok := peer.FromContext(ctx); ok {
		if conn, ok := p.AuthInfo.(wire.TLS); ok {
			conn.BelongsTo(user.Name())
		}
	}
}

// OwnConnection tells that a connection is a user's on which a request over REST shows a token.
func (g *Guard) OwnConnection(conn net.Conn, authorization []string) {
	if len(authorization) == 0 || wire.Owned(conn) {
		return
	}
	if user := g.shown(authorization); user.Known() {
		wire.Own(conn, user.Name())
	}
}

// shown is once for the headers of that name.
func (g *Guard) shown(authorization []string) rates.User {
	return g.once(bearer(metadata.NewIncomingContext(context.Background(), metadata.MD{"authorization": authorization})))
}

// subscriberOf is whose a call from outside is; "" for the gateway's own.
func subscriberOf(ctx context.Context) string {
	if isInside(ctx) {
		return ""
	}
	return wire.Subscriber(callerAddress(ctx))
}
