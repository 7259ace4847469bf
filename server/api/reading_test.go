package api

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestAMessageThatIsTooLargeForItsMethodIsNotRead(t *testing.T) {
	t.Parallel()
	conn := silentPort(t, newSilences())
	for method, most := range map[string]int{ksv1.AuthService_SignIn_FullMethodName: MaxOpenBytes, ksv1.SyncService_Deposit_FullMethodName: wire.MaxMessageBytes} {
		err := conn.Invoke(t.Context(), method, &ksv1.SignInRequest{Password: string(make([]byte, most+1))}, &ksv1.SignInResponse{})
		if _, reason := outcomeOf(err); status.Code(err) != codes.ResourceExhausted || reason != "BODY_TOO_LARGE" {
			t.Errorf("%s: %v", method, err)
		}
	}
	if err := conn.Invoke(t.Context(), ksv1.AuthService_SignIn_FullMethodName, &ksv1.SignInRequest{UserName: "x"}, &ksv1.SignInResponse{}); status.Code(err) == codes.ResourceExhausted {
		t.Errorf("a small one: %v", err)
	}
}

func TestAMessageOfTooManyPartsIsNotDecoded(t *testing.T) {
	t.Parallel()
	conn := silentPort(t, newSilences())
	for parts, reason := range map[int]string{wire.MaxParts + 1: "BAD_REQUEST", 1000: codes.Unimplemented.String()} {
		bomb := &ksv1.DepositRequest{Changes: make([]*ksv1.DepositedChange, parts)}
		for i := range bomb.Changes {
			bomb.Changes[i] = &ksv1.DepositedChange{}
		}
		_, err := ksv1.NewSyncServiceClient(conn).Deposit(t.Context(), bomb)
		if _, told := outcomeOf(err); parts > wire.MaxParts && told != reason || parts == 1000 && status.Code(err) == codes.ResourceExhausted {
			t.Errorf("%d parts: %v", parts, err)
		}
	}
}

func TestWhatIsReadIsBoundedTogether(t *testing.T) {
	t.Parallel()
	r := newReading(100, 60)
	g := &Guard{strangers: r, users: newReading(10, 10)}
	one, same, other := g.room("", "2001:db8::1"), g.room("", "2001:db8::2"), g.room("", "192.0.2.1")
	for i, c := range []struct {
		room  *Room
		bytes int
		ok    bool
	}{{one, 50, true}, {same, 11, false}, {same, 10, true}, {other, 41, false}, {other, 40, true}, {g.room("7 on 3", "192.0.2.1"), 10, true}} {
		err := c.room.Take(c.bytes)
		if _, reason := outcomeOf(err); (err == nil) != c.ok || err != nil && reason != "TOO_MANY_CALLS" {
			t.Errorf("taking %d: %v", i, err)
		}
	}
	one.Leave()
	one.Leave()
	if err := other.Take(20); err != nil {
		t.Errorf("what was left is not there: %v", err)
	}
	same.Leave()
	other.Leave()
	if r.all != 0 || len(r.of) != 0 {
		t.Errorf("%d bytes are held of %v", r.all, r.of)
	}
}

// A half-sent message holds what it has announced, until its call is over.
func TestAHalfSentMessageHoldsItsRoom(t *testing.T) {
	t.Parallel()
	conn := silentPort(t, newSilences())
	raw := &http2.Transport{AllowHTTP: true, DialTLSContext: func(ctx context.Context, network, address string, _ *tls.Config) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}
	t.Cleanup(raw.CloseIdleConnections)
	deposit := func() error {
		_, err := ksv1.NewSyncServiceClient(conn).Deposit(t.Context(), &ksv1.DepositRequest{Device: 1})
		return err
	}
	var halves []context.CancelFunc
	for range readingOfAddress / wire.MaxMessageBytes {
		halves = append(halves, half(t, raw, conn.Target()))
	}
	refused := func() bool { return status.Code(deposit()) == codes.ResourceExhausted }
	eventually(t, refused)
	halves[0]()
	eventually(t, func() bool { return !refused() })
}

// eventually waits for the server to see what has been sent.
func eventually(t *testing.T, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come")
		}
	}
}

// half sends the head of a largest deposit, and none of it; the end gives it up.
func half(t *testing.T, raw *http2.Transport, address string) context.CancelFunc {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	out, in := io.Pipe()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+ksv1.SyncService_Deposit_FullMethodName, out)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Te", "trailers")
	go func() {
		if answer, err := raw.RoundTrip(r); err == nil {
			answer.Body.Close()
		}
	}()
	if _, err := in.Write(binary.BigEndian.AppendUint32([]byte{0}, wire.MaxMessageBytes)); err != nil {
		t.Fatal(err)
	}
	return end
}
