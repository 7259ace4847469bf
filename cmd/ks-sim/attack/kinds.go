package attack

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// kind is one way to attack. run goes on until the context ends and counts what
// it tried and what it was refused or cut off; an error ends the whole run: the
// server took what it must not.
type kind struct {
	name string
	// account: it needs one.
	account bool
	// prepare makes what it sends; nil: nothing is to be made before.
	prepare func() []byte
	run     func(ctx context.Context, a *attacker) error
}

// kinds are all of them.
var kinds = []kind{
	{name: "half-open connections", run: halfOpen},
	{name: "slow senders", run: slowSenders},
	{name: "header floods", run: headerFloods},
	{name: "gzip bombs", account: true, prepare: gzipBomb, run: bombs(ksv1.Compression_COMPRESSION_GZIP)},
	{name: "zstd bombs", account: true, prepare: zstdBomb, run: bombs(ksv1.Compression_COMPRESSION_ZSTD)},
	{name: "10,000 streams", account: true, run: manyStreams},
	{name: "deep nesting", run: nesting},
	{name: "bad UTF-8", run: badText},
	{name: "far-future sequences", account: true, run: farFuture},
	{name: "large messages", run: large},
}

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

// bombBytes is what a bomb decompresses to.
const bombBytes = 256 << 20

func gzipBomb() []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.DefaultCompression)
	if err != nil {
		return nil
	}
	zeros := make([]byte, 1<<20)
	for range bombBytes >> 20 {
		if _, err := w.Write(zeros); err != nil {
			return nil
		}
	}
	if w.Close() != nil {
		return nil
	}
	return out.Bytes()[:min(out.Len(), wire.MaxChunkBytes)]
}

func zstdBomb() []byte {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil
	}
	return w.EncodeAll(make([]byte, bombBytes), nil)
}

// bombs open sessions and send what is small and becomes large.
func bombs(c ksv1.Compression) func(ctx context.Context, a *attacker) error {
	return func(ctx context.Context, a *attacker) error {
		if len(a.made) == 0 {
			return errors.New("no bomb could be made")
		}
		return a.sessions(ctx, c, func(stream ksv1.SyncService_SyncClient) error {
			return stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: 1, Data: a.made, Size: uint32(wire.MaxChunkBytes)}}})
		})
	}
}

// farFuture sends chunks and acks of numbers that cannot be.
func farFuture(ctx context.Context, a *attacker) error {
	return a.sessions(ctx, ksv1.Compression_COMPRESSION_GZIP, func(stream ksv1.SyncService_SyncClient) error {
		err := stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_DownloadAck{DownloadAck: &ksv1.SyncDownloadAck{Number: 1 << 62}}})
		return errors.Join(err, stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Upload{Upload: &ksv1.SyncChunk{Number: 1<<63 + 5, Data: []byte{1}, Size: 1}}}))
	})
}

// sessions opens sync sessions, sends what is bad, and expects each to be ended
// with a status that says so.
func (a *attacker) sessions(ctx context.Context, c ksv1.Compression, send func(ksv1.SyncService_SyncClient) error) error {
	conn, err := a.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	for ctx.Err() == nil {
		a.triedOne()
		call, cancel := context.WithTimeout(a.authorized(ctx), 10*time.Second)
		stream, err := ksv1.NewSyncServiceClient(conn).Sync(call)
		if err == nil {
			err = stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: &ksv1.SyncOpen{
				Device: a.device, Incarnation: 1, SessionNonce: make([]byte, 16), Compressions: []ksv1.Compression{c},
			}}})
		}
		if err == nil {
			_, err = stream.Recv()
		}
		if err == nil {
			err = send(stream)
		}
		for err == nil || errors.Is(err, io.EOF) {
			if _, err = stream.Recv(); errors.Is(err, io.EOF) {
				cancel()
				return errors.New("what was bad was taken")
			}
		}
		cancel()
		if status.Code(err) == codes.OK || status.Code(err) == codes.Internal {
			return fmt.Errorf("what was bad was answered with %w", err)
		}
		a.refusedOne()
		pause(ctx, 20*time.Millisecond)
	}
	return nil
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

// raw is a request of chosen bytes.
type raw []byte

// rawCodec sends them as they are.
type rawCodec struct{}

// Marshal gives the bytes.
func (rawCodec) Marshal(v any) ([]byte, error) {
	data, ok := v.(raw)
	if !ok {
		return nil, fmt.Errorf("%T is not raw", v)
	}
	return data, nil
}

// Unmarshal reads nothing.
func (rawCodec) Unmarshal([]byte, any) error { return nil }

// Name is that of protobuf, whose place it takes.
func (rawCodec) Name() string { return "proto" }

// calls sends bytes to a method, and expects a refusal.
func (a *attacker) calls(ctx context.Context, method string, data raw, size int) error {
	conn, err := a.dial(grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{}), grpc.MaxCallSendMsgSize(size)))
	if err != nil {
		return err
	}
	defer conn.Close()
	for ctx.Err() == nil {
		a.triedOne()
		var nothing raw
		err := conn.Invoke(a.authorized(ctx), method, data, &nothing)
		if ctx.Err() == nil && (err == nil || status.Code(err) == codes.Unknown) {
			return fmt.Errorf("%s took what is no message: %w", method, err)
		}
		a.refusedOne()
		pause(ctx, 50*time.Millisecond)
	}
	return nil
}

const signInMethod = "/keluargasehat.v1.AuthService/SignIn"

// nesting sends a message whose groups contain each other 100,000 times.
func nesting(ctx context.Context, a *attacker) error {
	const depth = 100_000
	return a.calls(ctx, signInMethod, bytes.Repeat([]byte{0x7b}, depth), 8<<20)
}

// badText sends a user name that is no UTF-8.
func badText(ctx context.Context, a *attacker) error {
	return a.calls(ctx, signInMethod, raw("\x0a\x04\xff\xfe\xfd\xfc"), 8<<20)
}

// large sends messages past the limit.
func large(ctx context.Context, a *attacker) error {
	return a.calls(ctx, signInMethod, make([]byte, 2*wire.MaxMessageBytes), 8<<20)
}

// authorized carries the attacker's own good token: it is a surveyor gone bad.
func (a *attacker) authorized(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+a.token)
}

func (a *attacker) dial(more ...grpc.DialOption) (*grpc.ClientConn, error) {
	return grpc.NewClient(a.address, append(more, grpc.WithTransportCredentials(credentials.NewTLS(a.tls)),
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			return a.dialer.DialContext(ctx, "tcp", address)
		}))...)
}

// signIn makes the attacker a surveyor with a device.
func (a *attacker) signIn(ctx context.Context, user, password string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	conn, err := a.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	clock := uint64(time.Now().UnixMilli())
	r, err := ksv1.NewAuthServiceClient(conn).SignIn(ctx, &ksv1.SignInRequest{UserName: user, Password: password, Device: &ksv1.DeviceRegistration{
		PublicKey: public, ClockMs: clock, Signature: ed25519.Sign(private, fmt.Appendf(nil, "keluarga-sehat/device%s%d", user, clock)), Name: base64.StdEncoding.EncodeToString(public[:6]),
	}})
	if err != nil {
		return err
	}
	a.token, a.device = r.GetAccessToken(), r.GetDeviceNumber()
	return nil
}

// pause waits; false: the context ended first.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
