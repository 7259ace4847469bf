package links

import (
	"context"
	"net"
	"sync/atomic"
)

// switched is a way to the server that is fast at first and slow once told so;
// the fast connection ends with that.
type switched struct {
	slow   *Slow
	fast   Cutter
	isSlow atomic.Bool
}

// Store makes it slow.
func (s *switched) Store(slow bool) {
	s.isSlow.Store(slow)
	s.fast.Drop()
}

func (s *switched) dial(ctx context.Context, address string) (net.Conn, error) {
	if s.isSlow.Load() {
		return s.slow.Dial(ctx, address)
	}
	return s.fast.Dial(ctx, address)
}
