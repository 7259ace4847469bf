package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// idle holds n connections open that do begin, as begin says, and never go on.
func (a *attacker) idle(ctx context.Context, n int, begin func(net.Conn) error) error {
	open := make([]net.Conn, 0, n)
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for ctx.Err() == nil {
		if len(open) == n {
			// The server has closed some by now: whoever stands longest goes, and comes
			// again. Gently, for the machine has no endless number of ports.
			a.refusedOne()
			open[0].Close()
			open = open[1:]
			pause(ctx, 10*time.Millisecond)
		}
		c, err := a.dialer.DialContext(ctx, "tcp", a.address)
		if err != nil {
			a.refusedOne()
			pause(ctx, 5*time.Millisecond)
			continue
		}
		a.triedOne()
		if tcp, ok := c.(*net.TCPConn); ok {
			err = tcp.SetLinger(0) // leaves no port behind
		}
		if errors.Join(err, begin(c)) != nil {
			a.refusedOne()
		}
		open = append(open, c)
	}
	return nil
}

// halfOpen opens connections and says nothing, as many as are allowed of files.
func halfOpen(ctx context.Context, a *attacker) error {
	return a.idle(ctx, a.connections, func(net.Conn) error { return nil })
}

// slowSenders begin a TLS handshake, a byte at a time.
func slowSenders(ctx context.Context, a *attacker) error {
	hello := []byte{0x16, 0x03, 0x01, 0x02, 0x00, 0x01}
	return a.idle(ctx, slowConnections, func(c net.Conn) error {
		go func() {
			for _, b := range hello {
				if _, err := c.Write([]byte{b}); err != nil || !pause(ctx, 500*time.Millisecond) {
					return
				}
			}
		}()
		return nil
	})
}

// headerFloods send header lists and continuation frames without an end, and
// long HTTP/1.1 headers.
func headerFloods(ctx context.Context, a *attacker) error {
	for ctx.Err() == nil {
		a.triedOne()
		if err := a.floodHTTP2(ctx); err == nil {
			return errors.New("a header list without an end was read to the end")
		}
		a.refusedOne()
		a.triedOne()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+a.address+"/v1/auth/self", nil)
		if err != nil {
			return err
		}
		r.Header.Set("X-Long", strings.Repeat("a", 4*wire.MaxHeaderBytes))
		answer, err := a.rest.Do(r)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode < http.StatusBadRequest {
				return fmt.Errorf("64 KiB of header were answered with %d", answer.StatusCode)
			}
		}
		a.refusedOne()
	}
	return nil
}

// floodFrames is how many continuation frames of 16 KiB one flood sends.
const floodFrames = 64

func (a *attacker) floodHTTP2(ctx context.Context) error {
	conf := a.tls.Clone()
	conf.NextProtos = []string{"h2"}
	conn, err := (&tls.Dialer{NetDialer: &a.dialer, Config: conf}).DialContext(ctx, "tcp", a.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		return err
	}
	framer := http2.NewFramer(conn, conn)
	if err := framer.WriteSettings(); err != nil {
		return err
	}
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for block.Len() < 16<<10-300 {
		if err := encoder.WriteField(hpack.HeaderField{Name: fmt.Sprint("x-", block.Len()), Value: strings.Repeat("b", 200), Sensitive: true}); err != nil {
			return err
		}
	}
	if err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes()}); err != nil {
		return err
	}
	for range floodFrames {
		if err := framer.WriteContinuation(1, false, block.Bytes()); err != nil {
			return err
		}
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return err
		}
		if frame.Header().Type == http2.FrameHeaders {
			return nil
		}
	}
}

// manyStreams opens streams on as many connections as it takes.
func manyStreams(ctx context.Context, a *attacker) error {
	for ctx.Err() == nil {
		if err := a.streamsOnce(ctx); err != nil {
			return err
		}
	}
	return nil
}

// streamsOnConnection is how many streams one connection tries at once.
const streamsOnConnection = 500

func (a *attacker) streamsOnce(ctx context.Context) error {
	conn, err := a.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(a.authorized(ctx), 2*time.Second)
	defer cancel()
	for range streamsOnConnection {
		a.triedOne()
		// gRPC itself waits past MaxStreams; the time ends that.
		if _, err := ksv1.NewSyncServiceClient(conn).Sync(ctx); err != nil {
			a.refusedOne()
			return nil
		}
	}
	return nil
}
