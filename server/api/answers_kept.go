package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil"
)

// foundation is what an answer rests on: the figures of its subject, the
// directory, the day, and what was withheld of the pieces that it shows, which it
// is told as the witness of the answer that is worked out.
type foundation struct {
	code      string
	puskesmas bool
	version   uint64
	directory uint64
	// today is when the day under way began.
	today time.Time
	// turn is the last one of the board's in which all was found to hold.
	turn atomic.Uint64

	mu     sync.Mutex
	keep   bool                // guarded by mu
	own    bool                // a piece is as nobody else sees it; guarded by mu
	pieces map[veil.Key]uint64 // generations; guarded by mu
}

// take notes how things stand, before the answer is worked out.
func (f *foundation) take(s *Services) {
	f.version, f.directory, f.today = f.versionNow(s), s.Board.Directory(), s.todayBegan()
	// In the first second of a day the board is of the day before, and its as-of would be
	// taken for the end of a past day, which no later one replaces.
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keep = f.keep && s.Board.AsOf().After(f.today)
}

func (f *foundation) versionNow(s *Services) uint64 {
	if f.puskesmas {
		return s.Board.PuskesmasVersion(f.code)
	}
	return s.Board.VersionOf(f.code)
}

// todayBegan is the beginning of the day under way, WIB.
func (s *Services) todayBegan() time.Time { return tally.EndOf(s.dayNow().AddDays(-1)) }

// RestsOn notes that the answer shows a piece of a generation.
func (f *foundation) RestsOn(piece veil.Key, generation uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pieces == nil {
		f.pieces = map[veil.Key]uint64{}
	}
	f.pieces[piece] = generation
}

// RestsOnOwn notes that it shows one as nobody else sees it: such an answer is not kept.
func (f *foundation) RestsOnOwn() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keep, f.own = false, true
}

// kept tells whether the answer may be given again.
func (f *foundation) kept() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.keep && f.version != 0
}

// showsOwn tells whether some of the answer is as nobody else sees it.
func (f *foundation) showsOwn() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.own
}

// holds tells whether all is as it was, and as of when.
func (f *foundation) holds(ctx context.Context, s *Services) (asOf time.Time, ok bool) {
	// In this order: the figures of a turn hold until later than those of the one before.
	asOf = s.Board.AsOf()
	turn := s.Board.Turn()
	if f.turn.Load() == turn && s.todayBegan().Equal(f.today) {
		return asOf, true // whoever asked before, in this turn, has looked
	}
	if f.versionNow(s) != f.version || s.Board.Directory() != f.directory || !s.todayBegan().Equal(f.today) {
		return asOf, false
	}
	f.mu.Lock()
	pieces := maps.Clone(f.pieces)
	f.mu.Unlock()
	for piece, generation := range pieces {
		if !s.Veil.Holds(ctx, piece, generation) {
			return asOf, false
		}
	}
	f.turn.Store(turn)
	return asOf, true
}

// keptBytes is the room for answers: a month's trend takes 9 kB packed, so that the
// trends of some 2,000 areas and what else is asked of them have room.
const keptBytes = 64 << 20

// recentTime is how long a caller who was looked up is believed to be what the
// store had: an account that is disabled sees figures, though no family, that much
// longer.
const recentTime = 2 * time.Second

// maxRecent bounds the callers remembered; when full, all are looked up anew.
const maxRecent = 10_000

// recentCallers remembers who was authenticated, by a hash of the token.
type recentCallers struct {
	mu    sync.Mutex
	known map[[sha256.Size]byte]recentCaller // guarded by mu
}

type recentCaller struct {
	caller *access.Caller
	scope  string
	since  time.Time
}

// find gives the caller of a token, if looked up lately, and all of the caller that answers
// depend on.
func (c *recentCallers) find(token string, now time.Time) (recentCaller, bool) {
	c.mu.Lock()
	found, ok := c.known[sha256.Sum256([]byte(token))]
	c.mu.Unlock()
	age := now.Sub(found.since)
	return found, ok && age >= 0 && age < recentTime
}

// authenticate looks the caller of a token up, and remembers what find gives.
func (c *recentCallers) authenticate(ctx context.Context, a *auth.Service, token string, now time.Time) (*access.Caller, string, error) {
	caller, err := a.Authenticate(ctx, token)
	if err != nil {
		return nil, "", err
	}
	found := recentCaller{caller, scopeOf(caller), now}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxRecent {
		c.known = map[[sha256.Size]byte]recentCaller{}
	}
	c.known[sha256.Sum256([]byte(token))] = found
	return found.caller, found.scope, nil
}

// scopeOf names what a caller may see, as access decides it.
func scopeOf(c *access.Caller) string {
	a := &c.Account
	work := make([]string, len(c.Work))
	for i := range c.Work {
		work[i] = fmt.Sprint(c.Work[i].Number, " ", c.Work[i].Code)
	}
	return fmt.Sprintf("%t %v %q %q %q %q", a.Disabled, a.Roles, a.Area, a.Puskesmas, a.Assigned, work)
}
