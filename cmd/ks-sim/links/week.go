package links

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server"
)

// Link is how bad a link is.
type Link struct {
	// Kilobits a second, each way; RoundTrip of a packet.
	Kilobits  int
	RoundTrip time.Duration
	// DropEvery ends each connection so long after it was made; 0: never.
	DropEvery time.Duration
}

// Week is how a week's work went through a link.
type Week struct {
	Families, Changes int
	// Sessions until everything was through; Receipts in all: as many as changes
	// where nothing acknowledged was sent again.
	Sessions, Receipts int
	Took               time.Duration
	Up, Down           int64
	// Counted is what the device itself says that it took of the data plan.
	Counted clientsdk.DataUse
	link    Link
}

// limitFactor and limitTrips are what is asked: within this times the link's own
// limit, which is its bytes over its bandwidth and so many round trips.
const (
	limitFactor = 1.5
	limitTrips  = 3
)

// Limit is the time that the link itself needs for these bytes, the fuller way
// counted.
func (w *Week) Limit() time.Duration {
	const bitsOfByte = 8
	seconds := float64(max(w.Up, w.Down)) * bitsOfByte / float64(w.link.Kilobits*1000)
	return time.Duration(seconds*float64(time.Second)) + limitTrips*w.link.RoundTrip
}

// Held tells whether the week was through as fast as is asked.
func (w *Week) Held() bool { return float64(w.Took) <= limitFactor*float64(w.Limit()) }

// String is the week's line.
func (w *Week) String() string {
	return fmt.Sprintf("%d families in %d changes over %d kbit/s and %v: %.1f s in %d sessions, %.2f times the link's own limit of %.1f s; %d bytes up, %d down; %d receipts",
		w.Families, w.Changes, w.link.Kilobits, w.link.RoundTrip, w.Took.Seconds(), w.Sessions, float64(w.Took)/float64(w.Limit()), w.Limit().Seconds(),
		w.Up, w.Down, w.Receipts)
}

// sessionsMax bounds the tries.
const sessionsMax = 50

// SendWeek lets a surveyor survey families without a link, and then send them over
// one.
func SendWeek(ctx context.Context, dir string, families int, link Link) (week *Week, err error) {
	f, err := field.New(ctx, field.Options{Dir: dir, Surveyors: 1})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	slow, err := NewSlow(f.Address, link.RoundTrip, link.Kilobits)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, slow.Close()) }()
	slow.DropEvery(link.DropEvery)
	w := &way{slow: slow}
	u, done, err := w.device(ctx, f, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	week = &Week{Families: families, link: link}
	if err := survey(ctx, u, families); err != nil {
		return nil, err
	}
	counts, err := u.Counts(ctx)
	if err != nil {
		return nil, err
	}
	week.Changes = counts.Pending
	w.isSlow.Store(true)
	w.fast.Drop()
	before, err := u.DataUse(ctx)
	if err != nil {
		return nil, err
	}
	if err := week.send(ctx, u); err != nil {
		return week, err
	}
	if week.Counted, err = u.DataUse(ctx); err != nil {
		return nil, err
	}
	week.Counted.Up -= before.Up
	week.Counted.Down -= before.Down
	week.Up, week.Down = slow.Through(Up), slow.Through(Down)
	found, err := server.Verify(ctx, f.Store, f.Ring, nil)
	if err == nil && (found.Changes != week.Changes || found.Families != families || len(found.Differences) > 0) {
		err = fmt.Errorf("the server has %+v", found)
	}
	return week, err
}

// send syncs until everything is through.
func (w *Week) send(ctx context.Context, u *clientsdk.User) error {
	begin := time.Now()
	for {
		w.Sessions++
		sent := 0
		_, err := u.Sync(ctx, func(p clientsdk.Progress) { sent = p.Sent })
		w.Receipts += sent
		if err == nil {
			w.Took = time.Since(begin)
			return nil
		}
		if !errors.Is(err, clientsdk.ErrOffline) || w.Sessions == sessionsMax {
			return fmt.Errorf("session %d, %d of %d changes through: %w", w.Sessions, w.Receipts, w.Changes, err)
		}
	}
}

func survey(ctx context.Context, u *clientsdk.User, families int) error {
	villages, err := u.Villages(ctx)
	if err != nil {
		return err
	}
	next := field.NewGenerator(7, 320405, time.Now())
	for range families {
		if _, err := field.Interview(ctx, u, villages[0].GetVillage(), "001/001", next.Family()); err != nil {
			return err
		}
	}
	return nil
}

// way is a way to the server that is fast at first and slow once told so.
type way struct {
	slow   *Slow
	fast   Cutter
	isSlow atomic.Bool
}

func (w *way) dial(ctx context.Context, address string) (net.Conn, error) {
	if w.isSlow.Load() {
		return w.slow.Dial(ctx, address)
	}
	return w.fast.Dial(ctx, address)
}

// device signs a surveyor in and syncs.
func (w *way) device(ctx context.Context, f *field.Field, dir string) (*clientsdk.User, func() error, error) {
	pin, err := wire.PinOf(f.CertPEM)
	if err != nil {
		return nil, nil, err
	}
	client, err := clientsdk.Open(clientsdk.Config{Dir: dir + "/device", Server: f.Address, Pin: &pin, DeviceName: "satu",
		DialOptions: []grpc.DialOption{grpc.WithContextDialer(w.dial)}})
	if err != nil {
		return nil, nil, err
	}
	u, err := client.SignIn(ctx, f.Surveyors[0].Name, f.Password)
	if err != nil {
		return nil, nil, errors.Join(err, client.Close())
	}
	done := func() error { return errors.Join(u.Close(), client.Close()) }
	if _, err := u.Sync(ctx, nil); err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return u, done, nil
}
