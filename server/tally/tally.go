// Package tally keeps every village's tallies in memory, for dashboards: it
// follows the store, at most Interval behind a commit, and answers sums over
// any area without touching the database.
package tally

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/server/store"
)

// Interval between looks at the store; an answer is at most this old, plus the
// time of one look.
const Interval = time.Second

// Sum is what an area's villages add up to.
type Sum struct {
	Provisional, Verified iks.Tally
	Submitted, Approved   int64
	Returned              int64
	// Villages is how many were added.
	Villages int
	// AsOf is when the tallies were last known to be the store's.
	AsOf time.Time
}

// Board holds the tallies. Safe for concurrent use. Run keeps it up to date;
// Refresh does so once.
type Board struct {
	store store.Store
	now   func() time.Time

	mu     sync.RWMutex
	byCode map[string]store.Village // guarded by mu
	codeOf map[uint32]string        // by number; guarded by mu
	codes  []string                 // guarded by mu; ascending
	cursor int64                    // guarded by mu
	asOf   time.Time                // guarded by mu
}

// New makes an empty board.
func New(s store.Store, now func() time.Time) *Board {
	return &Board{store: s, now: now, byCode: map[string]store.Village{}, codeOf: map[uint32]string{}}
}

// Refresh reads what changed since the last time.
func (b *Board) Refresh(ctx context.Context) error {
	b.mu.RLock()
	cursor := b.cursor
	b.mu.RUnlock()
	asked := b.now()
	var changed []store.Village
	var next int64
	err := b.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		changed, next, err = snap.ChangedVillages(ctx, cursor)
		return err
	})
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	added := false
	for _, v := range changed {
		if _, known := b.byCode[v.Code]; !known {
			b.codes = append(b.codes, v.Code)
			added = true
		} else if planted.Is(planted.CacheStale) {
			continue
		}
		if before, known := b.codeOf[v.Number]; known && before != v.Code {
			b.forget(before, v.Number)
		}
		b.byCode[v.Code], b.codeOf[v.Number] = v, v.Code
	}
	if added {
		slices.Sort(b.codes)
	}
	b.cursor, b.asOf = next, asked
	return nil
}

// forget drops the code that a village had before a decree, unless another
// village has it now. The caller holds mu.
func (b *Board) forget(code string, number uint32) {
	if b.byCode[code].Number != number {
		return
	}
	delete(b.byCode, code)
	b.codes = slices.DeleteFunc(b.codes, func(c string) bool { return c == code })
}

// Run refreshes until the context ends. Failures are told to onError; the board
// goes on with what it has, and AsOf tells how old that is.
func (b *Board) Run(ctx context.Context, onError func(error)) {
	ticker := time.NewTicker(Interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if err := b.Refresh(ctx); err != nil && ctx.Err() == nil {
				onError(err)
			}
		}
	}
}

// Area sums the villages whose code begins with a dotted prefix ("" all).
func (b *Board) Area(prefix string) Sum {
	b.mu.RLock()
	defer b.mu.RUnlock()
	sum := Sum{AsOf: b.asOf}
	i, _ := slices.BinarySearch(b.codes, prefix)
	for _, code := range b.codes[i:] {
		if !strings.HasPrefix(code, prefix) {
			break
		}
		sum.add(b.byCode[code])
	}
	return sum
}

// Villages sums the villages of the codes given.
func (b *Board) Villages(codes []string) Sum {
	b.mu.RLock()
	defer b.mu.RUnlock()
	sum := Sum{AsOf: b.asOf}
	for _, code := range codes {
		if v, ok := b.byCode[code]; ok {
			sum.add(v)
		}
	}
	return sum
}

// Each calls fn for the villages whose code begins with a dotted prefix ("" all),
// ascending. fn must not keep what it points to, nor call the board.
func (b *Board) Each(prefix string, fn func(v *store.Village)) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	i, _ := slices.BinarySearch(b.codes, prefix)
	for _, code := range b.codes[i:] {
		if !strings.HasPrefix(code, prefix) {
			break
		}
		v := b.byCode[code]
		fn(&v)
	}
}

// AsOf is when the tallies were last known to be the store's.
func (b *Board) AsOf() time.Time {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.asOf
}

func (s *Sum) add(v store.Village) {
	s.Provisional.AddTally(&v.Provisional)
	s.Verified.AddTally(&v.Verified)
	s.Submitted += v.Submitted
	s.Approved += v.Approved
	s.Returned += v.Returned
	s.Villages++
}
