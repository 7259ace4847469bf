// Package rates bounds how often calls may come, by the address that they come from and by
// who makes them, so that one who floods slows nobody but themselves.
//
//	l := rates.New(rates.Bounds{}, time.Now)
//	if err := l.From("192.0.2.1"); err != nil { … } // *rates.TooManyCalls says how long to wait
//	if err := l.User(rates.User{Account: 7, Device: 3}); err != nil { … }
//
// An address bounds only who has shown no token: a mobile operator lets a thousand devices
// share one, and a stranger there must not use up what they may.
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
	// Caller bounds what one device of a user does, or one account without a device,
	// CallerBurst at once.
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

// User is whose token somebody has shown: an account's, on a device or, where that is 0, on
// none. The zero User has shown none.
type User struct{ Account, Device uint32 }

// Known tells whether somebody has shown one.
func (u User) Known() bool { return u != User{} }

// Name tells users apart; "" of the zero User.
func (u User) Name() string {
	if !u.Known() {
		return ""
	}
	return strconv.Itoa(int(u.Account)) + " on " + strconv.Itoa(int(u.Device))
}

// User counts a call of who has shown a token, wherever it comes from. Errors: *TooManyCalls.
func (l *Limiter) User(u User) error {
	key := "device " + strconv.Itoa(int(u.Device))
	if u.Device == 0 {
		key = "account " + strconv.Itoa(int(u.Account))
	}
	return l.take(key, l.bounds.Caller, l.bounds.CallerBurst)
}

// Feed counts a call by a feed token; others are not counted here. Errors: *TooManyCalls.
func (l *Limiter) Feed(c *access.Caller) error {
	if c.Feed == nil {
		return nil
	}
	return l.take("feed "+strconv.Itoa(int(c.Feed.Number)), FeedRate, FeedBurst)
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
