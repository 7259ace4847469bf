package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// pastAreas is how many areas' cells of days that are over are kept, at 208 bytes
// each, and as many for each survey year: a month of a dozen large districts. They are
// needed while days are decided, and after a change that may move what is withheld.
const pastAreas = 500_000

type pastKey struct {
	layout *layout
	day    int
	years  bool
}

// yearCells are a layout's cells by survey year; those of any year stand under anyYear.
type yearCells map[int][]cells

const anyYear = 0

// at finds or makes those of a year.
func (c yearCells) at(year, size int) []cells {
	if c[year] == nil {
		c[year] = make([]cells, size)
	}
	return c[year]
}

// cellsOn are a layout's cells as of the end of days that are over, ascending; of a
// village's only the root's, for none are kept below it. years: by survey year and of
// any, else of any alone.
func (s *Services) cellsOn(ctx context.Context, l *layout, days []int, years bool) (map[int]yearCells, error) {
	out := map[int]yearCells{}
	var missing []int
	for _, day := range days {
		found, ok := s.veils.past.find(pastKey{l, day, true})
		if !ok && !years {
			found, ok = s.veils.past.find(pastKey{l, day, false})
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
	if more, ok := found.(map[int]yearCells); ok {
		maps.Copy(out, more)
	}
	return out, err
}

// readCells reads cells and keeps those that stay as they are.
func (s *Services) readCells(ctx context.Context, l *layout, days []int, years bool) (read map[int]yearCells, err error) {
	err = s.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
		if l.root.Level() < area.District {
			read, err = s.cellsOfAreas(ctx, snap, l, days, years)
		} else {
			read, err = s.cellsOfVillages(ctx, snap, l, days, years)
		}
		return err
	})
	for day, c := range read {
		if err == nil && s.settled(day) && l.root.Level() < area.Village {
			s.veils.past.keep(pastKey{l, day, years}, c, taking{len(l.ids) * max(len(c), 1), pastAreas})
		}
	}
	return read, err
}

// maxDaysAtOnce bounds what is read of villages in one go.
const maxDaysAtOnce = 40

// cellsOfVillages adds up the villages of a district, or one.
func (s *Services) cellsOfVillages(ctx context.Context, snap store.Snapshot, l *layout, days []int, years bool) (map[int]yearCells, error) {
	villages := l.villages
	if villages == nil {
		villages = map[uint32][]int{}
		for _, n := range s.Board.Numbers(l.root.Dotted()) {
			villages[n] = []int{0}
		}
	}
	sum := villagePast{size: len(l.ids), positions: villages, numbers: slices.Collect(maps.Keys(villages)), years: years}
	return sum.followAll(ctx, snap, days)
}

// cellsOfDay are those of a row; none where it has none.
func cellsOfDay(d *store.AreaDay, years bool) []cellsIn {
	if d == nil {
		return nil
	}
	var list iks.YearTallies
	if years {
		list, _ = tally.YearsOfAreaDay(d) // what is not known is told of nowhere
	}
	return cellsOfFigures(&tally.Figures{Provisional: d.Provisional, Verified: d.Verified}, list)
}

// villagePast adds up villages on days that are over.
type villagePast struct {
	size      int
	positions map[uint32][]int
	numbers   []uint32
	years     bool
}

// followAll follows the villages through days, so many at once.
func (p *villagePast) followAll(ctx context.Context, snap store.Snapshot, days []int) (map[int]yearCells, error) {
	out := map[int]yearCells{}
	for some := range slices.Chunk(days, maxDaysAtOnce) {
		if err := p.follow(ctx, snap, out, some); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// follow follows the villages through some days.
func (p *villagePast) follow(ctx context.Context, snap store.Snapshot, out map[int]yearCells, days []int) error {
	rows, err := snap.DailyTallies(ctx, p.numbers, days[0])
	if err != nil {
		return err
	}
	later, err := snap.DailyTalliesBetween(ctx, p.numbers, days[0], days[len(days)-1])
	if err != nil {
		return err
	}
	sum, now := yearCells{}, map[uint32][]cellsIn{}
	sum.at(anyYear, p.size)
	take := func(d *store.DailyTally) {
		was, is := now[d.Village], p.cellsOf(d)
		for _, i := range p.positions[d.Village] {
			sum.move(was, is, i, p.size)
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
		out[day] = sum.clone()
	}
	return nil
}

// cellsOf are a village's on a day.
func (p *villagePast) cellsOf(d *store.DailyTally) []cellsIn {
	var years iks.YearTallies
	if p.years {
		years, _ = tally.YearsOfDay(d) // what is not known is told of nowhere
	}
	f := tally.FiguresOfDay(d)
	return cellsOfFigures(&f, years)
}

// cellsIn are an area's cells of a survey year, or of anyYear.
type cellsIn struct {
	year  int
	cells cells
}

// cellsOfFigures are the cells of figures of any year, and of those by survey year.
func cellsOfFigures(f *tally.Figures, years iks.YearTallies) []cellsIn {
	out := make([]cellsIn, 1+len(years))
	out[0].cells.add(f) // of anyYear
	for i := range years {
		out[i+1].year = years[i].Year
		out[i+1].cells.add(&tally.Figures{Provisional: years[i].Provisional, Verified: years[i].Verified})
	}
	return out
}

// move takes a part out of a position as it was and puts it in as it is.
func (c yearCells) move(was, is []cellsIn, position, size int) {
	var none cells
	for i := range was {
		c.at(was[i].year, size)[position].replace(&was[i].cells, &none)
	}
	for i := range is {
		c.at(is[i].year, size)[position].replace(&none, &is[i].cells)
	}
}

func (c yearCells) clone() yearCells {
	out := make(yearCells, len(c))
	for year, list := range c {
		out[year] = slices.Clone(list)
	}
	return out
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
