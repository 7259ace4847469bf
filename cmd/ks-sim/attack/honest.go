package attack

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// honestDevices is how many surveyors work on while the server is attacked, each
// with a save and a sync every honestPause.
const (
	honestDevices = 4
	honestPause   = 200 * time.Millisecond
	// neighbours of them share the attackers' address, as behind a mobile operator's NAT.
	neighbours = 2
)

// crowd are honest surveyors' devices.
type crowd struct {
	clients []*clientsdk.Client
	users   []*clientsdk.User
	home    []uint32

	mu     sync.Mutex
	took   []time.Duration // guarded by mu
	failed []error         // guarded by mu
}

// gather signs them in.
func gather(ctx context.Context, t *target, dir string) (*crowd, error) {
	c := &crowd{}
	for i := range honestDevices {
		config := clientsdk.Config{Dir: filepath.Join(dir, fmt.Sprint("device", i)), Server: t.address, Pin: &t.pin, DeviceName: "uji"}
		if i < neighbours {
			dialer := attackersDialer()
			config.DialOptions = []grpc.DialOption{grpc.WithContextDialer(func(ctx context.Context, address string) (net.Conn, error) {
				return dialer.DialContext(ctx, "tcp", address)
			})}
		}
		client, err := clientsdk.Open(config)
		if err != nil {
			return c, err
		}
		c.clients = append(c.clients, client)
		user, err := client.SignIn(ctx, fmt.Sprint("surveyor", i+1), t.password)
		if err != nil {
			return c, err
		}
		c.users = append(c.users, user)
		if _, err := user.Sync(ctx, nil); err != nil {
			return c, err
		}
		villages, err := user.Villages(ctx)
		if err != nil {
			return c, err
		}
		c.home = append(c.home, villages[0].GetVillage())
	}
	return c, nil
}

func (c *crowd) close() (err error) {
	for _, u := range c.users {
		if failed := u.Close(); failed != nil {
			err = failed
		}
	}
	for _, client := range c.clients {
		if failed := client.Close(); failed != nil {
			err = failed
		}
	}
	return err
}

// work lets them save and sync until the context ends.
func (c *crowd) work(ctx context.Context) {
	var wait sync.WaitGroup
	for i, u := range c.users {
		wait.Go(func() {
			for ctx.Err() == nil {
				begun := time.Now()
				err := c.once(context.WithoutCancel(ctx), u, c.home[i])
				c.mu.Lock()
				c.took = append(c.took, time.Since(begun))
				if err != nil {
					c.failed = append(c.failed, err)
				}
				c.mu.Unlock()
				select {
				case <-time.After(honestPause):
				case <-ctx.Done():
				}
			}
		})
	}
	wait.Wait()
}

// honestTimeout is how long an honest sync is waited for: a bound, not a claim of speed.
const honestTimeout = 30 * time.Second

func (c *crowd) once(ctx context.Context, u *clientsdk.User, village uint32) error {
	ctx, cancel := context.WithTimeout(ctx, honestTimeout)
	defer cancel()
	if _, _, err := u.StartFamily(ctx, village, "001/001", &ksv1.Family{HeadName: proto.String("Contoh")}); err != nil {
		return err
	}
	r, err := u.Sync(ctx, nil)
	if err == nil && r.Refused+r.Quarantined > 0 {
		err = fmt.Errorf("honest work was not taken: %+v", r.Progress)
	}
	return err
}

// latency is the median, the 99th percentile and the worst, and how many there
// were and failed, since the last call.
func (c *crowd) latency() (l Latency) {
	c.mu.Lock()
	defer c.mu.Unlock()
	slices.Sort(c.took)
	if l.Calls = len(c.took); l.Calls > 0 {
		l.Median, l.Worst = c.took[l.Calls/2], c.took[l.Calls-1]
		l.High = c.took[min(l.Calls-1, l.Calls*99/100)]
	}
	if l.Failed = len(c.failed); l.Failed > 0 {
		l.First = c.failed[0]
	}
	c.took, c.failed = nil, nil
	return l
}

// Latency of honest saves with their sync.
type Latency struct {
	Calls, Failed       int
	Median, High, Worst time.Duration
	// First of the failures; nil: there was none.
	First error
}
