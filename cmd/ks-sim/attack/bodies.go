package attack

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// silentConnections announce a body at one time.
	silentConnections = 32
	// silentTime is how long one may stay open: the server's minute to read, and what a
	// busy machine takes.
	silentTime = 70 * time.Second
	// silentPause keeps handshakes from being what is measured.
	silentPause = 250 * time.Millisecond
)

// silentRequests are of each kind that the port serves over HTTP. Those that take no body
// must be closed at once, which may take what honest work may.
var silentRequests = []string{
	"GET /v1/feeds/figures", "GET /v1/exports/figures", "GET /v1/exports/puskesmas/P3204050101/report", "GET /v1/auth/self", "GET /", "GET /registrasi/form.xlsx",
	"POST /v1/exports/families", "POST /v1/auth:signIn", "POST /v1/registrations", "POST /session/sign-in",
}

// silentBodies announce a body, without an account, and send none of it.
func silentBodies(ctx context.Context, a *attacker) error {
	var next atomic.Uint64
	failed := make(chan error, silentConnections)
	var wait sync.WaitGroup
	for range silentConnections {
		wait.Go(func() {
			for pause(ctx, silentPause) {
				if err := a.silentBody(ctx, silentRequests[next.Add(1)%uint64(len(silentRequests))]); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(failed)
	return <-failed
}

// silentBody waits until the server closes. It is an error if it does not.
func (a *attacker) silentBody(ctx context.Context, request string) error {
	conf := a.tls.Clone()
	conf.NextProtos = []string{"http/1.1"}
	a.triedOne()
	conn, err := (&tls.Dialer{NetDialer: &a.dialer, Config: conf}).DialContext(ctx, "tcp", a.address)
	if err != nil {
		a.refusedOne()
		return nil
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	most := silentTime
	if strings.HasPrefix(request, http.MethodGet) {
		most = MaxHonest
	}
	if err := conn.SetDeadline(time.Now().Add(most)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n", request); err != nil {
		a.refusedOne()
		return nil
	}
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("%s, whose body never came, was open after %s", request, most)
	}
	a.refusedOne()
	return nil
}
