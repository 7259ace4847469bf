package veil

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/caught"
	"github.com/keluarga-sehat/sync/server/store"
)

// DecideAhead decides what is withheld before somebody asks, until the context ends:
// after a start the nation's and the provinces' last month, the month of a district of
// which anything was asked, and with each look of the board at the store, what rests on
// the figures that moved, of pieces and days that were asked for lately. It is one
// worker, which takes a quarter of a core at most. Who asks for what it is at waits for it, and
// decides the rest as if there were none. What nobody asks for any more is forgotten.
// Failures are told to onError.
func (k *Keeper) DecideAhead(ctx context.Context, onError func(error)) {
	ctx = store.WithScope(ctx, store.Scope{Everywhere: true})
	begun := false
	for {
		next := k.Board.Next()
		err := caught.Panic(func() error {
			ready, err := k.Past.AddedUp(ctx, area.Code{})
			if !ready {
				return err
			}
			if !begun {
				k.wantUpperAreas()
				begun = true
			}
			return k.decideWanted(ctx)
		})
		if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrUnavailable) {
			onError(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
		}
	}
}

// ahead is what was asked for lately. The zero value is empty.
type ahead struct {
	mu     sync.Mutex
	wanted map[area.Code]*wanted // guarded by mu
}

// wanted is what was asked for of a piece: its last month, and some days before.
type wanted struct {
	asked time.Time
	// years: also survey years, when last.
	years time.Time
	// before are days before the last month, and when they were asked for last.
	before map[int]time.Time
	// version is of the figures beside which all was decided; 0: it was not yet.
	version uint64
	// today is the day on which it was.
	today int
	// failed is what the last try failed with, which is told once; rests is until when
	// there is no other.
	failed string
	rests  time.Time
}

// restAfterFailure is how long a piece that can't be decided is left.
const restAfterFailure = time.Minute

// wantedTime is how long a piece is decided ahead after somebody asked for it.
const wantedTime = 5 * time.Minute

// maxWantedBefore bounds the days before the last month that are decided ahead of one
// piece: the ends of two years' months. Who asks for more waits for them.
const maxWantedBefore = 24

// want notes that somebody asks for a piece.
func (k *Keeper) want(key Key) {
	if key.root.Level() >= area.Village {
		return
	}
	now, a := k.Now(), &k.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.wanted[key.root]
	if w == nil {
		w = &wanted{before: map[int]time.Time{}}
		if a.wanted == nil {
			a.wanted = map[area.Code]*wanted{}
		}
		a.wanted[key.root] = w
	}
	w.asked = now
	if key.years {
		if now.Sub(w.years) > wantedTime {
			w.version = 0
		}
		w.years = now
	}
	if key.day == 0 || key.day >= k.lastMonth() {
		return
	}
	if _, ok := w.before[key.day]; ok || len(w.before) < maxWantedBefore {
		w.before[key.day] = now
	}
}

// DaysAhead are so many days before today that are decided ahead: those of a trend that
// nobody gave bounds.
const DaysAhead = 30

// lastMonth is the first of them, as stores have it.
func (k *Keeper) lastMonth() int { return k.today().AddDays(-DaysAhead).Number() }

// wantUpperAreas asks for the nation and the provinces, which everybody looks at.
func (k *Keeper) wantUpperAreas() {
	for _, dotted := range append([]string{""}, k.Board.Codes("")...) {
		if code, err := area.Parse(dotted); err == nil {
			k.want(Key{root: code, years: true})
		}
	}
}

// decideWanted decides what is wanted and has moved: first what was decided before, from
// the nation down, then what was not, of which it leaves all but one where the board
// looks again. A piece that can't be decided holds up no other.
func (k *Keeper) decideWanted(ctx context.Context) error {
	next, begun := k.Board.Next(), false
	var errs []error
	for _, p := range k.wantedPieces() {
		if p.first && begun {
			select {
			case <-next:
				return errors.Join(errs...)
			default:
			}
		}
		begun = begun || p.first
		began := time.Now()
		if err := k.decidePiece(ctx, p.root); err != nil {
			errs = append(errs, err)
		}
		rest(ctx, restFactor*time.Since(began))
	}
	return errors.Join(errs...)
}

// restFactor is how many times as long as it worked the worker rests: who asks for what
// is decided already feels less of it than of half a core.
const restFactor = 3

// rest leaves the core to others: however much is wanted, the worker takes a quarter of
// one.
func rest(ctx context.Context, d time.Duration) {
	if d < time.Millisecond {
		return // nothing was to be decided
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// wantedPiece is one that is wanted; first: nothing has been decided of it ahead.
type wantedPiece struct {
	root  area.Code
	first bool
	asked time.Time
}

// round is 1 of one that comes after all of 0.
func (p wantedPiece) round() int {
	if p.first {
		return 1
	}
	return 0
}

// wantedPieces forgets what nobody asks for any more, and puts the rest in order.
func (k *Keeper) wantedPieces() (list []wantedPiece) {
	now := k.Now()
	k.ahead.mu.Lock()
	for root, w := range k.ahead.wanted {
		maps.DeleteFunc(w.before, func(_ int, asked time.Time) bool { return now.Sub(asked) > wantedTime })
		if now.Sub(w.asked) > wantedTime {
			delete(k.ahead.wanted, root)
			continue
		}
		if !now.Before(w.rests) {
			list = append(list, wantedPiece{root, w.version == 0, w.asked})
		}
	}
	k.ahead.mu.Unlock()
	slices.SortFunc(list, func(a, b wantedPiece) int {
		return cmp.Or(cmp.Compare(a.round(), b.round()), cmp.Compare(a.root.Level(), b.root.Level()), b.asked.Compare(a.asked))
	})
	return list
}

// decidePiece decides one piece, where its figures have moved since, or another day has
// begun. One whose days are not added up is wanted no more until somebody asks again.
func (k *Keeper) decidePiece(ctx context.Context, root area.Code) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	version, today := k.Board.VersionOf(root.Dotted()), k.today().Number()
	k.ahead.mu.Lock()
	w := k.ahead.wanted[root]
	if w == nil || w.version == version && w.today == today {
		k.ahead.mu.Unlock()
		return nil
	}
	w.version, w.today = version, today // who wants more meanwhile, puts it back
	days, years := slices.Sorted(maps.Keys(w.before)), k.Now().Sub(w.years) <= wantedTime
	k.ahead.mu.Unlock()
	for ago := DaysAhead; ago > 0; ago-- {
		if day := k.today().AddDays(-ago).Number(); k.Past.Settled(day) {
			days = append(days, day)
		}
	}
	ready := false
	err := caught.Panic(func() (err error) {
		if ready, err = k.Past.AddedUp(ctx, root); ready {
			err = k.decideDown(ctx, root, days, years)
		}
		return err
	})
	return k.ahead.end(root, k.Now(), ready, err)
}

// end notes how deciding a piece ended, and gives an error that was not told before.
func (a *ahead) end(root area.Code, now time.Time, ready bool, err error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.wanted[root]
	switch {
	case w == nil:
	case errors.Is(err, store.ErrUnavailable):
		w.version = 0
		return nil // the next look finds it again
	case err != nil:
		w.version, w.rests = 0, now.Add(restAfterFailure)
		if w.failed == err.Error() {
			return nil
		}
		w.failed = err.Error()
	case !ready:
		delete(a.wanted, root)
	default:
		w.failed = ""
	}
	return err
}
