package tally

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// DayFigures are an area's as of the end of a day; those of a survey year without the
// Uncounted villages, of which they are not known.
type DayFigures struct {
	Figures
	Uncounted int
}

// Add adds those of another area.
func (f *DayFigures) Add(o *DayFigures) {
	f.Figures.Add(&o.Figures)
	f.Uncounted += o.Uncounted
}

// Sub takes them out again.
func (f *DayFigures) Sub(o *DayFigures) {
	f.Figures.Sub(&o.Figures)
	f.Uncounted -= o.Uncounted
}

// FiguresOfDay are a village's on a day.
func FiguresOfDay(d *store.DailyTally) Figures {
	return Figures{Provisional: d.Provisional, Verified: d.Verified, Collection: d.Collection}
}

// OfVillageDay are a village's on a day by the rounds of a survey year; 0: of any. What
// can't be read is not known.
func OfVillageDay(d *store.DailyTally, year int) DayFigures {
	if year == 0 {
		return DayFigures{Figures: FiguresOfDay(d)}
	}
	years, ok := YearsOfDay(d)
	if !ok {
		return DayFigures{Uncounted: 1}
	}
	return inYear(years, year)
}

// YearsOfDay are a village's by survey year; ok is false where they are not known.
func YearsOfDay(d *store.DailyTally) (years iks.YearTallies, ok bool) {
	if d.YearsMissing {
		return nil, false
	}
	years, err := d.Years.Unpack(&d.Provisional, &d.Verified)
	return years, err == nil
}

// OfAreaDay are an area's of so many villages.
func OfAreaDay(d *store.AreaDay, year, villages int) DayFigures {
	if year == 0 {
		return DayFigures{Figures: Figures{Provisional: d.Provisional, Verified: d.Verified, Collection: d.Collection}}
	}
	years, ok := YearsOfAreaDay(d)
	if !ok {
		return DayFigures{Uncounted: villages}
	}
	out := inYear(years, year)
	out.Uncounted = d.Uncounted
	return out
}

// YearsOfAreaDay are an area's by survey year; ok is false where they are known of none
// of its villages.
func YearsOfAreaDay(d *store.AreaDay) (years iks.YearTallies, ok bool) {
	if d.YearsMissing {
		return nil, false
	}
	years, err := d.Years.Unpack(&d.Provisional, &d.Verified)
	return years, err == nil
}

func inYear(years iks.YearTallies, year int) (out DayFigures) {
	if found := years.Of(year); found != nil {
		out.Provisional, out.Verified = found.Provisional, found.Verified
	}
	return out
}
