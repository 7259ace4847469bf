package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/lasting"
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

// guard slows down who tries passwords. What it knows outlives the app, so that
// starting it anew gains nothing.
type guard struct {
	now func() time.Time
	// path of the file that keeps it; "": nowhere.
	path string

	mu    sync.Mutex
	wrong map[string]attempts // guarded by mu
}

type attempts struct {
	Failures int       `json:"failures"`
	Last     time.Time `json:"last"`
}

// guardFile keeps, beside the users' files, who tried how often.
const guardFile = "attempts.json"

// load reads what an earlier run of the app knew. A file that can't be read counts
// as a wait of the longest kind for everybody: it is nothing that the app would
// have written.
func (g *guard) load(users []string) {
	data, err := os.ReadFile(g.path)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		err = json.Unmarshal(data, &g.wrong)
	}
	if err == nil {
		return
	}
	g.wrong = map[string]attempts{}
	for _, name := range users {
		g.wrong[name] = attempts{Failures: freeAttempts + 10, Last: g.now()}
	}
}

// store keeps it, whole or not at all. The caller holds mu.
func (g *guard) store() {
	data, err := json.Marshal(g.wrong)
	if err != nil || g.path == "" {
		return
	}
	_ = lasting.WriteFile(g.path, data, 0o600) // full storage: the app itself remembers
}

// allow tells whether a name may be tried now. Errors: *errTooSoon.
func (g *guard) allow(name string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.wrong[name]
	if w.Failures < freeAttempts {
		return nil
	}
	wait := min(firstWait<<min(w.Failures-freeAttempts, 10), longestWait)
	// A clock that was put back must neither lock anybody out for longer, nor be a
	// way around.
	left := min(w.Last.Add(wait).Sub(g.now()), wait)
	if left > 0 {
		return &errTooSoon{left}
	}
	return nil
}

// note keeps how a try went.
func (g *guard) note(name string, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !errors.Is(err, clientsdk.ErrWrongPassword) {
		if _, known := g.wrong[name]; known && err == nil {
			delete(g.wrong, name)
			g.store()
		}
		return
	}
	if g.wrong == nil {
		g.wrong = map[string]attempts{}
	}
	if len(g.wrong) >= maxKnownGuards {
		g.forgetOldest()
	}
	g.wrong[name] = attempts{g.wrong[name].Failures + 1, g.now()}
	g.store()
}

// forgetOldest bounds what is remembered.
func (g *guard) forgetOldest() {
	var oldest string
	for name, w := range g.wrong {
		if oldest == "" || w.Last.Before(g.wrong[oldest].Last) {
			oldest = name
		}
	}
	delete(g.wrong, oldest)
}
