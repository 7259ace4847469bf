package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

const (
	// hollowParts are in each hollow message: two bytes on the wire, hundreds decoded.
	hollowParts = wire.MaxMessageBytes/2 - 16<<10
	// hollowAtOnce are sent beside each other.
	hollowAtOnce = 60
	// heldConnections and heldStreams on each are half sent at one time.
	heldConnections = 16
	heldStreams     = 64
	// heldBodies are half sent over HTTP/1.1.
	heldBodies = 512
	// heldTime is how long they stay; then they come anew.
	heldTime = 5 * time.Second
)

// hollow makes a gRPC message of a million empty parts, which are of field 4.
func hollow() []byte {
	out := binary.BigEndian.AppendUint32([]byte{0}, 2*hollowParts)
	return append(out, bytes.Repeat([]byte{4<<3 | 2, 0}, hollowParts)...)
}

// hollowMethods take a list of messages as field 4: two that need a token, and one that takes
// whatever a device brings.
var hollowMethods = []string{
	"/keluargasehat.v1.RegistrationService/SetRegistrationPuskesmas", "/keluargasehat.v1.FormService/SaveForm", "/keluargasehat.v1.SyncService/Deposit",
}

// hollowMessages sends well-formed messages that are small and become large, without an account.
func hollowMessages(ctx context.Context, a *attacker) error {
	failed := make(chan error, hollowAtOnce)
	var wait sync.WaitGroup
	for i := range hollowAtOnce {
		wait.Go(func() {
			h2 := a.http2()
			defer h2.CloseIdleConnections()
			for ctx.Err() == nil {
				a.triedOne()
				if err := a.refusedCall(ctx, h2, hollowMethods[i%len(hollowMethods)], bytes.NewReader(a.made)); err != nil {
					failed <- err
					return
				}
				pause(ctx, silentPause)
			}
		})
	}
	wait.Wait()
	close(failed)
	return <-failed
}

// http2 speaks HTTP/2 without gRPC's manners.
func (a *attacker) http2() *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	return &http.Transport{Protocols: protocols, HTTP2: &http.HTTP2Config{StrictMaxConcurrentRequests: true}, TLSClientConfig: a.tls.Clone(), DialContext: a.dialer.DialContext}
}

// refusedCall sends a call's bytes. It is an error if they are taken.
func (a *attacker) refusedCall(ctx context.Context, h2 *http.Transport, method string, body io.Reader) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+a.address+method, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Te", "trailers")
	answer, err := h2.RoundTrip(r)
	a.refusedOne()
	if err != nil {
		return nil
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body) // the trailer is behind it
	if answer.Header.Get("Grpc-Status")+answer.Trailer.Get("Grpc-Status") == "0" {
		return fmt.Errorf("%s took a hollow message", method)
	}
	return nil
}

// halfMessages sends the most that a message may be but for its end, without an account.
func halfMessages(ctx context.Context, a *attacker) error {
	methods := []string{signInMethod, "/keluargasehat.v1.SyncService/Deposit"}
	body := append(binary.BigEndian.AppendUint32([]byte{0}, wire.MaxMessageBytes), make([]byte, wire.MaxMessageBytes-1)...)
	for ctx.Err() == nil {
		round, end := context.WithTimeout(ctx, heldTime)
		var wait sync.WaitGroup
		for range heldConnections {
			h2 := a.http2()
			for i := range heldStreams {
				wait.Go(func() {
					a.triedOne()
					// What has no end is taken by nobody; memory is what is looked at.
					_ = a.refusedCall(round, h2, methods[i%len(methods)], io.MultiReader(bytes.NewReader(body), held{round}))
				})
			}
			defer h2.CloseIdleConnections()
		}
		wait.Wait()
		end()
	}
	return nil
}

// held is an end that does not come.
type held struct{ ctx context.Context }

// Read waits.
func (h held) Read([]byte) (int, error) {
	<-h.ctx.Done()
	return 0, h.ctx.Err()
}

// halfBodies sends bodies but for their last byte, to what needs no account and what does.
func halfBodies(ctx context.Context, a *attacker) error {
	conf := a.tls.Clone()
	conf.NextProtos = []string{"http/1.1"}
	paths := []string{"/v1/auth:signIn", "/v1/registrations:receive", "/session/sign-in", "/v1/exports/families"}
	const size = 1 << 20
	body := `{"userName":"` + strings.Repeat("a", size-20)
	return a.idle(ctx, heldBodies, func(c net.Conn) error {
		conn := tls.Client(c, conf)
		go func() {
			defer context.AfterFunc(ctx, func() { c.Close() })()
			path := paths[a.tried.Load()%int64(len(paths))]
			if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", path, size, body); errors.Is(err, net.ErrClosed) {
				return
			}
		}()
		return nil
	})
}
