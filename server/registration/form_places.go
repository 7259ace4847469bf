package registration

import (
	"context"
	"sync"
	"time"
)

// Forms are read for a moment each, of which a hostile one makes some seconds and tens
// of MiB.
const (
	// formsAtOnce are read at one time, in a server process, and of an account one;
	// formsWaiting wait for a place.
	formsAtOnce  = 2
	formsWaiting = 16
	// formsWait is what others are told to wait.
	formsWait = 5 * time.Second
)

// TooManyForms asks to come again: the account has a form under way, or others wait.
type TooManyForms struct{ Wait time.Duration }

// Error says so.
func (e *TooManyForms) Error() string { return "too many forms under way" }

// formPlaces are those in which forms are read. The zero value is ready; safe for
// concurrent use.
type formPlaces struct {
	once   sync.Once
	places chan struct{}

	mu  sync.Mutex
	own map[uint32]bool // guarded by mu; accounts that have a form under way
}

// take waits for a place within the call's time; done gives it back. Errors:
// *TooManyForms, the context's.
func (f *formPlaces) take(ctx context.Context, account uint32) (done func(), err error) {
	f.once.Do(func() { f.places, f.own = make(chan struct{}, formsAtOnce), map[uint32]bool{} })
	f.mu.Lock()
	full := f.own[account] || len(f.own) >= formsAtOnce+formsWaiting
	if !full {
		f.own[account] = true
	}
	f.mu.Unlock()
	if full {
		return nil, &TooManyForms{Wait: formsWait}
	}
	leave := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.own, account)
	}
	select {
	case f.places <- struct{}{}:
		return func() { <-f.places; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
