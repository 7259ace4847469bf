package auth

import (
	"context"
	"fmt"
	"hash/maphash"
	"log/slog"
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/keluarga-sehat/sync/internal/wire"
)

// TooManyAttempts asks the caller to wait.
type TooManyAttempts struct{ Wait time.Duration }

// Error tells how long.
func (e *TooManyAttempts) Error() string { return fmt.Sprintf("too many attempts; wait %s", e.Wait) }

// Failures of one name: those before delays grow, and the delays' bounds. They are counted
// together of those who are known no better than by the name, of each place where it has
// signed in lately, and of those who are proven: who guesses keeps out who is known as
// little.
const (
	freeByName   = 4
	firstDelay   = 2 * time.Second
	longestDelay = 15 * time.Minute
)

// Failures of one address, whatever the names: so many at once, then one each
// half minute. A mobile operator lets a thousand devices share an address, of
// which a tenth may mistype within an hour.
const (
	burstByAddress = 50
	everyByAddress = 30 * time.Second
)

// A guesser takes all that an address is let, for others behind it too. So it
// does not bound who signed in from there within knownFor: to guess at those, a
// guesser has freeOfKnown tries an hour each. Those that fail count for the address and
// are answered as strangers' are, or names could be tried for who works there.
const (
	knownFor    = 30 * 24 * time.Hour
	freeOfKnown = 2
)

// What one account takes of the time for hashes, which all share: attempts under way of
// those whose failures are counted together, two devices at one moment, and sign-ins, so many
// at once, then one each ten seconds. From one address half the line may be under way, but for
// who is known there.
const (
	underWayMost    = 2
	fromAddressMost = maxHashQueue / 2
	signInBurst     = 100
	signInEvery     = 10 * time.Second
)

// forgetAfter a last failure the count of a name begins anew.
const forgetAfter = time.Hour

// maxRemembered bounds each memory, at some 200 bytes an entry, and maxKnown who signed in
// from where, at some 50: the nation's staff. When one is full, what has expired goes first,
// then what slows nobody at the moment, else some, whichever: so many are hardly slowed at once.
const (
	maxRemembered = 100_000
	maxKnown      = 400_000
)

// whose failures are counted together: a name's, by the network in which it has signed in
// lately ("": none of those), or proven.
type whose struct {
	name, from string
	proven     bool
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

	mu        sync.Mutex
	names     map[whose]attempts       // guarded by mu
	addresses map[string]*rate.Limiter // guarded by mu; of failures, by password or "code " and network
	signIns   map[string]*rate.Limiter // guarded by mu; of those that succeeded, by name
	underWay  map[whose]int            // guarded by mu; attempts; none that is 0
	fromThere map[string]int           // guarded by mu; the same by network, of those that it bounds
	known     map[uint64]time.Time     // guarded by mu; by signedIn; when last
	seed      maphash.Seed
}

// signedIn stands for who signed in from where.
func (l *Limits) signedIn(name, from string) uint64 {
	return maphash.String(l.seed, from+"\x00"+name)
}

// NewLimits makes one that knows of no failure.
func NewLimits(now func() time.Time, log *slog.Logger) *Limits {
	return &Limits{
		now: now, log: log, names: map[whose]attempts{}, addresses: map[string]*rate.Limiter{}, signIns: map[string]*rate.Limiter{},
		underWay: map[whose]int{}, fromThere: map[string]int{}, known: map[uint64]time.Time{}, seed: maphash.MakeSeed(),
	}
}

// Try is who tries a password.
type Try struct {
	UserName string
	// Address is where the call comes from; "": not known, and not bounded.
	Address string
	// Proven: by a token or a device's key, which only this account has. Others
	// can't be guessed at with it, so that the address does not bound it.
	Proven bool
}

// Attempt is one that has begun: end it by one of its methods.
type Attempt struct {
	limits *Limits
	Try
	who  whose
	from string // "": the address does not bound it
	// network is of the address; "": not known, or proven.
	network string
}

