package clientsdk

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A server, or what stands before it, may keep a connection open, answer its pings and say
// nothing more. So a call is given up in which hardly anything goes over the wire for
// silenceMax; on 9.6 kbit/s a message of 128 KiB takes 110 s, and its bytes count as they
// come. silenceBytes are more than pings take in that time, and what goes at 12 bytes a
// second.
const (
	silenceMax   = 3 * time.Minute
	silenceBytes = 2 << 10
)

// errSilent is an ErrOffline: the call was given up.
var errSilent error = &explained{ErrOffline, fmt.Errorf("no word for %v", silenceMax)}

// patience gives a call up whose server is silent.
type patience struct {
	traffic *traffic
	giveUp  context.CancelCauseFunc // of the call's context, with errSilent
}

// wait begins to wait for the server; stop is to be called when it has ended.
func (p patience) wait() (stop func()) {
	w := &waiting{patience: p, seen: p.traffic.sum()}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(silenceMax, w.look)
	return w.stop
}

// waiting is one wait.
type waiting struct {
	patience

	mu    sync.Mutex // guards what follows
	timer *time.Timer
	seen  int64 // bytes when it was looked last
	ended bool
}

func (w *waiting) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.traffic.sum()
	switch {
	case w.ended:
	case now-w.seen < silenceBytes:
		w.giveUp(errSilent)
	default:
		w.seen = now
		w.timer.Reset(silenceMax)
	}
}

func (w *waiting) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.timer.Stop()
}
