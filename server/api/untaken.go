package api

import (
	"context"
	"time"

	"google.golang.org/grpc/peer"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/rates"
)

// newUntaken bounds the replies that wait to be taken, at some KiB each where they are small: a
// call is over when its reply waits for the client's window, and neither rates nor CallTime see
// it then. There may be as many as may be silent, for the same reason; beyond, the connection of
// the asker's oldest is closed.
func newUntaken() heldByKind { return newSilences().heldByKind }

// counted counts a method's reply until it is taken, given up, or gone with its connection.
// Those to within the process are not counted. Errors: the status of rates.TooManyCalls.
func (g *Guard) counted(ctx context.Context, method string, reply *wire.Encoded) (any, error) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return reply, nil
	}
	conn, ok := p.AuthInfo.(wire.TLS)
	if !ok {
		return reply, nil
	}
	end, ok := g.untaken.begin(method, g.askerOf(ctx), conn.BreakOff)
	if !ok {
		return nil, waitStatus(&rates.TooManyCalls{Wait: time.Second})
	}
	stop := conn.AfterClose(end)
	return &wire.Counted{Reply: reply, LetGo: func() {
		stop()
		end()
	}}, nil
}
