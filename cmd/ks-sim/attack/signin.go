package attack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// signInTimeout is how long one of many tries at the most; the machine is shared.
const signInTimeout = 4 * time.Minute

// signInAtOnce lets many sign in at the same moment, as at the beginning of a
// working day, and measures what the server holds meanwhile.
func (r *Result) signInAtOnce(ctx context.Context, t *target) error {
	conf, err := wire.ClientTLS(nil, &t.pin)
	if err != nil {
		return err
	}
	conf.NextProtos = []string{"http/1.1"}
	client := &http.Client{Timeout: signInTimeout, Transport: &http.Transport{TLSClientConfig: conf}}
	defer client.CloseIdleConnections()
	var in atomic.Int64
	var mu sync.Mutex
	var failed error
	begun := time.Now()
	r.SignIn, err = t.watch(ctx, func(ctx context.Context) {
		var wait sync.WaitGroup
		for i := range signIns {
			wait.Go(func() {
				err := signIn(ctx, client, t, fmt.Sprint("surveyor", i%12+1))
				for errors.Is(err, errBusy) && time.Since(begun) < signInTimeout && pause(ctx, time.Second) {
					err = signIn(ctx, client, t, fmt.Sprint("surveyor", i%12+1))
				}
				if err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				in.Add(1)
			})
		}
		wait.Wait()
	})
	r.SignInTook, r.SignedIn = time.Since(begun), int(in.Load())
	if r.SignedIn < signIns {
		r.lines = append(r.lines, fmt.Sprintf("a sign-in failed\t%v", failed))
	}
	return err
}

// errBusy: the caller's turn did not come within the time of a call, or others
// are signing in under the same name: the server has fewer users than there are
// sign-ins.
var errBusy = errors.New("the server is busy")

func signIn(ctx context.Context, client *http.Client, t *target, user string) error {
	body := fmt.Sprintf(`{"userName":%q,"password":%q}`, user, t.password)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+t.address+"/v1/auth:signIn", strings.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusGatewayTimeout || answer.StatusCode == http.StatusTooManyRequests {
		return errBusy
	}
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// newcomers make a first connection each, as devices do that come on line.
func newcomers(ctx context.Context, t *target) Latency {
	var c crowd
	conf, err := wire.ClientTLS(nil, &t.pin)
	if err != nil {
		return Latency{}
	}
	conf.NextProtos = []string{"http/1.1"}
	for ctx.Err() == nil {
		client := &http.Client{Timeout: honestTimeout, Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}
		begun := time.Now()
		answer, err := client.Get("https://" + t.address + "/healthz")
		c.took = append(c.took, time.Since(begun))
		if err == nil {
			err = answer.Body.Close()
		}
		if err != nil {
			c.failed = append(c.failed, err)
		}
		pause(ctx, honestPause)
	}
	return c.latency()
}
