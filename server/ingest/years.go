package ingest

import (
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// yearSums are the tallies by survey year of the village and of the RT that a commit
// concerns, kept by difference as the tallies are. The zero value is not open: nothing
// moves.
type yearSums struct {
	open    bool
	village iks.YearTallies
	places  map[area.Place]*iks.YearTallies
}

// openYears unpacks them beside the tallies that they were packed with. Those of a
// village that has not been counted yet stay as they are.
func (w *work) openYears(rows []store.Place) (err error) {
	if w.row.YearsMissing {
		return nil
	}
	if !w.years.open {
		before := w.village.Village()
		w.years.open, w.years.places = true, map[area.Place]*iks.YearTallies{}
		if w.years.village, err = before.Years.Unpack(&before.Provisional, &before.Verified); err != nil {
			return fmt.Errorf("village %d: %w", before.Number, err)
		}
	}
	for i := range rows {
		p := &rows[i]
		years, err := p.Years.Unpack(&p.Provisional, &p.Verified)
		if err != nil {
			return fmt.Errorf("RT %s of village %d: %w", p.Place, w.row.Number, err)
		}
		w.years.places[p.Place] = &years
	}
	return nil
}

// place are an RT's.
func (y *yearSums) place(p area.Place) *iks.YearTallies {
	if y.places[p] == nil {
		y.places[p] = &iks.YearTallies{}
	}
	return y.places[p]
}

// add counts a family of an RT.
func (y *yearSums) add(p area.Place, years iks.FamilyYears) {
	if y.open {
		y.village.Add(years)
		y.place(p).Add(years)
	}
}

// sub takes it out again.
func (y *yearSums) sub(p area.Place, years iks.FamilyYears) {
	if y.open {
		y.village.Sub(years)
		y.place(p).Sub(years)
	}
}

// packYears puts them into the rows that are to be written.
func (w *work) packYears() {
	if !w.years.open {
		return
	}
	w.row.Years, w.row.YearsMissing = w.years.village.Pack(&w.row.Provisional, &w.row.Verified), false
	for _, p := range w.places {
		p.Years = w.years.place(p.Place).Pack(&p.Provisional, &p.Verified)
	}
}

// provisionalYears is what a household counts with by survey year; the row has what it
// counts with altogether.
func (w *work) provisionalYears(row *store.Family, household *ksv1.Household) (iks.FamilyYears, error) {
	if iks.InOneYear(household) {
		one := store.Family{SurveyDate: row.SurveyDate, Provisional: row.Provisional}
		return one.ByYear()
	}
	return w.loader.AssessYears(household), nil
}

// ValuesOf is what a family counts with in a state, altogether and by survey year;
// nil: nothing.
func ValuesOf(state *merge.State) (iks.Packed, iks.FamilyYears, error) {
	if state == nil {
		return 0, nil, nil
	}
	household, err := merge.View(state)
	if err != nil {
		return 0, nil, err
	}
	var loader iks.Loader
	return loader.Assess(household, iks.AnyYear).Packed(), loader.AssessYears(household), nil
}
