package app

import (
	"errors"
	"fmt"
	"sync"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// Wrong passwords: some may be mistyped, further ones wait longer each time. The
// cost of Argon2id holds off who copies the file; this, who holds the device.
const (
	freeAttempts   = 3
	firstWait      = 5 * time.Second
	longestWait    = 5 * time.Minute
	maxKnownGuards = 100 // names remembered; beyond, the oldest are forgotten
)

// errTooSoon: wait before the next try.
type errTooSoon struct{ wait time.Duration }

func (e *errTooSoon) Error() string {
	return fmt.Sprintf("terlalu banyak kata sandi salah; coba lagi dalam %d detik", int(e.wait.Round(time.Second).Seconds()))
}

// guard slows down who tries passwords.
type guard struct {
	now func() time.Time

	mu    sync.Mutex
	wrong map[string]attempts // guarded by mu
}

type attempts struct {
	failures int
	last     time.Time
}

// allow tells whether a name may be tried now. Errors: *errTooSoon.
func (g *guard) allow(name string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.wrong[name]
	if w.failures < freeAttempts {
		return nil
	}
	wait := min(firstWait<<min(w.failures-freeAttempts, 10), longestWait)
	if left := w.last.Add(wait).Sub(g.now()); left > 0 {
		return &errTooSoon{left}
	}
	return nil
}

// note keeps how a try went.
func (g *guard) note(name string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !errors.Is(err, clientsdk.ErrWrongPassword) {
		if err == nil {
			delete(g.wrong, name)
		}
		return
	}
	if g.wrong == nil {
		g.wrong = map[string]attempts{}
	}
	if len(g.wrong) >= maxKnownGuards {
		g.forgetOldest()
	}
	g.wrong[name] = attempts{g.wrong[name].failures + 1, g.now()}
}

// forgetOldest bounds what is remembered.
func (g *guard) forgetOldest() {
	var oldest string
	for name, w := range g.wrong {
		if oldest == "" || w.last.Before(g.wrong[oldest].last) {
			oldest = name
		}
	}
	delete(g.wrong, oldest)
}
