package past

import (
	"context"
	"slices"

	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// maxComparedVillages bounds the villages whose days are looked at to find out whether
// those that a day is without are without figures now: no more are told of a survey year
// than one in a hundred of the nation's.
const maxComparedVillages = 1_000

// comparable tells of each of some days, ascending, whether a survey year's figures of it
// can be held against the present ones: every village that they are without is missing
// now, too. How many are does not say which.
func (p *Days) comparable(ctx context.Context, x Subject, days []int, figures []tally.DayFigures) ([]bool, error) {
	out := make([]bool, len(days))
	whole := true
	for i := range figures {
		out[i] = figures[i].Uncounted == 0
		whole = whole && out[i]
	}
	if whole || x.Year == 0 {
		return out, nil
	}
	missing := p.missingNow(x)
	if len(missing) == 0 || len(missing) > maxComparedVillages {
		return out, nil
	}
	err := p.Store.Read(p.wholeOf(ctx, x), func(ctx context.Context, snap store.Snapshot) error {
		of, err := seriesOf(ctx, snap, missing, days, x.Year)
		for i := range of {
			out[i] = of[i].Uncounted == figures[i].Uncounted
		}
		return err
	})
	return out, err
}

// missingNow are a subject's villages whose survey years are still to be counted.
func (p *Days) missingNow(x Subject) []uint32 {
	uncounted := p.Board.Uncounted()
	if len(uncounted) == 0 {
		return nil
	}
	slices.Sort(uncounted)
	return slices.DeleteFunc(slices.Clone(x.Villages(p.Board)), func(number uint32) bool {
		_, found := slices.BinarySearch(uncounted, number)
		return !found
	})
}
