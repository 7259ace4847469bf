package api

import (
	"context"
	"sync"

	"google.golang.org/grpc/peer"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// UntakenReplies is how many replies of one address may wait to be taken, at some KiB each
// where they are small: a call is over when its reply waits for the client's window, and
// neither rates nor CallTime see it then. As many as may be silent, for the same reason.
const UntakenReplies = SilentStreams

// counted counts a reply until it is taken, given up, or gone with its connection. Those
// to within the process are not counted, nor those above what an address may have, whose
// calls had begun before.
func (g *Guard) counted(ctx context.Context, reply *wire.Encoded) any {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return reply
	}
	conn, ok := p.AuthInfo.(wire.TLS)
	address := wire.Subscriber(callerAddress(ctx))
	if !ok || !g.untaken.begin(address) {
		return reply
	}
	end := sync.OnceFunc(func() { g.untaken.end(address) })
	stop := conn.AfterClose(end)
	return &wire.Counted{Reply: reply, LetGo: func() {
		stop()
		end()
	}}
}
