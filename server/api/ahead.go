package api

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
func (s *Services) DecideAhead(ctx context.Context, onError func(error)) {
	ctx = store.WithScope(ctx, store.Scope{Everywhere: true})
	begun := false
	for {
		next := s.Board.Next()
		err := caught.Panic(func() error {
			ready, err := s.Past.AddedUp(ctx, area.Code{})
			if !ready {
				return err
			}
			if !begun {
				s.wantUpperAreas()
				begun = true
			}
			return s.decideWanted(ctx)
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

// wantFor notes that a dashboard shows a piece. Files and feeds, which may go through all
// districts once, want nothing ahead.
func (s *Services) wantFor(ctx context.Context, k pieceKey) {
	if _, ok := ctx.Value(foundationKey{}).(*foundation); ok {
		s.want(k)
	}
}

// want notes that somebody asks for a piece.
func (s *Services) want(k pieceKey) {
	if k.root.Level() >= area.Village {
		return
	}
	now, a := s.Now(), &s.ahead
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.wanted[k.root]
	if w == nil {
		w = &wanted{before: map[int]time.Time{}}
		if a.wanted == nil {
			a.wanted = map[area.Code]*wanted{}
		}
		a.wanted[k.root] = w
	}
	w.asked = now
	if k.years {
		if now.Sub(w.years) > wantedTime {
			w.version = 0
		}
		w.years = now
	}
	if k.day == 0 || k.day >= s.lastMonth() {
		return
	}
	if _, ok := w.before[k.day]; ok || len(w.before) < maxWantedBefore {
		w.before[k.day] = now
	}
}

// lastMonth is the first day of a trend that nobody gave bounds, as stores have it.
func (s *Services) lastMonth() int { return s.dayNow().AddDays(-defaultDays).Number() }

// wantUpperAreas asks for the nation and the provinces, which everybody looks at.
func (s *Services) wantUpperAreas() {
	for _, dotted := range append([]string{""}, s.Board.Codes("")...) {
		if code, err := area.Parse(dotted); err == nil {
			s.want(pieceKey{root: code, years: true})
		}
	}
}

// decideWanted decides what is wanted and has moved: first what was decided before, from
// the nation down, then what was not, of which it leaves all but one where the board
// looks again. A piece that can't be decided holds up no other.
func (s *Services) decideWanted(ctx context.Context) error {
	next, begun := s.Board.Next(), false
	var errs []error
	for _, p := range s.wantedPieces() {
		if p.first && begun {
			select {
			case <-next:
				return errors.Join(errs...)
			default:
			}
		}
		begun = begun || p.first
		began := time.Now()
		if err := s.decidePiece(ctx, p.root); err != nil {
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

// wantedPieces forgets what nobody asks for any more, and puts the rest in order.
func (s *Services) wantedPieces() (list []wantedPiece) {
	now := s.Now()
	s.ahead.mu.Lock()
	for root, w := range s.ahead.wanted {
		maps.DeleteFunc(w.before, func(_ int, asked time.Time) bool { return now.Sub(asked) > wantedTime })
		if now.Sub(w.asked) > wantedTime {
			delete(s.ahead.wanted, root)
			continue
		}
		if !now.Before(w.rests) {
			list = append(list, wantedPiece{root, w.version == 0, w.asked})
		}
	}
	s.ahead.mu.Unlock()
	slices.SortFunc(list, func(a, b wantedPiece) int {
		return cmp.Or(boolOrder(a.first, b.first), cmp.Compare(a.root.Level(), b.root.Level()), b.asked.Compare(a.asked))
	})
	return list
}

// decidePiece decides one piece, where its figures have moved since, or another day has
// begun. One whose days are not added up is wanted no more until somebody asks again.
func (s *Services) decidePiece(ctx context.Context, root area.Code) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	version, today := s.Board.VersionOf(root.Dotted()), s.dayNow().Number()
	s.ahead.mu.Lock()
	w := s.ahead.wanted[root]
	if w == nil || w.version == version && w.today == today {
		s.ahead.mu.Unlock()
		return nil
	}
	w.version, w.today = version, today // who wants more meanwhile, puts it back
	days, years := slices.Sorted(maps.Keys(w.before)), s.Now().Sub(w.years) <= wantedTime
	s.ahead.mu.Unlock()
	for ago := defaultDays; ago > 0; ago-- {
		if day := s.dayNow().AddDays(-ago).Number(); s.Past.Settled(day) {
			days = append(days, day)
		}
	}
	ready := false
	err := caught.Panic(func() (err error) {
		if ready, err = s.Past.AddedUp(ctx, root); ready {
			err = s.decideDown(ctx, root, days, years)
		}
		return err
	})
	return s.ahead.end(root, s.Now(), ready, err)
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
