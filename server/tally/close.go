package tally

import (
	"context"
	"errors"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

// Closer writes what districts, provinces and the nation added up to on each day
// that is over (store.AreaDay), so that a question about the nation's past reads a
// row a day. A district's rows come from its villages' daily tallies and movements,
// those above from the rows below. Several processes may do so at once: they write
// the same.
type Closer struct {
	Store store.Store
	Board *Board
	Now   func() time.Time

	// closed is the day up to which all is written, and of which directory.
	closed    int
	directory uint64
}

// CloseInterval is how often Run looks whether a day is over, or the villages of an
// area are others.
const CloseInterval = time.Minute

// Run closes days until the context ends. Failures are told to onError, and tried
// again at the next look.
func (c *Closer) Run(ctx context.Context, onError func(error)) {
	ticker := time.NewTicker(CloseInterval)
	defer ticker.Stop()
	for {
		if err := c.Close(ctx); err != nil && ctx.Err() == nil {
			onError(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Close writes what is missing up to the last settled day.
func (c *Closer) Close(ctx context.Context) error {
	last, directory := SettledDay(c.Now()), c.Board.Directory()
	if c.closed == last && c.directory == directory {
		return nil
	}
	ctx = store.WithScope(ctx, store.Scope{Everywhere: true})
	for _, province := range c.Board.Codes("") {
		districts := c.Board.Codes(province)
		for _, district := range districts {
			if err := c.closeArea(ctx, district, last, c.villageDays); err != nil {
				return err
			}
		}
		if err := c.closeArea(ctx, province, last, sumOf(districts)); err != nil {
			return err
		}
	}
	if err := c.closeArea(ctx, "", last, sumOf(c.Board.Codes(""))); err != nil {
		return err
	}
	c.closed, c.directory = last, directory
	return nil
}

// days gives an area's next rows, one for each day, at most maxDaysAtOnce: after a day
// (0: from the beginning) and up to another. None: the area has never had any figures.
type days func(ctx context.Context, snap store.Snapshot, area string, after, upTo int) ([]store.AreaDay, error)

// maxDaysAtOnce bounds what is read and written in one transaction: a district's
// 300 villages on as many days are some 40 MB.
const maxDaysAtOnce = 40

// closeArea writes an area's missing rows, and its last one again; all of them where it has
// other villages than they are of.
func (c *Closer) closeArea(ctx context.Context, area string, last int, days days) error {
	for day := 0; day < last; {
		rows, after, err := c.missing(ctx, area, last, days)
		if err != nil || after < 0 {
			return err
		}
		err = c.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return errors.Join(tx.Figures().ForgetAreaDays(ctx, area, after), tx.Figures().PutAreaDays(ctx, rows))
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		day = rows[len(rows)-1].Day
	}
	return nil
}

// missing are an area's next rows, after a day; after is -1 where nothing is to be written.
// The last day that is closed is told anew: a server whose clock is behind may have written
// to it since. Those that are not over were closed by a clock that ran ahead.
func (c *Closer) missing(ctx context.Context, area string, last int, days days) (rows []store.AreaDay, after int, err error) {
	fingerprint := c.Board.Fingerprint(area)
	err = c.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		after = 0
		span, err := snap.AreaDaySpan(ctx, area)
		switch {
		case errors.Is(err, store.ErrNotFound):
			after = -1
		case err != nil:
			return err
		case span.Last > store.LastDayAhead(last):
			after = -1 // this clock is far behind
			return nil
		case span.Villages == fingerprint && span.First < min(span.Last, last):
			after = dayBefore(min(span.Last, last))
		}
		rows, err = days(ctx, snap, area, max(after, 0), last)
		for i := range rows {
			rows[i].Area, rows[i].Villages = area, fingerprint
		}
		if len(rows) > 0 {
			after = max(after, 0)
		}
		return err
	})
	return rows, after, err
}

// following are the days that come next.
func following(after, upTo int) []int {
	var out []int
	for day := dayAfter(after); day <= upTo && len(out) < maxDaysAtOnce; day = dayAfter(day) {
		out = append(out, day)
	}
	return out
}

// villageDays adds up a district's villages.
func (c *Closer) villageDays(ctx context.Context, snap store.Snapshot, area string, after, upTo int) ([]store.AreaDay, error) {
	numbers := c.Board.Numbers(area)
	if after == 0 {
		first, err := snap.FirstDay(ctx, numbers)
		if err != nil || first == 0 || first > upTo {
			return nil, err
		}
		after = dayBefore(first)
	}
	next := following(after, upTo)
	last := next[len(next)-1]
	sum := &villageSum{now: map[uint32]store.DailyTally{}}
	rows, err := snap.DailyTallies(ctx, numbers, after)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		sum.replace(&rows[i])
	}
	later, err := snap.DailyTalliesBetween(ctx, numbers, after, last)
	if err != nil {
		return nil, err
	}
	causes, yearCauses := map[int]*store.CauseSums{}, map[int]store.YearCauses{}
	err = snap.MovementsBetween(ctx, numbers, after, last, func(m store.Movement) error {
		if causes[m.Day] == nil {
			causes[m.Day], yearCauses[m.Day] = &store.CauseSums{}, store.YearCauses{}
		}
		causes[m.Day].Add(&m)
		return yearCauses[m.Day].Add(&m)
	})
	if err != nil {
		return nil, err
	}
	var out []store.AreaDay
	for _, day := range next {
		for len(later) > 0 && later[0].Day <= day {
			sum.replace(&later[0])
			later = later[1:]
		}
		d := sum.day(day)
		d.Causes, d.YearCauses = causes[day], yearCauses[day]
		out = append(out, d)
	}
	return out, nil
}

// sumOf adds up the rows of areas.
func sumOf(parts []string) days {
	return func(ctx context.Context, snap store.Snapshot, _ string, after, upTo int) ([]store.AreaDay, error) {
		if after == 0 {
			first, err := firstOf(ctx, snap, parts)
			if err != nil || first == 0 || first > upTo {
				return nil, err
			}
			after = dayBefore(first)
		}
		at := map[int]int{}
		var out []store.AreaDay
		for i, day := range following(after, upTo) {
			at[day] = i
			out = append(out, store.AreaDay{Day: day})
		}
		years := make([]areaYears, len(out))
		q := store.AreaDayQuery{Areas: parts, From: out[0].Day, To: out[len(out)-1].Day, Causes: true}
		err := snap.AreaDays(ctx, q, func(d *store.AreaDay) error {
			sum := &out[at[d.Day]]
			sum.Provisional.AddTally(&d.Provisional)
			sum.Verified.AddTally(&d.Verified)
			sum.Collection.Add(d.Collection)
			if d.Causes != nil {
				if sum.Causes == nil {
					sum.Causes, sum.YearCauses = &store.CauseSums{}, store.YearCauses{}
				}
				sum.Causes.AddSums(d.Causes)
				sum.YearCauses.AddCauses(d.YearCauses)
			}
			years[at[d.Day]].add(d)
			return nil
		})
		for i := range out {
			years[i].into(&out[i])
		}
		return out, err
	}
}

// firstOf is the first day of which one of the areas has a row; 0: none.
func firstOf(ctx context.Context, snap store.Snapshot, areas []string) (first int, err error) {
	for _, a := range areas {
		span, err := snap.AreaDaySpan(ctx, a)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, err
		}
		if err == nil && (first == 0 || span.First < first) {
			first = span.First
		}
	}
	return first, nil
}
