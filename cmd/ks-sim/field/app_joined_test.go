package field

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/keluarga-sehat/sync/client-sdk/app"
	"github.com/keluarga-sehat/sync/server/sample"
)

// The app tries to send by itself, and there is no signal: who asks for a sync meanwhile is
// told so, and not how an earlier one ended.
func TestWhoJoinsASyncThatTheAppBeganIsToldHowItEnds(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	var later atomic.Int64
	var signal atomic.Pointer[net.Conn]
	tries, lost := make(chan struct{}, 1), make(chan struct{})
	p := startApp(t, f, func() time.Time { return time.Now().Add(time.Duration(later.Load())) },
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			if later.Load() == 0 {
				c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
				signal.Store(&c)
				return c, err
			}
			select {
			case tries <- struct{}{}:
			default:
			}
			<-lost
			return nil, errors.New("no signal")
		}))
	p.enter(f, "surveyor1")
	p.begin(sample.VillageCodes()[0])
	later.Store(int64(app.DefaultSyncEvery + time.Second))
	if err := (*signal.Load()).Close(); err != nil {
		t.Fatal(err)
	}
	<-tries
	state := p.post("/v1/app/sync:start", map[string]any{}, http.StatusOK)
	if sync, _ := state["sync"].(map[string]any); sync["running"] != true {
		t.Errorf("joined: %v", state)
	}
	close(lost)
	if state := p.synced(); state["error"] == nil || state["proved"] != nil {
		t.Errorf("who joined is told %v", state)
	}
}
