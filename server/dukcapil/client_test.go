package dukcapil

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clientOf is a client of a registry, whose attempts end after a time.
func clientOf(t *testing.T, registry http.HandlerFunc, attempt time.Duration) *Client {
	t.Helper()
	s := httptest.NewTLSServer(registry)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return &Client{
		config: Config{URL: s.URL, Consumer: "x", User: "x", Password: "x", PersonMethod: DefaultPersonMethod, now: time.Now, attemptTimeout: attempt},
		http:   s.Client(), slots: make(chan struct{}, maxRequests),
	}
}

// Who waits while the registry hangs asks it no more once it is to be left alone, and is
// told so: what is told as unavailable is not counted.
func TestWhoWaitsForAHangingRegistryIsToldThatItIsUnavailable(t *testing.T) {
	t.Parallel()
	var requests atomic.Int32
	c := clientOf(t, func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return // a client that goes is noticed once its request is read
		}
		<-r.Context().Done()
	}, 200*time.Millisecond)
	const surveyors = 6 * maxRequests
	errs := make([]error, surveyors)
	var wait sync.WaitGroup
	for i := range surveyors {
		wait.Go(func() { _, errs[i] = c.Person(t.Context(), 3204051204880003) })
	}
	wait.Wait()
	for _, err := range errs {
		if down := new(UnavailableError); !errors.As(err, &down) || down.Wait < time.Second {
			t.Errorf("told %v", err)
		}
	}
	// A slot comes free with each look-up that failed before the last of those that count.
	if n, most := int(requests.Load()), attempts*(maxRequests+restAfter-1); n > most {
		t.Errorf("%d requests, more than %d, to a registry that answers none", n, most)
	}
}

func TestAWaitForASlotEnds(t *testing.T) {
	t.Parallel()
	c := clientOf(t, func(http.ResponseWriter, *http.Request) { t.Error("asked without a slot") }, 100*time.Millisecond)
	for range maxRequests {
		c.slots <- struct{}{}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ctx := range map[string]context.Context{"who waits": t.Context(), "who has gone": gone} {
		_, err := c.Person(ctx, 3204051204880003)
		if down := new(UnavailableError); !errors.As(err, &down) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c.failed > 0 {
		t.Errorf("%d failures of a registry that was not asked", c.failed)
	}
}
