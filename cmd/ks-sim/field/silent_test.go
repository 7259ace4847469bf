package field

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// silentLink is a link over which nothing goes any more once it is silent, as where a signal
// is lost without a word.
type silentLink struct {
	silent atomic.Bool
	// waits is closed once somebody has said something that nobody hears.
	waits chan struct{}
	once  sync.Once
}

func newSilentLink() *silentLink { return &silentLink{waits: make(chan struct{})} }

func (l *silentLink) dial() grpc.DialOption {
	return grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		return silentConn{c, l}, err
	})
}

type silentConn struct {
	net.Conn
	link *silentLink
}

func (c silentConn) Write(b []byte) (int, error) {
	if !c.link.silent.Load() {
		return c.Conn.Write(b)
	}
	c.link.once.Do(func() { close(c.link.waits) })
	return len(b), nil
}

// soon fails where something takes as long as if it waited for a server that is silent.
func soon(t *testing.T, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%s waits for the server", what)
	}
}

// A session is renewed over a link that has gone silent.
func TestWhatNeedsNoNetworkDoesNotWaitForASilentServer(t *testing.T) {
	t.Parallel()
	f, later, _ := fieldLater(t)
	link := newSilentLink()
	u := unlock(t, f, clientAt(t, f, t.TempDir(), link.dial()))
	mustSync(t, u)
	family, _, err := u.StartFamily(t.Context(), village(t, u), "3/7", &ksv1.Family{HeadName: proto.String("Budi")})
	if err != nil {
		t.Fatal(err)
	}
	later(time.Hour) // the access token has run out
	link.silent.Store(true)
	ctx, giveUp := context.WithCancel(t.Context())
	synced := make(chan error, 1)
	go func() {
		_, err := u.Sync(ctx, nil)
		synced <- err
	}()
	<-link.waits
	soon(t, "saving", func() {
		if _, err := u.RecordVisit(t.Context(), family, &ksv1.Visit{}); err != nil {
			t.Error(err)
		}
		if _, err := u.SaveRound(t.Context(), family, u.NewID(), &ksv1.Round{}, nil); err != nil {
			t.Error(err)
		}
	})
	soon(t, "who has given up", func() {
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := u.SignInAgain(over, f.Password); !errors.Is(err, context.Canceled) {
			t.Errorf("signed in again: %v", err)
		}
	})
	giveUp()
	if err := <-synced; !errors.Is(err, context.Canceled) {
		t.Errorf("synced: %v", err)
	}
}