// Begin begins an attempt, or refuses it. It counts as failed for the name until
// it has ended otherwise, so that many at once don't slip through together.
// Errors: *TooManyAttempts; *Busy where as many are under way as may be.
func (l *Limits) Begin(t Try) (*Attempt, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	a := &Attempt{limits: l, Try: t, who: whose{name: t.UserName, proven: t.Proven}, from: wire.Subscriber(t.Address)}
	if last, known := l.known[l.signedIn(t.UserName, a.from)]; known && now.Sub(last) < knownFor && !t.Proven {
		a.who.from = a.from
	}
	if !t.Proven {
		a.network = a.from
	}
	if t.Proven || a.who.from != "" && l.failuresOf(a.who, now) < freeOfKnown {
		a.from = ""
	}
	wait := max(l.names[a.who].until.Sub(now), l.waitFrom(a.from, now), waitOf(l.signIns[t.UserName], signInEvery, now))
	if err := tooMany(wait); err != nil {
		return nil, err
	}
	if l.underWay[a.who] >= underWayMost || a.from != "" && l.fromThere[a.from] >= fromAddressMost {
		return nil, &Busy{comeAgain}
	}
	l.count(a.who, now)
	l.underWay[a.who]++
	if a.from != "" {
		l.fromThere[a.from]++
	}
	return a, nil
}

// end gives back what an attempt took of the line; the caller holds mu.
func (a *Attempt) end() {
	lessOne(a.limits.underWay, a.who)
	if a.from != "" {
		lessOne(a.limits.fromThere, a.from)
	}
}

func lessOne[K comparable](m map[K]int, k K) {
	if m[k]--; m[k] <= 0 {
		delete(m, k)
	}
}

func (l *Limits) failuresOf(who whose, now time.Time) int {
	a := l.names[who]
	if now.Sub(a.last) > forgetAfter {
		return 0
	}
	return a.failed
}

// waitFrom is how long an address waits where as many have failed as may.
func (l *Limits) waitFrom(from string, now time.Time) time.Duration {
	return waitOf(l.addresses[from], everyByAddress, now)
}

// waitOf is how long it takes until a bucket that fills by one in every holds one.
func waitOf(bucket *rate.Limiter, every time.Duration, now time.Time) time.Duration {
	if bucket == nil || bucket.TokensAt(now) >= 1 {
		return 0
	}
	return time.Duration((1 - bucket.TokensAt(now)) * float64(every))
}

// tooMany asks for a wait, if there is one.
func tooMany(wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	return &TooManyAttempts{Wait: wait.Round(time.Second) + time.Second}
}

// count adds a failure.
func (l *Limits) count(who whose, now time.Time) {
	if _, ok := l.names[who]; !ok {
		makeRoom(l.names, maxRemembered,
			func(a attempts) bool { return now.Sub(a.last) > forgetAfter },
			func(a attempts) bool { return !a.until.After(now) })
	}
	a := attempts{failed: l.failuresOf(who, now) + 1, last: now}
	if over := a.failed - freeByName; over > 0 {
		a.until = now.Add(min(firstDelay<<min(over-1, 16), longestDelay))
	}
	l.names[who] = a
}

// countAddress adds a failure of an address.
func (l *Limits) countAddress(from string, now time.Time) {
	take(l.addresses, from, rate.Every(everyByAddress), burstByAddress, now)
}

// take takes one out of a key's bucket, which is full at first.
func take(buckets map[string]*rate.Limiter, key string, limit rate.Limit, burst int, now time.Time) {
	bucket := buckets[key]
	if bucket == nil {
		makeRoom(buckets, maxRemembered,
			func(b *rate.Limiter) bool { return b.TokensAt(now) >= float64(burst) },
			func(b *rate.Limiter) bool { return b.TokensAt(now) >= 1 })
		bucket = rate.NewLimiter(limit, burst)
		buckets[key] = bucket
	}
	bucket.AllowN(now, 1)
}

// makeRoom removes from a memory that is full what each test in turn says, until
// there is some room, and else a part of it: a scan makes room for many.
func makeRoom[K comparable, V any](m map[K]V, most int, tests ...func(V) bool) {
	if len(m) < most {
		return
	}
	some := most - most/16
	for _, spare := range tests {
		if len(m) > some {
			maps.DeleteFunc(m, func(_ K, v V) bool { return spare(v) })
		}
	}
	for k := range m {
		if len(m) <= some {
			return
		}
		delete(m, k)
	}
}

