package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"
)

// TooManyAttempts asks the caller to wait.
type TooManyAttempts struct{ Wait time.Duration }

// Error tells how long.
func (e *TooManyAttempts) Error() string { return fmt.Sprintf("too many attempts; wait %s", e.Wait) }

// Failures before delays grow, and the delays' bounds. A whole Puskesmas may
// stand behind one address, so that more is let through there and nobody waits
// long for another's guesses.
var (
	byName    = slowing{free: 4, first: 2 * time.Second, longest: 15 * time.Minute}
	byAddress = slowing{free: 20, first: time.Second, longest: time.Minute}
)

// forgetAfter a last failure the count begins anew.
const forgetAfter = time.Hour

// maxRemembered bounds the memory of failed attempts; when full, all is
// forgotten.
const maxRemembered = 100_000

type slowing struct {
	free           int
	first, longest time.Duration
}

type attempts struct {
	failed      int
	last, until time.Time
}

// Limits slows those who guess passwords or codes, by user name and by address,
// and reports them. They are kept in memory, by each process. Safe for
// concurrent use.
type Limits struct {
	now func() time.Time
	log *slog.Logger

	mu     sync.Mutex
	counts map[string]attempts // guarded by mu; by "name " and "from " keys
}

// NewLimits makes one that knows of no failure.
func NewLimits(now func() time.Time, log *slog.Logger) *Limits {
	return &Limits{now: now, log: log, counts: map[string]attempts{}}
}

// Attempt is one that has begun: end it by one of its methods.
type Attempt struct {
	limits              *Limits
	name, from, address string
}

// Begin begins an attempt, or refuses it. It counts as failed for the name until
// it has ended otherwise, so that many at once don't slip through together.
// Errors: *TooManyAttempts.
func (l *Limits) Begin(userName, address string) (*Attempt, error) {
	a := &Attempt{limits: l, name: "name " + userName, from: "from " + network(address), address: address}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.wait(a.name, a.from); err != nil {
		return nil, err
	}
	l.count(a.name, byName)
	return a, nil
}

// network is what stands for an address: for IPv6 the part that one subscriber
// has many addresses in.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	const subscriberBits = 64
	p, err := ip.Prefix(subscriberBits)
	if err != nil {
		return address
	}
	return p.String()
}

func (l *Limits) wait(keys ...string) error {
	now := l.now()
	for _, key := range keys {
		if wait := l.counts[key].until.Sub(now); wait > 0 {
			return &TooManyAttempts{Wait: wait.Round(time.Second) + time.Second}
		}
	}
	return nil
}

// count adds a failure and tells how many there are, and for how long the next
// is refused.
func (l *Limits) count(key string, by slowing) (failed int, delay time.Duration) {
	if len(l.counts) >= maxRemembered {
		clear(l.counts)
	}
	now := l.now()
	a := l.counts[key]
	if now.Sub(a.last) > forgetAfter {
		a = attempts{}
	}
	a.failed++
	a.last = now
	if over := a.failed - by.free; over > 0 {
		delay = min(by.first<<min(over-1, 16), by.longest)
		a.until = now.Add(delay)
	}
	l.counts[key] = a
	return a.failed, delay
}

// Recheck refuses an attempt that began before the address became suspect.
// Errors: *TooManyAttempts.
func (a *Attempt) Recheck() error {
	a.limits.mu.Lock()
	defer a.limits.mu.Unlock()
	return a.limits.wait(a.from)
}

// Failed counts the failure and reports it where it slows the next; account is
// the number, 0: there is none of the name. What was typed as a name is not
// logged: it may be a password.
func (a *Attempt) Failed(ctx context.Context, account uint32) {
	l := a.limits
	l.mu.Lock()
	ofName := l.counts[a.name]
	fromAddress, delay := l.count(a.from, byAddress)
	l.mu.Unlock()
	if delay > 0 || ofName.failed > byName.free {
		l.log.WarnContext(ctx, "sign-in is being guessed; slowed", "account", account, "address", a.address,
			"failures_of_name", ofName.failed, "failures_from_address", fromAddress, "wait", max(delay, ofName.until.Sub(l.now())))
	}
}

// Succeeded forgets the name's failures; those of the address stay, because a
// guesser may have an account too.
func (a *Attempt) Succeeded() {
	a.limits.mu.Lock()
	defer a.limits.mu.Unlock()
	delete(a.limits.counts, a.name)
}

// Withdraw takes back an attempt that came to no end.
func (a *Attempt) Withdraw() {
	a.limits.mu.Lock()
	defer a.limits.mu.Unlock()
	if c := a.limits.counts[a.name]; c.failed > 0 {
		c.failed--
		if c.failed <= byName.free {
			c.until = time.Time{}
		}
		a.limits.counts[a.name] = c
	}
}
