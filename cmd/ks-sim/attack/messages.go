package attack

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
)

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

// maxSent is more than any of the messages has: the server is to refuse them.
const maxSent = 8 << 20

// calls sends bytes to a method, and expects a refusal.
func (a *attacker) calls(ctx context.Context, method string, data raw) error {
	conn, err := a.dial(grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{}), grpc.MaxCallSendMsgSize(maxSent)))
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
	return a.calls(ctx, signInMethod, bytes.Repeat([]byte{0x7b}, depth))
}

// badText sends a user name that is no UTF-8.
func badText(ctx context.Context, a *attacker) error {
	return a.calls(ctx, signInMethod, raw("\x0a\x04\xff\xfe\xfd\xfc"))
}

// large sends messages past the limit.
func large(ctx context.Context, a *attacker) error {
	return a.calls(ctx, signInMethod, make([]byte, 2*wire.MaxMessageBytes))
}
