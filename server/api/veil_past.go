package api

import (
	"context"
	"sync"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// maxPastAreas bounds the cells of past days kept, in areas: some 60 MB. When
// full, they are read anew as they are asked for.
const maxPastAreas = 300_000

// pastCells keeps cells of days whose figures stay as they are.
type pastCells struct {
	mu    sync.Mutex
	kept  map[pastKey][]cells // guarded by mu
	areas int                 // in kept; guarded by mu
}

type pastKey struct {
	layout *layout
	day    int
}

func (p *pastCells) find(k pastKey) []cells {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kept[k]
}

func (p *pastCells) keep(k pastKey, c []cells) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil || p.areas > maxPastAreas {
		p.kept, p.areas = map[pastKey][]cells{}, 0
	}
	if p.kept[k] == nil {
		p.areas += len(c)
	}
	p.kept[k] = c
}

// cellsAt are a layout's cells as of the end of a past day; of a village's only
// the root's, for none are kept below it.
func (s *Services) cellsAt(ctx context.Context, l *layout, day int) ([]cells, error) {
	k := pastKey{l, day}
	if found := s.veils.past.find(k); found != nil {
		return found, nil
	}
	out := make([]cells, len(l.ids))
	villages := l.villages
	if villages == nil {
		villages = s.positionsIn(l)
	}
	numbers := make([]uint32, 0, len(villages))
	for n := range villages {
		numbers = append(numbers, n)
	}
	err := s.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) error {
		clear(out)
		rows, err := snap.DailyTallies(ctx, numbers, day)
		for i := range rows {
			f := tally.Figures{Provisional: rows[i].Provisional, Verified: rows[i].Verified}
			for _, position := range villages[rows[i].Village] {
				out[position].add(&f)
			}
		}
		return err
	})
	if err == nil && s.settled(day) && l.root.Level() < area.Village {
		s.veils.past.keep(k, out)
	}
	return out, err
}

// positionsIn are the villages of a piece that does not list them.
func (s *Services) positionsIn(l *layout) map[uint32][]int {
	out := map[uint32][]int{}
	if l.root.Level() == area.Village {
		for _, n := range s.Board.Numbers(l.root.Dotted()) {
			out[n] = []int{0}
		}
		return out
	}
	for i, id := range l.ids[1:] {
		code, err := area.Parse(id)
		if err != nil {
			continue
		}
		for _, n := range s.Board.Numbers(code.Dotted()) {
			out[n] = []int{0, i + 1}
		}
	}
	return out
}
