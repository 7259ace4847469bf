package server

import (
	"context"
	"errors"
	"fmt"
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

// storeHealth tells over HTTP whether the store can be read and written.
type storeHealth struct {
	try  func(ctx context.Context) error
	once singleflight.Group

	mu   sync.Mutex
	last error     // guarded by mu
	at   time.Time // guarded by mu
}

// ServeHTTP tells it.
func (h *storeHealth) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch err := h.look(r.Context()); {
	case errors.Is(err, errNotWritten):
		http.Error(w, errNotWritten.Error(), http.StatusServiceUnavailable)
		return
	case err != nil:
		http.Error(w, "store unavailable", http.StatusServiceUnavailable)
		return
	}
	if _, err := io.WriteString(w, "ok\n"); err != nil {
		return // the client has gone
	}
}

// healthTimeout is when a store that says nothing is taken for one that can't be read.
const healthTimeout = 10 * time.Second

// look tries the store, or tells what the last look found.
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
		err := h.try(ctx)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.last, h.at = err, time.Now()
		return nil, err
	})
	return err
}

// errNotWritten: what is stored can be read; nothing new can be, as on a full disk.
var errNotWritten = errors.New("store can be read, not written")

// tryStore reads something small, and writes where a write was refused and none went well
// since: until then that it can be written is known from those that come. Errors: errNotWritten.
func (s *Server) tryStore(ctx context.Context) error {
	err := s.config.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, err := snap.Meta(ctx, session.MetaEpoch)
		return err
	})
	if err != nil || !s.told.refuses() {
		return err
	}
	if err := TryWrite(ctx, s.config.Store); err != nil {
		return fmt.Errorf("%w: %w", errNotWritten, err)
	}
	return nil
}
