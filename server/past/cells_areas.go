package past

import (
	"context"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// areaCells adds up the cells of areas above the kecamatan as of the end of days that
// are over.
type areaCells struct {
	days   *Days
	snap   store.Snapshot
	layout *disclosure.Layout
	years  bool
	out    map[int]disclosure.YearCells
}

// cellsOfAreas takes them from days that were added up. Where an area's have not been,
// it reads what lies below that area alone: its districts' days, and the villages of
// those that have none either. So a province that has no figures yet, or other villages
// since a minute, holds up nobody else's.
func (p *Days) cellsOfAreas(ctx context.Context, snap store.Snapshot, q CellQuery) (map[int]disclosure.YearCells, error) {
	l, days := q.Layout, q.Days
	a := &areaCells{p, snap, l, q.Years, map[int]disclosure.YearCells{}}
	for _, day := range days {
		a.out[day] = disclosure.NewYearCells(l)
	}
	parts := map[string]int{}
	for i, id := range l.Areas()[1:] {
		code, err := area.Parse(id)
		if err != nil {
			return nil, err
		}
		parts[code.Dotted()] = i + 1
	}
	if err := a.add(ctx, l.Root().Level()+1, parts, days); err != nil {
		return nil, err
	}
	whole := l.Root().Dotted()
	known, err := p.areaDays(ctx, snap, []string{whole}, days)
	if err != nil {
		return nil, err
	}
	missing := a.addKnown(known[whole], 0, days)
	for _, day := range days[len(days)-missing:] {
		a.out[day].SumParts()
	}
	return a.out, nil
}

// add adds areas of a level, by their dotted codes, at their positions.
func (a *areaCells) add(ctx context.Context, level area.Level, positions map[string]int, days []int) error {
	codes := slices.Sorted(maps.Keys(positions))
	known, err := a.days.areaDays(ctx, a.snap, codes, days)
	if err != nil {
		return err
	}
	open := map[int]map[string]int{} // by how many of the days, from the end, are missing
	for _, code := range codes {
		missing := a.addKnown(known[code], positions[code], days)
		if missing == 0 {
			continue
		}
		if open[missing] == nil {
			open[missing] = map[string]int{}
		}
		below := []string{code}
		if level < area.District {
			below = a.days.Board.Codes(code)
		}
		for _, part := range below {
			open[missing][part] = positions[code]
		}
	}
	for missing, parts := range open {
		rest := days[len(days)-missing:]
		if level < area.District {
			err = a.add(ctx, level+1, parts, rest)
		} else {
			err = a.addVillages(ctx, parts, rest)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addKnown adds an area's days that were added up, and tells how many, from the end, are
// missing.
func (a *areaCells) addKnown(known *areaDays, position int, days []int) (missing int) {
	for i, day := range days {
		d, ok := known.at(day)
		if !ok {
			return len(days) - i
		}
		if d == nil {
			continue
		}
		var years iks.YearTallies
		if a.years {
			years, _ = tally.YearsOfAreaDay(d) // what is not known is told of nowhere
		}
		a.out[day].Add(position, &tally.Figures{Provisional: d.Provisional, Verified: d.Verified}, years)
	}
	return 0
}

// addVillages adds districts from their villages. Where those are more than may be read,
// it leaves out the districts where nothing had come yet.
func (a *areaCells) addVillages(ctx context.Context, districts map[string]int, days []int) error {
	sum := villagePast{layout: a.layout, positions: map[uint32][]int{}, years: a.years}
	all, limit := 0, MaxDailyTallies/len(days)
	for code := range districts {
		all += a.days.Board.Villages(code)
	}
	for code, position := range districts {
		numbers := a.days.Board.Numbers(code)
		if all > limit {
			none, err := nothingBy(ctx, a.snap, numbers, days[len(days)-1])
			if err != nil {
				return err
			}
			if none {
				continue
			}
		}
		for _, n := range numbers {
			sum.positions[n] = []int{position}
		}
		if len(sum.positions) > limit {
			return ErrTooManyDays
		}
	}
	sum.numbers = slices.Sorted(maps.Keys(sum.positions))
	read, err := sum.followAll(ctx, a.snap, days)
	for day, cells := range read {
		a.out[day].AddAll(cells)
	}
	return err
}

// villagesAtOnce are looked at together for figures, which takes long only where there
// are many.
const villagesAtOnce = 200

// nothingBy tells whether none of some villages had any figures at the end of a day.
func nothingBy(ctx context.Context, snap store.Snapshot, villages []uint32, day int) (bool, error) {
	for some := range slices.Chunk(villages, villagesAtOnce) {
		first, err := snap.FirstDay(ctx, some)
		if err != nil || first != 0 && first <= day {
			return false, err
		}
	}
	return true, nil
}
