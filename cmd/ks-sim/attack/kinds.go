package attack

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"

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
	{name: "bodies that never come", run: silentBodies},
	{name: "header floods", run: headerFloods},
	{name: "gzip bombs", account: true, prepare: gzipBomb, run: bombs(ksv1.Compression_COMPRESSION_GZIP)},
	{name: "zstd bombs", account: true, prepare: zstdBomb, run: bombs(ksv1.Compression_COMPRESSION_ZSTD)},
	{name: "10,000 streams", account: true, run: manyStreams},
	{name: "deep nesting", run: nesting},
	{name: "bad UTF-8", run: badText},
	{name: "far-future sequences", account: true, run: farFuture},
	{name: "large messages", run: large},
	{name: "hollow messages", prepare: hollow, run: hollowMessages},
	{name: "half messages", run: halfMessages},
	{name: "half bodies", run: halfBodies},
	{name: "replies that nobody takes", run: untakenReplies},
	{name: "calls that say nothing", run: silentCalls},
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
