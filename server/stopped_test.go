package server

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/rates"
)

func TestTheLogTellsWhyAServerStopsAndThatItHas(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer // read once it has stopped
	s := edgeServer(t, rates.Bounds{})
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

// A server returns when nothing runs any more, whatever clients do: who sends a request without
// end is broken off after the time for what is under way, and its handler waited for.
func TestAServerThatHasStoppedServesNobody(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	s.drain = 10 * time.Millisecond
	begun, returned := make(chan struct{}), make(chan struct{})
	var handled atomic.Bool
	s.http.Handler = s.requests.count(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			t.Error("the request came whole")
		}
		select {
		case <-returned:
			t.Error("the server returned while a request was handled")
		case <-time.After(100 * time.Millisecond):
		}
		handled.Store(true)
	}))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	conn, err := tls.Dial("tcp", s.Addr().String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, "POST /v1/auth:signIn HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	<-begun
	stop()
	err = <-done
	close(returned)
	if err != nil || !handled.Load() {
		t.Errorf("returned with %v; the request's handler had: %t", err, handled.Load())
	}
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection goes on: %v", err)
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
