package clientsdk

import (
	"context"
	"sync"
)

// turns lets those who name one thing act one after the other; the zero value is ready.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed at the end of a turn
}

// take waits for a turn; release ends it. Errors: the context's.
func (t *turns) take(ctx context.Context, name string) (release func(), err error) {
	for {
		before, mine := t.claim(name)
		if mine != nil {
			return mine, nil
		}
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// claim takes the turn where nobody has it; otherwise it tells when theirs ends.
func (t *turns) claim(name string) (theirs <-chan struct{}, release func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if theirs, ok := t.taken[name]; ok {
		return theirs, nil
	}
	if t.taken == nil {
		t.taken = map[string]chan struct{}{}
	}
	ended := make(chan struct{})
	t.taken[name] = ended
	return nil, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.taken, name)
		close(ended)
	}
}
