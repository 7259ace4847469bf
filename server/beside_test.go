package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/store"
)

// What panics beside the calls is told with its stack and begins anew after a rest; a server
// that stops waits for no rest, and what ends by itself is done.
func TestWhatPanicsBesideTheCallsBeginsAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &Server{config: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}}
		begun, turns := time.Now(), 0
		s.beside(t.Context(), "do something", func(_ context.Context, onError func(error)) {
			if turns++; turns < 3 {
				panic("broken")
			}
			onError(errors.New("failed"))
		})
		if took := time.Since(begun); turns != 3 || took != 2*panicRest {
			t.Errorf("%d turns in %v", turns, took)
		}
		if said := log.String(); strings.Count(said, `msg="do something" error="panic: broken`) != 2 || strings.Count(said, "beside_test.go") < 2 || !strings.Contains(said, "error=failed") {
			t.Errorf("log: %s", said)
		}
		ctx, cancel := context.WithTimeout(t.Context(), panicRest/2)
		defer cancel()
		begun = time.Now()
		s.beside(ctx, "do something", func(context.Context, func(error)) { panic("broken") })
		if took := time.Since(begun); took != panicRest/2 {
			t.Errorf("a server that stops waits %v", took)
		}
	})
}

// panicking is a store in which every reading panics.
type panicking struct{ store.Store }

func (panicking) Read(context.Context, func(context.Context, store.Snapshot) error) error {
	panic("broken")
}

// A follower that panics at each look, and so would after each start, ends no server.
func TestAServerServesThoughItsFollowerPanics(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer // read once it has stopped
	s := edgeServer(t, rates.Bounds{})
	panicked := make(chan struct{})
	s.config.Log = slog.New(slog.NewTextHandler(&told{&log, "panic: broken", panicked}, nil))
	s.follower.Store = panicking{s.follower.Store}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	<-panicked
	if response, body := ask(t, s, "GET", "/healthz", ""); response.StatusCode != http.StatusOK {
		t.Errorf("%d: %s", response.StatusCode, body)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if said := log.String(); !strings.Contains(said, `level=ERROR msg="follow identifiers" error="panic: broken`) {
		t.Errorf("log: %s", said)
	}
}
