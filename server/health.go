package server

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"

	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// checkOnly serves a health check and no watch: a stream that never ends, of whoever
// asks for it.
type checkOnly struct {
	grpc_health_v1.UnimplementedHealthServer
	health *health.Server
}

// Check tells whether the server serves.
func (c checkOnly) Check(ctx context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	return c.health.Check(ctx, r)
}

// healthFor is how long what the store said is told again: whoever asks without an account
// costs it a read a second at most.
const healthFor = time.Second

// storeHealth tells over HTTP whether the store can be read.
type storeHealth struct {
	read func(ctx context.Context) error
	once singleflight.Group

	mu   sync.Mutex
	last error     // guarded by mu
	at   time.Time // guarded by mu
}

// ServeHTTP tells it.
func (h *storeHealth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.look(r.Context()) != nil {
		http.Error(w, "store unavailable", http.StatusServiceUnavailable)
		return
	}
	if _, err := io.WriteString(w, "ok\n"); err != nil {
		return // the client has gone
	}
}

// healthTimeout is when a store that says nothing is taken for one that can't be read.
const healthTimeout = 10 * time.Second

// look reads the store, or tells what the last look found.
func (h *storeHealth) look(ctx context.Context) error {
	h.mu.Lock()
	last, age := h.last, time.Since(h.at)
	h.mu.Unlock()
	if age < healthFor {
		return last
	}
	_, err, _ := h.once.Do("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTimeout) // others wait for it
		defer cancel()
		err := h.read(ctx)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last, h.at = err, time.Now()
		return nil, err
	})
	return err
}

// readStore reads something small.
func (s *Server) readStore(ctx context.Context) error {
	return s.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.Meta(ctx, session.MetaEpoch)
		return err
	})
}
