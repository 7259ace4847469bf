package server

import (
	"context"
	"time"

	"github.com/keluarga-sehat/sync/server/caught"
)

// panicRest is how long what works beside the calls is left after a panic.
const panicRest = time.Minute

// beside runs what works beside the calls until the context ends; what it fails at is told. Of
// a panic the log has the stack. It ends no server that takes families' work, be it one that
// would come again after each start: what panicked begins anew after panicRest.
func (s *Server) beside(ctx context.Context, deed string, work func(ctx context.Context, onError func(error))) {
	for {
		err := caught.Panic(func() error {
			work(ctx, func(err error) { s.config.Log.WarnContext(ctx, deed, "error", err) })
			return nil
		})
		if err == nil {
			return
		}
		s.config.Log.ErrorContext(ctx, deed, "error", err, "again_in", panicRest)
		select {
		case <-ctx.Done():
			return
		case <-time.After(panicRest):
		}
	}
}
