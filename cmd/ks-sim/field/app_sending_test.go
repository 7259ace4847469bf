package field

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/keluarga-sehat/sync/client-sdk/app"
	"github.com/keluarga-sehat/sync/server/sample"
)

// TestAnAppSendsByItselfWhatWasSubmitted submits what has been sent before: no change waits
// then, and the submission alone has the app sync by itself.
func TestAnAppSendsByItselfWhatWasSubmitted(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	var later atomic.Int64
	var signal atomic.Pointer[net.Conn]
	tries := make(chan struct{}, 1)
	p := startApp(t, f, func() time.Time { return time.Now().Add(time.Duration(later.Load())) },
		grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
			if later.Load() > 0 {
				select {
				case tries <- struct{}{}:
				default:
				}
			}
			c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
			signal.Store(&c)
			return c, err
		}))
	p.enter(f, "surveyor1")
	family := p.begin(sample.VillageCodes()[0])
	p.sync()
	p.post("/v1/forms:submit", map[string]any{"familyIds": []any{family.id}}, http.StatusOK)
	status := p.get("/v1/app/status")
	if counts, _ := status["counts"].(map[string]any); counts["pending"] != nil || counts["steps"] != float64(1) {
		t.Fatalf("a submission alone should wait: %v", counts)
	}
	if line, _ := status["dayLine"].(string); !strings.Contains(line, "1 pengajuan atau penilaian belum terkirim") {
		t.Errorf("the day's line says nothing of the submission: %q", line)
	}
	later.Store(int64(app.DefaultSyncEvery + time.Second))
	if err := (*signal.Load()).Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-tries:
	case <-time.After(time.Minute):
		t.Fatal("nobody has tried to send the submission")
	}
	p.synced()
}
