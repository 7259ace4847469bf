// Package rates bounds how often calls may come, by the address that they come from and by
// who makes them, so that one who floods slows nobody but themselves.
//
//	l := rates.New(rates.Bounds{}, time.Now)
//	if err := l.From("192.0.2.1"); err != nil { … } // *rates.TooManyCalls says how long to wait
//	if err := l.Session("…"); err != nil { … }
//	if err := l.Caller(caller); err != nil { … }
//
// An address bounds only who has shown no token: a mobile operator lets a thousand devices
// share one, and a stranger there must not use up what they may. Who shows one is counted for its
// session, and as its user only once it is known to hold: a thief may have one whose session has
// ended.
//
// It counts in this process alone, in bounded memory, and knows no transport: who takes the
// call tells where it comes from and says what is answered (server/api).
package rates

import (
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/access"
)

// Bounds are how often calls may come. Zero fields are the defaults.
type Bounds struct {
	// Address bounds what strangers do from one address, AddressBurst at once.
	Address      rate.Limit
	AddressBurst int
	// Caller bounds what one device of a user does, or one account without a device, and
	// as much what is done under one session's token, CallerBurst at once.
	Caller      rate.Limit
	CallerBurst int
}

// Defaults. A mobile operator lets a thousand devices share an address, each of
// which signs in in one evening hour; a page of the dashboard is some twenty files and makes
// as many calls.
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

// TooManyCalls asks the caller to wait.
type TooManyCalls struct{ Wait time.Duration }

// Error says so.
func (e *TooManyCalls) Error() string { return "too many calls" }

// Limiter counts calls. Safe for concurrent use.
type Limiter struct {
	bounds Bounds
	now    func() time.Time

	mu    sync.Mutex
	rated map[string]*rated // guarded by mu
}

type rated struct {
	bucket *rate.Limiter
	last   time.Time
}

// New counts calls by a clock.
func New(b Bounds, now func() time.Time) *Limiter {
	if b.Address == 0 {
		b.Address, b.AddressBurst = AddressRate, AddressBurst
	}
	if b.Caller == 0 {
		b.Caller, b.CallerBurst = CallerRate, CallerBurst
	}
	return &Limiter{bounds: b, now: now, rated: map[string]*rated{}}
}

// From counts a call of somebody who has shown no token, from an address; "" is not known, and
// not bounded. Errors: *TooManyCalls.
func (l *Limiter) From(address string) error {
	if address == "" {
		return nil
	}
	return l.take("from "+wire.Subscriber(address), l.bounds.Address, l.bounds.AddressBurst)
}

// Session counts a call of who has shown a session's token, though it may be over, wherever it
// comes from. Errors: *TooManyCalls.
func (l *Limiter) Session(id string) error {
	return l.take("session "+id, l.bounds.Caller, l.bounds.CallerBurst)
}

// Caller counts a call of who was authenticated: a user, on a device or on none, or who reads a
// feed. Errors: *TooManyCalls.
func (l *Limiter) Caller(c *access.Caller) error {
	if c.Feed != nil {
		return l.take("feed "+strconv.Itoa(int(c.Feed.Number)), FeedRate, FeedBurst)
	}
	return l.take("account "+strconv.Itoa(int(c.Account.Number))+" on "+strconv.Itoa(int(c.Device)), l.bounds.Caller, l.bounds.CallerBurst)
}

func (l *Limiter) take(key string, limit rate.Limit, burst int) error {
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

func (l *Limiter) forget(now time.Time) {
	for key, r := range l.rated {
		if now.Sub(r.last) > ratedFor {
			delete(l.rated, key)
		}
	}
	if len(l.rated) >= maxRated {
		clear(l.rated)
	}
}
