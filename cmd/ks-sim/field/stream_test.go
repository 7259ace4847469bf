package field

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/auth"
)

// rawDevice is a device that speaks gRPC without the SDK.
type rawDevice struct {
	key      ed25519.PrivateKey
	tokens   *ksv1.SignInResponse
	messages ksv1.AuthServiceClient
}

func newRawDevice(t *testing.T, f *Field, user string) *rawDevice {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := &rawDevice{key: private, messages: ksv1.NewAuthServiceClient(rawConn(t, f))}
	clock := uint64(time.Now().UnixMilli())
	d.tokens, err = d.messages.SignIn(t.Context(), &ksv1.SignInRequest{
		UserName: user, Password: f.Password,
		Device: &ksv1.DeviceRegistration{PublicKey: public, ClockMs: clock, Signature: ed25519.Sign(private, auth.DeviceMessage(user, clock)), Name: "mentah"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *rawDevice) refresh(t *testing.T, token string, nonce byte) (*ksv1.RefreshTokenResponse, error) {
	t.Helper()
	n := make([]byte, 16)
	n[0] = nonce
	return d.messages.RefreshToken(t.Context(), &ksv1.RefreshTokenRequest{
		RefreshToken: token, Nonce: n, DeviceSignature: ed25519.Sign(d.key, auth.RefreshMessage(token, n)),
	})
}

// openStream opens a sync stream on a device of its own and leaves it open;
// what ends it comes through the channel.
func openStream(t *testing.T, f *Field, user string) <-chan error {
	t.Helper()
	d := newRawDevice(t, f, user)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+d.tokens.GetAccessToken())
	stream, err := ksv1.NewSyncServiceClient(rawConn(t, f)).Sync(ctx)
	if err != nil {
		t.Fatal(err)
	}
	open := &ksv1.SyncOpen{Device: d.tokens.GetDeviceNumber(), Incarnation: 1, SessionNonce: make([]byte, 16)}
	if err := stream.Send(&ksv1.SyncRequest{Message: &ksv1.SyncRequest_Open{Open: open}}); err != nil {
		t.Fatal(err)
	}
	if r, err := stream.Recv(); err != nil || r.GetWelcome() == nil {
		t.Fatalf("welcome: %v, %v", r, err)
	}
	ended := make(chan error, 1)
	go func() {
		for {
			if _, err := stream.Recv(); err != nil {
				ended <- err
				return
			}
		}
	}()
	return ended
}

// reasonOf is the stable reason of a status.
func reasonOf(err error) string {
	if err == nil {
		err = errors.New("none")
	}
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info.GetReason()
		}
	}
	return ""
}
