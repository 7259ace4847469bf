package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// pastAreas is how many areas' cells of days that are over are kept, at 208 bytes
// each: a month of the districts of a large province.
const pastAreas = 1_000_000

type pastKey struct {
	layout *layout
	day    int
}

// cellsOn are a layout's cells as of the end of days that are over, ascending; of a
// village's only the root's, for none are kept below it.
func (s *Services) cellsOn(ctx context.Context, l *layout, days []int) (map[int][]cells, error) {
	out := map[int][]cells{}
	var missing []int
	for _, day := range days {
		if found, ok := s.veils.past.find(pastKey{l, day}); ok {
			out[day] = found
		} else {
			missing = append(missing, day)
		}
	}
	if len(missing) == 0 {
		return out, nil
	}
	// Who asks for the same while it is read, waits for it.
	found, err, _ := s.veils.once.Do(fmt.Sprintf("cells %p %v", l, missing), func() (any, error) {
		return s.readCells(context.WithoutCancel(ctx), l, missing)
	})
	if more, ok := found.(map[int][]cells); ok {
		maps.Copy(out, more)
	}
	return out, err
}

// readCells reads cells and keeps those that stay as they are.
func (s *Services) readCells(ctx context.Context, l *layout, days []int) (read map[int][]cells, err error) {
	err = s.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
		if l.root.Level() < area.District {
			read, err = s.cellsOfAreas(ctx, snap, l, days)
		} else {
			read, err = s.cellsOfVillages(ctx, snap, l, days)
		}
		return err
	})
	for day, c := range read {
		if err == nil && s.settled(day) && l.root.Level() < area.Village {
			s.veils.past.keep(pastKey{l, day}, c, taking{len(c), pastAreas})
		}
	}
	return read, err
}

// cellsOfAreas takes them from days that were added up; where some have not been,
// from the villages.
func (s *Services) cellsOfAreas(ctx context.Context, snap store.Snapshot, l *layout, days []int) (map[int][]cells, error) {
	out := map[int][]cells{}
	for _, day := range days {
		out[day] = make([]cells, len(l.ids))
	}
	codes := make([]string, len(l.ids))
	for i, id := range l.ids {
		code, err := area.Parse(id)
		if err != nil {
			return nil, err
		}
		codes[i] = code.Dotted()
	}
	known, err := s.areaDays(ctx, snap, codes, days)
	if err != nil {
		return nil, err
	}
	open := map[int]bool{}
	for i, code := range codes {
		for _, day := range days {
			f, ok := known[code].at(day)
			open[day] = open[day] || !ok
			out[day][i].add(&f)
		}
	}
	var rest []int
	for _, day := range days {
		if open[day] {
			rest = append(rest, day)
		}
	}
	if len(rest) == 0 {
		return out, nil
	}
	read, err := s.cellsOfVillages(ctx, snap, l, rest)
	for day, c := range read {
		out[day] = c
	}
	return out, err
}

// maxDaysAtOnce bounds what is read of villages in one go.
const maxDaysAtOnce = 40

// cellsOfVillages adds them up.
func (s *Services) cellsOfVillages(ctx context.Context, snap store.Snapshot, l *layout, days []int) (map[int][]cells, error) {
	villages := l.villages
	if villages == nil {
		villages = s.positionsIn(l)
	}
	if l.root.Level() < area.District && len(villages)*len(days) > maxDailyTallies {
		return nil, errTooManyDays
	}
	numbers := make([]uint32, 0, len(villages))
	for n := range villages {
		numbers = append(numbers, n)
	}
	out := map[int][]cells{}
	for ; len(days) > 0; days = days[min(len(days), maxDaysAtOnce):] {
		if err := addVillages(ctx, snap, out, len(l.ids), villages, numbers, days[:min(len(days), maxDaysAtOnce)]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addVillages follows the villages through some days.
func addVillages(ctx context.Context, snap store.Snapshot, out map[int][]cells, size int, positions map[uint32][]int, numbers []uint32, days []int) error {
	rows, err := snap.DailyTallies(ctx, numbers, days[0])
	if err != nil {
		return err
	}
	later, err := snap.DailyTalliesBetween(ctx, numbers, days[0], days[len(days)-1])
	if err != nil {
		return err
	}
	sum, now := make([]cells, size), map[uint32]cells{}
	take := func(d *store.DailyTally) {
		var is cells
		f := tally.FiguresOfDay(d)
		is.add(&f)
		was := now[d.Village]
		for _, i := range positions[d.Village] {
			sum[i].replace(&was, &is)
		}
		now[d.Village] = is
	}
	for i := range rows {
		take(&rows[i])
	}
	for _, day := range days {
		for len(later) > 0 && later[0].Day <= day {
			take(&later[0])
			later = later[1:]
		}
		out[day] = slices.Clone(sum)
	}
	return nil
}

// replace takes a part out as it was and puts it in as it is.
func (c *cells) replace(was, is *cells) {
	for v := range c {
		c[v].complete += is[v].complete - was[v].complete
		for n := range c[v].denominators {
			c[v].denominators[n] += is[v].denominators[n] - was[v].denominators[n]
		}
	}
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
