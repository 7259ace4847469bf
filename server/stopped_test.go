package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/api"
)

func TestTheLogTellsWhyAServerStopsAndThatItHas(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer // read once it has stopped
	s := edgeServer(t, api.Rates{})
	serving := make(chan struct{})
	s.config.Log = slog.New(slog.NewTextHandler(&told{&log, "serving", serving}, nil))
	ctx, stop := context.WithCancelCause(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	<-serving
	stop(errors.New("the operator said so"))
	if err := <-done; err != nil {
		t.Error(err)
	}
	lines := regexp.MustCompile(`msg=(\w+)(?: address=\S+)?(?: cause="([^"]*)")?\n`).FindAllStringSubmatch(log.String(), -1)
	var said []string
	for _, l := range lines {
		said = append(said, strings.TrimSpace(l[1]+" "+l[2]))
	}
	if got := strings.Join(said, ", "); got != "serving, stopping the operator said so, stopped" {
		t.Errorf("%s: %s", got, log.String())
	}
}

// told closes a channel when a word is first written.
type told struct {
	to   *bytes.Buffer
	word string
	came chan struct{}
}

func (w *told) Write(p []byte) (int, error) {
	if w.word != "" && bytes.Contains(p, []byte(w.word)) {
		w.word = ""
		close(w.came)
	}
	return w.to.Write(p)
}
