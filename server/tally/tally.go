// Package tally keeps every area's figures in memory, for dashboards: it follows
// the store, at most Interval behind a commit, and answers for any area from
// village to nation, or Puskesmas, without touching the database or adding
// anything up. Each area's sum is kept by difference: a village that changed
// moves its own figures and those of the five areas around it.
//
//	board := tally.New(store, time.Now)
//	err := board.Refresh(ctx)   // or go board.Run(ctx, onError)
//	sum := board.Area("32.04")
//
// Names, targets and the villages of Puskesmas are kept too, and read anew when
// they change. RW and RT are not here: the store has a row for each.
package tally

import (
	"context"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/server/store"
)

// Interval between looks at the store; an answer is at most this old, plus the
// time of one look.
const Interval = time.Second

// Board holds the figures. Safe for concurrent use. Run keeps it up to date;
// Refresh does so once.
type Board struct {
	store store.Store
	now   func() time.Time

	refreshing sync.Mutex // one Refresh at a time

	mu      sync.RWMutex
	tree    *tree         // guarded by mu
	turn    uint64        // counts the looks that changed something; guarded by mu
	next    chan struct{} // closed with the next one; guarded by mu
	version string        // of the directory that tree was built of; guarded by mu
	cursor  int64         // guarded by mu
	asOf    time.Time     // guarded by mu
}

// New makes an empty board.
func New(s store.Store, now func() time.Time) *Board {
	return &Board{store: s, now: now, tree: newTree(&store.WholeDirectory{}), version: "none read", next: make(chan struct{})}
}

// look is what one look at the store found.
type look struct {
	changed []store.Village
	next    int64
	version string
	// directory is nil where it has not changed.
	directory *store.WholeDirectory
}

// Refresh reads what changed since the last time.
func (b *Board) Refresh(ctx context.Context) error {
	b.refreshing.Lock()
	defer b.refreshing.Unlock()
	b.mu.RLock()
	cursor, version := b.cursor, b.version
	b.mu.RUnlock()
	asked := b.now()
	var found look
	err := b.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		found = look{}
		if found.version, err = snap.DirectoryVersion(ctx); err != nil {
			return err
		}
		if found.version != version {
			if found.directory, err = snap.WholeDirectory(ctx); err != nil {
				return err
			}
		}
		found.changed, found.next, err = snap.ChangedVillages(ctx, cursor)
		return err
	})
	if err != nil {
		return err
	}
	b.take(&found, asked)
	return nil
}

func (b *Board) take(found *look, asked time.Time) {
	var fresh *tree
	if found.directory != nil {
		// Only Refresh writes the tree, and there is but one: it may be read here.
		fresh = newTree(found.directory)
		fresh.takeOver(b.tree)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn++
	close(b.next)
	b.next = make(chan struct{})
	if fresh != nil {
		b.tree, b.version = fresh, found.version
		b.tree.markAll(b.turn)
	}
	for i := range found.changed {
		v := &found.changed[i]
		if planted.Is(planted.CacheStale) && b.cursor != 0 {
			continue
		}
		b.tree.put(v.Number, stateOf(v), b.turn)
	}
	b.cursor, b.asOf = found.next, asked
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
