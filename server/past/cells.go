package past

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

// keptAreas is how many areas' cells of days that are over are kept, at 208 bytes
// each, and as many for each survey year: a month of a dozen large districts. They are
// needed while days are decided, and after a change that may move what is withheld.
const keptAreas = 500_000

type keptCells struct {
	layout *disclosure.Layout
	day    int
	years  bool
}

// CellQuery asks for cells.
type CellQuery struct {
	Layout *disclosure.Layout
	// Days are over, and ascending.
	Days []int
	// Years: by survey year and of any, else of any alone.
	Years bool
}

// Cells gives a layout's cells as of the end of each of some days that are over, by day;
// of a village's only the root's, for none are kept below it. They are of all that the
// layout has, whatever the context's scope, and who gets them must not alter them.
// Errors: ErrTooManyDays. It costs a row for each area and day, or for each village and
// day on which it moved; those of settled days are remembered.
func (p *Days) Cells(ctx context.Context, q CellQuery) (map[int]disclosure.YearCells, error) {
	out := map[int]disclosure.YearCells{}
	var missing []int
	for _, day := range q.Days {
		found, ok := p.kept.cells.Find(keptCells{q.Layout, day, true})
		if !ok && !q.Years {
			found, ok = p.kept.cells.Find(keptCells{q.Layout, day, false})
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
	found, err, _ := p.once.Do(fmt.Sprintf("cells %p %v %v", q.Layout, missing, q.Years), func() (any, error) {
		return p.readCells(context.WithoutCancel(ctx), CellQuery{q.Layout, missing, q.Years})
	})
	if more, ok := found.(map[int]disclosure.YearCells); ok {
		maps.Copy(out, more)
	}
	return out, err
}

// readCells reads cells and keeps those that stay as they are.
func (p *Days) readCells(ctx context.Context, q CellQuery) (read map[int]disclosure.YearCells, err error) {
	err = p.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
		if q.Layout.Root().Level() < area.District {
			read, err = p.cellsOfAreas(ctx, snap, q)
		} else {
			read, err = p.cellsOfVillages(ctx, snap, q)
		}
		return err
	})
	for day, c := range read {
		if err == nil && p.Settled(day) && q.Layout.Root().Level() < area.Village {
			p.kept.cells.Keep(keptCells{q.Layout, day, q.Years}, c, aging.Taking{Size: c.Len(), Room: keptAreas})
		}
	}
	return read, err
}

// maxDaysAtOnce bounds what is read of villages in one go.
const maxDaysAtOnce = 40

// cellsOfVillages adds up the villages of a district, or one.
func (p *Days) cellsOfVillages(ctx context.Context, snap store.Snapshot, q CellQuery) (map[int]disclosure.YearCells, error) {
	villages := q.Layout.Villages()
	if villages == nil {
		villages = map[uint32][]int{}
		for _, n := range p.Board.Numbers(q.Layout.Root().Dotted()) {
			villages[n] = []int{0}
		}
	}
	sum := villagePast{layout: q.Layout, positions: villages, numbers: slices.Collect(maps.Keys(villages)), years: q.Years}
	return sum.followAll(ctx, snap, q.Days)
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
