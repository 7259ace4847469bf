package person

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// UnreadError says in how many families, or whole villages, it could not be looked, and
// names some.
type UnreadError struct {
	Count int
	Some  []string
}

// unreadNamed are named at most.
const unreadNamed = 20

// Error names some of them.
func (e *UnreadError) Error() string {
	return fmt.Sprintf("not everybody could be looked at: families can't be read (%d; ks-server verify lists them), such as %s", e.Count, strings.Join(e.Some, ", "))
}

// everywherePage is how many families are read at a time.
const everywherePage = 200

// everywhere is a search under way.
type everywhere struct {
	service  *Service
	who      Selector
	progress func(done, all int)

	mu sync.Mutex
	// All guarded by mu.
	found  []Found
	unread UnreadError
	done   int
}

// FindEverywhere finds by NIK or NKK also what the index leaves out: members who left or
// were entered twice, families that are closed, values beside the one that is shown. It
// opens every family there is, some 15,000 a second and processor; villages are read each
// on its own snapshot, and the index last, which knows who came to be meanwhile. progress
// is told villages done of all. Errors: store.ErrNotFound; *UnreadError beside what was
// found; more families than one person's number has (findLimit).
func (s *Service) FindEverywhere(ctx context.Context, who Selector, progress func(done, all int)) ([]Found, error) {
	e := &everywhere{service: s, who: who, progress: progress}
	if err := e.search(ctx); err != nil {
		return nil, err
	}
	counted, err := s.Find(ctx, who)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	for _, f := range counted {
		if !slices.ContainsFunc(e.found, f.same) {
			e.found = append(e.found, f)
		}
	}
	err = nil
	if len(e.found) == 0 {
		err = errNobody
	}
	if e.unread.Count > 0 {
		err = errors.Join(err, &e.unread)
	}
	return e.found, err
}

func (e *everywhere) search(ctx context.Context) error {
	var villages []store.Village
	err := e.service.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		villages, err = snap.VillagesUnder(ctx, "")
		return err
	})
	if err != nil {
		return err
	}
	villages = slices.DeleteFunc(villages, func(v store.Village) bool { return v.Revision == 0 })
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(runtime.GOMAXPROCS(0), e.service.Store.LongReads()))
	for _, v := range villages {
		group.Go(func() error {
			err := e.village(ctx, v)
			if errors.Is(err, store.ErrDamaged) { // and so the store can't list its families
				e.pass("village " + v.Code)
			} else if err != nil {
				return fmt.Errorf("look through village %s: %w", v.Code, err)
			}
			e.mu.Lock()
			defer e.mu.Unlock()
			e.done++
			e.progress(e.done, len(villages))
			return nil
		})
	}
	return group.Wait()
}

func (e *everywhere) village(ctx context.Context, v store.Village) error {
	return e.service.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		return store.EachFamily(ctx, snap, v.Number, nil, everywherePage, func(row *store.Family) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			_, _, state, err := e.service.Core.Vault.ReadFamily(ctx, snap, row)
			if ingest.OfRecord(err) || errors.Is(err, store.ErrDamaged) {
				e.pass("family " + row.ID.String())
				return nil
			}
			if err != nil {
				return err
			}
			return e.look(&Found{Village: v, Row: *row, state: state})
		})
	})
}

// look keeps the family where it holds who is meant.
func (e *everywhere) look(f *Found) error {
	if len(f.with(e.who)) == 0 {
		return nil
	}
	if err := f.view(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	// Where a read runs again, it finds again.
	for _, one := range f.with(e.who) {
		if !slices.ContainsFunc(e.found, one.same) {
			e.found = append(e.found, one)
		}
	}
	if len(e.found) > findLimit {
		return fmt.Errorf("more than %d families hold that number, which is no one person's or household's; name them by --family", findLimit)
	}
	return nil
}

func (e *everywhere) pass(unread string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unread.Count++
	if len(e.unread.Some) < unreadNamed {
		e.unread.Some = append(e.unread.Some, unread)
	}
}
