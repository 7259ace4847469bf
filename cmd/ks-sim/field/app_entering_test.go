package field

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"

	"google.golang.org/grpc"

	"github.com/keluarga-sehat/sync/client-sdk/app"
	"github.com/keluarga-sehat/sync/server/sample"
)

// Who taps twice at a first sign-in waits for a server that does not answer yet.
func TestThePageIsAnsweredWhileAFirstSignInWaits(t *testing.T) {
	t.Parallel()
	f := newField(t, 2, nil)
	tries, answers := make(chan struct{}, 2), make(chan struct{})
	p := startApp(t, f, nil, grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
		tries <- struct{}{}
		select {
		case <-answers:
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}))
	var tapping sync.WaitGroup
	for range 2 {
		tapping.Go(func() {
			p.post("/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": f.Password}, http.StatusOK)
		})
	}
	<-tries
	soon(t, "the page", func() {
		if status := p.get("/v1/app/status"); status["userName"] != nil {
			t.Errorf("signed in before the server has answered: %v", status)
		}
		p.post("/v1/app/sync:start", map[string]any{}, http.StatusUnauthorized)
	})
	close(answers)
	tapping.Wait()
	if state := p.sync(); state["error"] != nil || state["proved"] != true {
		t.Errorf("first sync: %v", state)
	}
	first, _, _, _ := mustID(t, p.begin(sample.VillageCodes()[0]).id).Source()
	second, _, _, _ := signIn(t, f, "surveyor2").NewID().Source()
	if second != first+1 {
		t.Errorf("%d devices were registered between %d and %d", second-first-1, first, second)
	}
}

// The same server has another certificate: the device is set up anew while a sync waits.
func TestSettingUpAnewEndsASyncUnderWay(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	link := newSilentLink()
	p := startApp(t, f, nil, link.dial())
	setUp := func(server string, want int) {
		t.Helper()
		p.post("/v1/app:setUp", map[string]any{"link": app.Setup{Server: server, DeviceName: "Tablet 8"}.Link()}, want)
	}
	sync := func() map[string]any { return p.get("/v1/app/status")["sync"].(map[string]any) }
	p.enter(f, "surveyor1")
	link.silent.Store(true)
	p.post("/v1/app/sync:start", map[string]any{}, http.StatusOK)
	<-link.waits
	setUp("lain.example:8443", http.StatusBadRequest)
	if sync()["running"] != true {
		t.Error("a set-up that was refused has ended the sync")
	}
	setUp(f.Address, http.StatusOK)
	if state := sync(); state["running"] != nil || state["error"] != nil {
		t.Errorf("the sync of who is locked: %v", state)
	}
	if status := p.get("/v1/app/status"); status["userName"] != nil || status["deviceName"] != "Tablet 8" {
		t.Errorf("set up anew: %v", status)
	}
}