// Recheck refuses an attempt that began before the address became suspect.
// Errors: *TooManyAttempts.
func (a *Attempt) Recheck() error {
	a.limits.mu.Lock()
	defer a.limits.mu.Unlock()
	return tooMany(a.limits.waitFrom(a.from, a.limits.now()))
}

// Refusal is what an attempt that comes to nothing is answered instead of err: who is heard
// though the address is suspect hears what a stranger there does. Ask before Failed.
func (a *Attempt) Refusal(err error) error {
	a.limits.mu.Lock()
	defer a.limits.mu.Unlock()
	if a.from == "" {
		if wait := tooMany(a.limits.waitFrom(a.network, a.limits.now())); wait != nil {
			return wait
		}
	}
	return err
}

// Failed counts the failure and reports it where it slows the next; account is
// the number, 0: there is none of the name. What was typed as a name is not
// logged: it may be a password.
func (a *Attempt) Failed(ctx context.Context, account uint32) {
	l := a.limits
	l.mu.Lock()
	a.end()
	now := l.now()
	ofName := l.names[a.who]
	if a.network != "" {
		l.countAddress(a.network, now)
	}
	wait := max(l.waitFrom(a.network, now), ofName.until.Sub(now))
	l.mu.Unlock()
	if wait > 0 {
		l.log.WarnContext(ctx, "sign-in is being guessed; slowed", "account", account, "address", a.Address,
			"failures_of_name", ofName.failed, "wait", wait)
	}
}

// WrongCode counts an activation that failed, or refuses it in place of telling
// that it did. Only then is it asked: a one-time code can't be guessed, so that
// nobody who has the right one waits for others. Errors: *TooManyAttempts.
func (l *Limits) WrongCode(ctx context.Context, address string, account uint32) error {
	if address == "" {
		return nil
	}
	from := "code " + wire.Subscriber(address)
	l.mu.Lock()
	now := l.now()
	wait := l.waitFrom(from, now)
	if wait == 0 {
		l.countAddress(from, now)
	}
	l.mu.Unlock()
	if wait == 0 {
		return nil
	}
	l.log.WarnContext(ctx, "one-time codes are being guessed; slowed", "account", account, "address", address, "wait", wait)
	return tooMany(wait)
}

// Succeeded forgets the failures that were counted with it; those of the address stay,
// because a guesser may have an account too.
func (a *Attempt) Succeeded() {
	l := a.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	a.end()
	delete(l.names, a.who)
	take(l.signIns, a.UserName, rate.Every(signInEvery), signInBurst, l.now())
	l.noteSignedIn(a.Try)
}

// Proved is for who has shown something better than a password: all failures of the name
// are forgotten but those at other places where it has signed in.
func (l *Limits) Proved(t Try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, who := range []whose{{name: t.UserName}, {name: t.UserName, proven: true}, {name: t.UserName, from: wire.Subscriber(t.Address)}} {
		delete(l.names, who)
	}
	l.noteSignedIn(t)
}

// noteSignedIn remembers where the name has signed in; the caller holds mu.
func (l *Limits) noteSignedIn(t Try) {
	if t.Address == "" {
		return
	}
	now, who := l.now(), l.signedIn(t.UserName, wire.Subscriber(t.Address))
	if _, ok := l.known[who]; !ok {
		makeRoom(l.known, maxKnown, func(last time.Time) bool { return now.Sub(last) >= knownFor })
	}
	l.known[who] = now
}

// Withdraw takes back an attempt that came to no end.
func (a *Attempt) Withdraw() {
	l := a.limits
	l.mu.Lock()
	defer l.mu.Unlock()
	a.end()
	c := l.names[a.who]
	if c.failed <= 1 {
		delete(l.names, a.who)
		return
	}
	c.failed--
	if c.failed <= freeByName {
		c.until = time.Time{}
	}
	l.names[a.who] = c
}
