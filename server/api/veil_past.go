package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// pastAreas is how many areas' cells of days that are over are kept, at 208 bytes
// each, and as many for each survey year: a month of a dozen large districts. They are
// needed while days are decided, and after a change that may move what is withheld.
const pastAreas = 500_000

type pastKey struct {
	layout *disclosure.Layout
	day    int
	years  bool
}

// cellsOn are a layout's cells as of the end of days that are over, ascending; of a
// village's only the root's, for none are kept below it. years: by survey year and of
// any, else of any alone.
func (s *Services) cellsOn(ctx context.Context, l *disclosure.Layout, days []int, years bool) (map[int]disclosure.YearCells, error) {
	out := map[int]disclosure.YearCells{}
	var missing []int
	for _, day := range days {
		found, ok := s.veils.past.Find(pastKey{l, day, true})
		if !ok && !years {
			found, ok = s.veils.past.Find(pastKey{l, day, false})
		}
		if ok {
			out[day] = found
		} else {
			missing = append(missing, day)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	// Who asks for the same while it is read, waits for it.
	found, err, _ := s.veils.once.Do(fmt.Sprintf("cells %p %v %v", l, missing, years), func() (any, error) {
		return s.readCells(context.WithoutCancel(ctx), l, missing, years)
	})
	if more, ok := found.(map[int]disclosure.YearCells); ok {
		maps.Copy(out, more)
	}
	return out, err
}

// readCells reads cells and keeps those that stay as they are.
func (s *Services) readCells(ctx context.Context, l *disclosure.Layout, days []int, years bool) (read map[int]disclosure.YearCells, err error) {
	err = s.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
		if l.Root().Level() < area.District {
			read, err = s.cellsOfAreas(ctx, snap, l, days, years)
		} else {
			read, err = s.cellsOfVillages(ctx, snap, l, days, years)
		}
		return err
	})
	for day, c := range read {
		if err == nil && s.settled(day) && l.Root().Level() < area.Village {
			s.veils.past.Keep(pastKey{l, day, years}, c, aging.Taking{Size: c.Len(), Room: pastAreas})
		}
	}
	return read, err
}

// maxDaysAtOnce bounds what is read of villages in one go.
const maxDaysAtOnce = 40

// cellsOfVillages adds up the villages of a district, or one.
func (s *Services) cellsOfVillages(ctx context.Context, snap store.Snapshot, l *disclosure.Layout, days []int, years bool) (map[int]disclosure.YearCells, error) {
	villages := l.Villages()
	if villages == nil {
		villages = map[uint32][]int{}
		for _, n := range s.Board.Numbers(l.Root().Dotted()) {
			villages[n] = []int{0}
		}
	}
	sum := villagePast{layout: l, positions: villages, numbers: slices.Collect(maps.Keys(villages)), years: years}
	return sum.followAll(ctx, snap, days)
}

// villagePast adds up villages on days that are over.
type villagePast struct {
	layout    *disclosure.Layout
	positions map[uint32][]int
	numbers   []uint32
	years     bool
}

// followAll follows the villages through days, so many at once.
func (p *villagePast) followAll(ctx context.Context, snap store.Snapshot, days []int) (map[int]disclosure.YearCells, error) {
	out := map[int]disclosure.YearCells{}
	for some := range slices.Chunk(days, maxDaysAtOnce) {
		if err := p.follow(ctx, snap, out, some); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// follow follows the villages through some days.
func (p *villagePast) follow(ctx context.Context, snap store.Snapshot, out map[int]disclosure.YearCells, days []int) error {
	rows, err := snap.DailyTallies(ctx, p.numbers, days[0])
	if err != nil {
		return err
	}
	later, err := snap.DailyTalliesBetween(ctx, p.numbers, days[0], days[len(days)-1])
	if err != nil {
		return err
	}
	sum := disclosure.NewRunning(p.layout)
	take := func(d *store.DailyTally) {
		var years iks.YearTallies
		if p.years {
			years, _ = tally.YearsOfDay(d) // what is not known is told of nowhere
		}
		f := tally.FiguresOfDay(d)
		sum.Put(d.Village, p.positions[d.Village], &f, years)
	}
	for i := range rows {
		take(&rows[i])
	}
	for _, day := range days {
		for len(later) > 0 && later[0].Day <= day {
			take(&later[0])
			later = later[1:]
		}
		out[day] = sum.Cells()
	}
	return nil
}
