package api

import (
	"context"
	"net"
	"strconv"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
)

// asker is whom a call is counted for until its token, if it shows any, is found to open
// something: the token's session, or whoever comes from its address. A token may be over, its
// session ended, and a thief have it; so a session takes nothing from the user's other ones, and
// what is over of it nothing from what is not.
type asker struct {
	user    string // whose token it is: an account's, on a device or on none; "": a stranger
	session string // the token's; of one that is over, apart from those that are not
	address string
}

// known tells whether somebody has shown a token.
func (who asker) known() bool { return who.session != "" }

// whose is the user, or the subscriber whose address it is.
func (who asker) whose() string {
	if who.known() {
		return who.user
	}
	return wire.Subscriber(who.address)
}

// read is who shows a token, "" none, from an address; refused is why the token opens nothing.
// Nothing is asked of the store; whether the account, its device and its session are still good,
// admit finds out. Errors: those of auth.Service.Signed.
func (g *Guard) read(address, token string) (who asker, refused error) {
	who.address = address
	if token == "" {
		return who, auth.ErrTokenInvalid
	}
	claims, over, err := g.auth.Signed(token)
	if err != nil {
		return who, err
	}
	who.user = strconv.Itoa(int(claims.Account)) + " on " + strconv.Itoa(int(claims.Device))
	who.session = string(claims.Session)
	if over {
		// The session may go on, and a thief have this token of it alone.
		who.session = "over " + who.session
		return who, auth.ErrTokenExpired
	}
	return who, nil
}

// screen finds out who asks, and whether they may have a method's message read at all: it needs
// no token, or they have one that the server has signed and that is not over. A refusal counts as
// any call does. Errors: statuses.
func (g *Guard) screen(ctx context.Context, method, address, token string) (asker, error) {
	who, refused := g.read(address, token)
	switch g.rules[method].GetCaller() {
	case ksv1.Caller_CALLER_ACCOUNT, ksv1.Caller_CALLER_ACCOUNT_ON_DEVICE:
	case ksv1.Caller_CALLER_FEED_TOKEN:
		refused = g.auth.FormedFeed(token)
	default:
		return who, nil
	}
	if refused == nil {
		return who, nil
	}
	if often := g.count(who); often != nil {
		return who, waitStatus(often)
	}
	return who, statusOf(ctx, g.log, method, refused)
}

// count counts a call. Errors: *rates.TooManyCalls.
func (g *Guard) count(who asker) error {
	if who.known() {
		return g.limits.Session(who.session)
	}
	return g.limits.From(who.address)
}

// askerKey holds who makes a call, as Tap found it.
type askerKey struct{}

// askerOf is who makes a call.
func (g *Guard) askerOf(ctx context.Context) asker {
	who, found := ctx.Value(askerKey{}).(asker)
	if !found { // the gateway's
		who, _ = g.read(callerAddress(ctx), bearer(ctx)) //nolint:errcheck // admit refuses
	}
	return who
}

// RoomFor tells, before a request over REST that is for a method is read, how much its body
// may hold, and in what room. authorization are the headers of that name. Errors: the status
// of who has no token for the method.
func (g *Guard) RoomFor(ctx context.Context, method, address string, authorization []string) (room *Room, most int64, err error) {
	who, err := g.screen(ctx, method, address, bearerOf(authorization))
	return g.room(who, method), int64(g.mostBytes(method)), err
}

// AllowRequest counts a request that is no call, such as of a page, as a call. Errors:
// *rates.TooManyCalls.
func (g *Guard) AllowRequest(address string, authorization []string) error {
	who, _ := g.read(address, bearerOf(authorization)) //nolint:errcheck // it needs no token
	return g.count(who)
}

// OwnConnection tells that a connection is a user's on which a request over REST shows a token.
func (g *Guard) OwnConnection(conn net.Conn, authorization []string) {
	if len(authorization) == 0 || wire.Owned(conn) {
		return
	}
	if who, _ := g.read("", bearerOf(authorization)); who.known() { //nolint:errcheck // it need open nothing
		wire.Own(conn, who.user, who.session)
	}
}

// ownConnection tells it of a call's.
func ownConnection(ctx context.Context, who asker) {
	if p, ok := peer.FromContext(ctx); ok && who.known() {
		if conn, ok := p.AuthInfo.(wire.TLS); ok {
			conn.BelongsTo(who.user, who.session)
		}
	}
}

// bearerOf is bearer of the headers of that name.
func bearerOf(authorization []string) string {
	return bearer(metadata.NewIncomingContext(context.Background(), metadata.MD{"authorization": authorization}))
}
