package past

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// Day is a subject's figures as of the end of a day.
type Day struct {
	tally.DayFigures
	// Comparable tells whether they can be held against the present ones: those of a survey
	// year not where villages are missing from them that are not now.
	Comparable bool
}

// Series gives a subject's figures as of the end of each of some days that are over, in
// their order. Errors: ErrTooManyDays. Days that are remembered cost nothing; others a
// row for each day, or for each village and day on which it moved.
func (p *Days) Series(ctx context.Context, x Subject, days []int) ([]Day, error) {
	figures, err := p.figuresOn(ctx, x, days)
	if err != nil {
		return nil, err
	}
	fits, err := p.comparable(ctx, x, days, figures)
	if err != nil {
		return nil, err
	}
	out := make([]Day, len(days))
	for i := range out {
		out[i] = Day{figures[i], fits[i]}
	}
	return out, nil
}

// On gives the figures of some subjects as of the end of one day that is over, in their
// order, from one moment of the store and within the context's scope. No village may be
// in two of them. It remembers nothing, and reads one row for each of the subjects or of
// their villages.
func (p *Days) On(ctx context.Context, list []Subject, day int) (out []tally.DayFigures, err error) {
	err = p.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		out, err = p.readOn(ctx, snap, list, day)
		return err
	})
	return out, err
}

func (p *Days) readOn(ctx context.Context, snap store.Snapshot, list []Subject, day int) ([]tally.DayFigures, error) {
	var codes []string
	for i := range list {
		if list[i].hasAreaDays() {
			codes = append(codes, list[i].Area.Dotted())
		}
	}
	known, err := p.areaDays(ctx, snap, codes, []int{day})
	if err != nil {
		return nil, err
	}
	out := make([]tally.DayFigures, len(list))
	partOf := map[uint32]int{}
	var numbers []uint32
	for i, x := range list {
		if x.hasAreaDays() {
			var ok bool
			if out[i], ok = known[x.Area.Dotted()].figuresAt(day, x.Year); ok {
				continue
			}
		}
		for _, n := range x.Villages(p.Board) {
			partOf[n] = i
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return out, nil
	}
	rows, err := snap.DailyTallies(ctx, numbers, day)
	for i := range rows {
		part := partOf[rows[i].Village]
		f := tally.OfVillageDay(&rows[i], list[part].Year)
		out[part].Add(&f)
	}
	return out, err
}

// wholeOf lets a Puskesmas's past be read as a whole, as its present is, also where it
// serves a village of another district than the caller's: what is remembered must be
// the same for all who may see the subject.
func (p *Days) wholeOf(ctx context.Context, x Subject) context.Context {
	scope, operator := store.ScopeOf(ctx)
	if x.Puskesmas == "" || operator {
		return ctx
	}
	scope.Figures = append(slices.Clone(scope.Figures), x.Villages(p.Board)...)
	return store.WithScope(ctx, scope)
}

// seriesOf adds up villages as of the end of each of some days, ascending, from
// the tallies that they kept, of a survey year or (0) of any.
func seriesOf(ctx context.Context, snap store.Snapshot, villages []uint32, days []int, year int) ([]tally.DayFigures, error) {
	first, last := days[0], days[len(days)-1]
	rows, err := snap.DailyTallies(ctx, villages, first)
	if err != nil {
		return nil, err
	}
	later, err := snap.DailyTalliesBetween(ctx, villages, first, last)
	if err != nil {
		return nil, err
	}
	now := map[uint32]tally.DayFigures{}
	var sum tally.DayFigures
	take := func(d *store.DailyTally) {
		before, is := now[d.Village], tally.OfVillageDay(d, year)
		sum.Sub(&before)
		sum.Add(&is)
		now[d.Village] = is
	}
	for i := range rows {
		take(&rows[i])
	}
	out := make([]tally.DayFigures, 0, len(days))
	for _, day := range days {
		for len(later) > 0 && later[0].Day <= day {
			take(&later[0])
			later = later[1:]
		}
		out = append(out, sum)
	}
	return out, nil
}
