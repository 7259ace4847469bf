package tally

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// villageSum adds up a district's villages while it follows them through days.
type villageSum struct {
	figures Figures
	years   iks.YearTallies
	now     map[uint32]store.DailyTally
	// uncounted of the villages have figures, and none by survey year.
	uncounted int
}

// replace takes a village as it is on a day, in place of what it was before.
func (s *villageSum) replace(d *store.DailyTally) {
	if old, ok := s.now[d.Village]; ok {
		was := FiguresOfDay(&old)
		s.figures.Sub(&was)
		s.moveYears(&old, -1)
	}
	is := FiguresOfDay(d)
	s.figures.Add(&is)
	s.moveYears(d, +1)
	s.now[d.Village] = *d
}

func (s *villageSum) moveYears(d *store.DailyTally, by int) {
	years, ok := YearsOfDay(d)
	switch {
	case !ok:
		s.uncounted += by
	case by > 0:
		s.years.AddTallies(years)
	default:
		s.years.SubTallies(years)
	}
}

// day is the row of a day.
func (s *villageSum) day(day int) store.AreaDay {
	f := &s.figures
	return store.AreaDay{
		Day: day, Provisional: f.Provisional, Verified: f.Verified, Collection: f.Collection,
		Years: s.years.Pack(&f.Provisional, &f.Verified), Uncounted: s.uncounted, YearsMissing: s.uncounted > 0 && s.uncounted == len(s.now),
	}
}

// areaYears adds up the survey years of areas on a day.
type areaYears struct {
	years     iks.YearTallies
	uncounted int
	// known, unknown: there are areas of which they are, and are not; lost: and of one
	// it is not told how many villages are missing, for its row is from before they were
	// kept.
	known, unknown, lost bool
}

func (a *areaYears) add(d *store.AreaDay) {
	years, ok := YearsOfAreaDay(d)
	a.known, a.unknown, a.lost = a.known || ok, a.unknown || !ok, a.lost || !ok && d.Uncounted == 0
	a.years.AddTallies(years)
	a.uncounted += d.Uncounted
}

// into puts them into the row of the day.
func (a *areaYears) into(d *store.AreaDay) {
	if a.lost {
		d.YearsMissing = true
		return
	}
	d.Years, d.Uncounted = a.years.Pack(&d.Provisional, &d.Verified), a.uncounted
	d.YearsMissing = a.unknown && !a.known
}
