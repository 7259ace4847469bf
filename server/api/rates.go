package api

import (
	"context"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/access"
)

// Rates bound how often calls may come, so that one who floods slows nobody but
// themselves. Zero fields are the defaults.
type Rates struct {
	// Address bounds what comes from one address, AddressBurst at once.
	Address      rate.Limit
	AddressBurst int
	// Caller bounds what one device does, or one account without a device,
	// CallerBurst at once.
	Caller      rate.Limit
	CallerBurst int
	// Receivers is how fast files must be taken at least.
	Receivers Pace
}

// Defaults. A mobile operator lets a thousand devices share an address, each of
// which signs in, syncs and asks for a few things in one evening hour; a page of
// the dashboard makes some twenty calls.
const (
	AddressRate  = 300
	AddressBurst = 6000
	CallerRate   = 20
	CallerBurst  = 200
	// FeedRate bounds one feed token: a workbook refreshes some dozen tables at
	// once, every few minutes at most.
	FeedRate  = 0.5
	FeedBurst = 60
)

// maxRated bounds the memory of rates, at some 150 bytes each. When it is full,
// those that have not come for ratedFor are forgotten; if there are none, all are.
const (
	maxRated = 100_000
	ratedFor = time.Minute
)

// CallTime is how long a call that is no stream may take, whatever deadline its
// caller names.
const CallTime = time.Minute

// TooManyCalls asks the caller to wait.
type TooManyCalls struct{ Wait time.Duration }

// Error says so.
func (e *TooManyCalls) Error() string { return "too many calls" }

// limiter holds the rates. Safe for concurrent use.
type limiter struct {
	rates Rates
	now   func() time.Time

	mu    sync.Mutex
	rated map[string]*rated // guarded by mu
}

type rated struct {
	bucket *rate.Limiter
	last   time.Time
}

func newLimiter(r Rates, now func() time.Time) *limiter {
	if r.Address == 0 {
		r.Address, r.AddressBurst = AddressRate, AddressBurst
	}
	if r.Caller == 0 {
		r.Caller, r.CallerBurst = CallerRate, CallerBurst
	}
	return &limiter{rates: r, now: now, rated: map[string]*rated{}}
}

// address counts a call from where the context says. Errors: *TooManyCalls.
func (l *limiter) address(ctx context.Context) error { return l.from(callerAddress(ctx)) }

// from counts a call from an address; "" is not known, and not bounded.
func (l *limiter) from(address string) error {
	if address == "" {
		return nil
	}
	return l.take("from "+wire.Subscriber(address), l.rates.Address, l.rates.AddressBurst)
}

// caller counts a call of somebody who is known. Errors: *TooManyCalls.
func (l *limiter) caller(c *access.Caller) error {
	if c.Feed != nil {
		return l.take("feed "+strconv.Itoa(int(c.Feed.Number)), FeedRate, FeedBurst)
	}
	key := "device " + strconv.Itoa(int(c.Device))
	if c.Device == 0 {
		key = "account " + strconv.Itoa(int(c.Account.Number))
	}
	return l.take(key, l.rates.Caller, l.rates.CallerBurst)
}

func (l *limiter) take(key string, limit rate.Limit, burst int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	r := l.rated[key]
	if r == nil {
		if len(l.rated) >= maxRated {
			l.forget(now)
		}
		r = &rated{bucket: rate.NewLimiter(limit, burst)}
		l.rated[key] = r
	}
	r.last = now
	if r.bucket.AllowN(now, 1) {
		return nil
	}
	return &TooManyCalls{Wait: time.Duration(float64(time.Second)/float64(limit)) + time.Second}
}

func (l *limiter) forget(now time.Time) {
	for key, r := range l.rated {
		if now.Sub(r.last) > ratedFor {
			delete(l.rated, key)
		}
	}
	if len(l.rated) >= maxRated {
		clear(l.rated)
	}
}
