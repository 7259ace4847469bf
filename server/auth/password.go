package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/keluarga-sehat/sync/internal/record"
)

// DefaultPasswordCost is that of a password hash on the server (TRUST): 64 MiB, 3
// passes. A hash keeps its own, so that both can change.
var DefaultPasswordCost = record.PasswordCost{MemoryKiB: 64 << 10, Passes: 3, Lanes: 1}

const (
	passwordSaltBytes = 16
	passwordHashBytes = 32
	// maxHashesAtOnce bounds the memory that sign-ins take, to four times 64 MiB. More
	// at once than there are cores would only take memory: each takes one for some
	// tenths of a second.
	maxHashesAtOnce = 4
	// maxHashQueue is how many wait for their turn: a district's morning on two cores,
	// where it takes half a minute.
	maxHashQueue = 256
	// hashWaitMax is how long they wait; a call has a minute in all.
	hashWaitMax = 40 * time.Second
	// comeAgain is when who was not let in should try again.
	comeAgain = 10 * time.Second
)

// Busy: so many sign in at the moment that the caller's turn does not come. Nothing
// was found out about the password.
type Busy struct{ Wait time.Duration }

// Error tells how long to wait.
func (e *Busy) Error() string {
	return fmt.Sprintf("too many sign in at once; try again in %s", e.Wait)
}

// Hasher hashes passwords, a few at a time. Safe for concurrent use.
type Hasher struct {
	rand  io.Reader
	slots chan struct{}
	queue chan struct{}
	wait  time.Duration
	// left is how many bytes hashes left behind since memory was last given back.
	left atomic.Uint64

	mu   sync.Mutex
	took []time.Duration // guarded by mu; the last tookKept
	next int             // guarded by mu; where the next goes
}

// tookKept is of how many hashes is kept how long they took.
const tookKept = 16

// note keeps how long a hash took.
func (h *Hasher) note(took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.took) < tookKept {
		h.took = append(h.took, took)
		return
	}
	h.took[h.next%tookKept] = took
	h.next++
}

// lately is how long one of the last hashes took, whichever, and how long its turn would take
// to come now; 0: there was none.
func (h *Hasher) lately() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.took) == 0 {
		return 0
	}
	took, turn := h.took[mathrand.N(len(h.took))], time.Duration(0)
	if len(h.slots) == cap(h.slots) { // of those under way each is half done
		turn = took * time.Duration(1+2*len(h.queue)) / time.Duration(2*cap(h.slots))
	}
	return turn + took
}

// NewHasher makes one that draws salts from rand.
func NewHasher(rand io.Reader) *Hasher {
	return &Hasher{
		rand: rand, slots: make(chan struct{}, min(maxHashesAtOnce, runtime.GOMAXPROCS(0))), queue: make(chan struct{}, maxHashQueue), wait: hashWaitMax,
	}
}

// enter waits for a turn. Errors: *Busy; the context's.
func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case h.queue <- struct{}{}:
	default:
		return &Busy{comeAgain}
	}
	defer func() { <-h.queue }()
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return &Busy{comeAgain}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// key derives one of keyBytes from a password, for who has a turn.
func (h *Hasher) key(password string, salt []byte, cost record.PasswordCost, keyBytes int) []byte {
	defer h.left.Add(uint64(cost.MemoryKiB) << 10)
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, uint32(keyBytes))
}

// leave gives the turn to the next, who finds no more than maxUncollected beside its
// own. The last one for now gives the memory back at once, which the collector would
// keep for long after a morning's sign-ins. Cheap hashes leave too little to walk the
// whole heap for.
func (h *Hasher) leave() {
	if len(h.slots)+len(h.queue) > 1 && tooMuchUncollected() {
		runtime.GC()
	}
	<-h.slots
	if left := h.left.Load(); left >= maxUncollected && len(h.slots)+len(h.queue) == 0 && h.left.CompareAndSwap(left, 0) {
		debug.FreeOSMemory()
	}
}

// maxUncollected is how many bytes may have been left behind before a hash is done with
// its turn, or a quarter of what lives where that is more. The collector serves throughput
// here: left to itself, it lets hashes pile up until the process's limit, and those that
// begin before it is done pass even that.
const maxUncollected = 48 << 20

func tooMuchUncollected() bool {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(heap)
	allocated, live := heap[0].Value.Uint64(), heap[1].Value.Uint64()
	return allocated > live+max(maxUncollected, live/4)
}

// Hash is a password's hash with its parameters. Errors: *WeakPassword, *Busy.
func (h *Hasher) Hash(ctx context.Context, password string, owner Owner) (string, error) {
	return h.HashAt(ctx, DefaultPasswordCost, password, owner)
}

// HashAt is Hash at another cost.
func (h *Hasher) HashAt(ctx context.Context, cost record.PasswordCost, password string, owner Owner) (string, error) {
	if err := CheckNewPassword(password, owner); err != nil {
		return "", err
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, passwordSaltBytes)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("draw salt: %w", err)
	}
	hash := h.key(password, salt, cost, passwordHashBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.MemoryKiB, cost.Passes, cost.Lanes,
		b64.EncodeToString(salt), b64.EncodeToString(hash)), nil
}

// matches tells whether the password has the hash; first is asked when its turn
// has come. An empty hash takes as long and matches nothing, so that unknown
// names can't be told apart.
func (h *Hasher) matches(ctx context.Context, first func() error, password, encoded string) (bool, error) {
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	began := time.Now()
	if err := first(); err != nil {
		return false, err
	}
	cost := DefaultPasswordCost
	salt, want := make([]byte, passwordSaltBytes), make([]byte, passwordHashBytes)
	parts := strings.Split(encoded, "$")
	known := false
	if len(parts) == 6 && parts[1] == "argon2id" {
		if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Lanes); err != nil {
			return false, fmt.Errorf("stored password hash: %w", err)
		}
		var err error
		if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
			return false, fmt.Errorf("stored password hash: %w", err)
		}
		if want, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
			return false, fmt.Errorf("stored password hash: %w", err)
		}
		known = true
	}
	got := h.key(password, salt, cost, len(want))
	h.note(time.Since(began))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}
