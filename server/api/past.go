package api

import (
	"context"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// wib is Waktu Indonesia Barat: days of figures end at 24:00 WIB.
var wib = time.FixedZone("WIB", 7*60*60)

// dayNow is the day under way, WIB.
func (s *Services) dayNow() prokesga.Date { return prokesga.DateOf(s.Now().In(wib)) }

// numberOf is a day as stores have it, yyyymmdd.
func numberOf(d prokesga.Date) int { return d.Year()*10000 + d.Month()*100 + d.Day() }

// endOf is when a day ends.
func endOf(d prokesga.Date) time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.Day()+1, 0, 0, 0, 0, wib)
}

// settleTime is how long after its end a day's figures may still move: commits that
// were under way.
const settleTime = 5 * time.Minute

// settled tells whether the figures of a day (yyyymmdd) stay as they are.
func (s *Services) settled(day int) bool {
	return day < numberOf(prokesga.DateOf(s.Now().Add(-settleTime).In(wib)))
}

// addDays is so many days later, or earlier.
func addDays(d prokesga.Date, days int) prokesga.Date {
	return prokesga.DateOf(time.Date(d.Year(), time.Month(d.Month()), d.Day()+days, 0, 0, 0, 0, time.UTC))
}

// parseDay reads a day of a request; "" is none.
func parseDay(field, text string) (day prokesga.Date, given bool, err error) {
	if text == "" {
		return day, false, nil
	}
	if day, err = prokesga.ParseDate(text); err != nil {
		return day, false, &errBadRequest{field, "is no date (YYYY-MM-DD)"}
	}
	return day, true, nil
}

// sumAt is a subject's figures as of the end of a past day; of today and later
// days the present ones.
func (s *Services) sumAt(ctx context.Context, x *subject, dayText string) (figured, error) {
	day, given, err := parseDay("day", dayText)
	if err != nil {
		return figured{}, err
	}
	if !given || day.Compare(s.dayNow()) >= 0 {
		sum, err := s.sumOf(ctx, x)
		return figured{subject: *x, sum: sum, day: dayText}, err
	}
	list, err := s.series(ctx, x, []prokesga.Date{day})
	if err != nil {
		return figured{}, err
	}
	return list[0], nil
}

// maxDailyTallies bounds what one question about past days reads, some 3 kB each:
// the whole nation on one day.
const maxDailyTallies = 100_000

// series is a subject's figures as of the end of each of some days, ascending.
func (s *Services) series(ctx context.Context, x *subject, days []prokesga.Date) ([]figured, error) {
	if x.code.Level() > area.Village {
		return nil, &errBadRequest{"day", "past days are kept for villages and above"}
	}
	present, err := s.sumOf(ctx, x)
	if err != nil {
		return nil, err
	}
	var past []prokesga.Date
	for _, d := range days {
		if d.Compare(s.dayNow()) < 0 {
			past = append(past, d)
		}
	}
	var figures []tally.Figures
	if len(s.numbersOf(x))*len(past) > maxDailyTallies {
		return nil, &errBadRequest{"from", "so many days of so many villages can't be answered at once; ask for a smaller area or fewer days"}
	}
	if len(past) > 0 {
		err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
			figures, err = seriesOf(ctx, snap, s.numbersOf(x), past)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]figured, 0, len(days))
	for i, d := range days {
		f := figured{subject: *x, sum: present, day: d.String()}
		if i < len(past) {
			f.sum.Figures, f.sum.AsOf = figures[i], endOf(d)
		}
		out = append(out, f)
	}
	return out, nil
}

// seriesOf adds up villages as of the end of each of some days, ascending, from
// the tallies that they kept.
func seriesOf(ctx context.Context, snap store.Snapshot, villages []uint32, days []prokesga.Date) ([]tally.Figures, error) {
	first, last := numberOf(days[0]), numberOf(days[len(days)-1])
	rows, err := snap.DailyTallies(ctx, villages, first)
	if err != nil {
		return nil, err
	}
	later, err := snap.DailyTalliesBetween(ctx, villages, first, last)
	if err != nil {
		return nil, err
	}
	now := map[uint32]tally.Figures{}
	var sum tally.Figures
	take := func(d *store.DailyTally) {
		before, is := now[d.Village], tally.Figures{Provisional: d.Provisional, Verified: d.Verified, Collection: d.Collection}
		sum.Sub(&before)
		sum.Add(&is)
		now[d.Village] = is
	}
	for i := range rows {
		take(&rows[i])
	}
	out := make([]tally.Figures, 0, len(days))
	for _, day := range days {
		for len(later) > 0 && later[0].Day <= numberOf(day) {
			take(&later[0])
			later = later[1:]
		}
		out = append(out, sum)
	}
	return out, nil
}

// partsAt are the areas right below a subject as of the end of a past day, of
// those that the caller may see.
func (s *Services) partsAt(ctx context.Context, caller *access.Caller, x *subject, dayText string) ([]figured, error) {
	parts, err := s.partsOf(ctx, caller, x)
	if err != nil {
		return nil, err
	}
	day, given, err := parseDay("day", dayText)
	if err != nil {
		return nil, err
	}
	if !given || day.Compare(s.dayNow()) >= 0 {
		for i := range parts {
			parts[i].day = dayText
		}
		return parts, nil
	}
	if x.puskesmas == nil && x.code.Level() >= area.Village {
		return nil, &errBadRequest{"day", "past days are kept for villages and above"}
	}
	partOf := map[uint32]int{}
	var numbers []uint32
	for i := range parts {
		f := &parts[i]
		f.sum.Figures, f.sum.AsOf, f.day = tally.Figures{}, endOf(day), dayText
		for _, n := range s.numbersOf(&f.subject) {
			partOf[n] = i
			numbers = append(numbers, n)
		}
	}
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.DailyTallies(ctx, numbers, numberOf(day))
		for _, d := range rows {
			parts[partOf[d.Village]].sum.Add(&tally.Figures{Provisional: d.Provisional, Verified: d.Verified, Collection: d.Collection})
		}
		return err
	})
	return parts, err
}
