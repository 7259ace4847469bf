package api

import (
	"errors"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
)

// trendOf are the days that a trend of the district by the rounds of 2026 tells of.
func (w *openWorld) trendOf(from string) (told []string) {
	w.Helper()
	code, first := w.district(), w.date(from)
	if err := w.services.Board.Refresh(w.Context()); err != nil {
		w.Fatal(err)
	}
	days, err := period{first, w.services.dayNow()}.days()
	if err != nil {
		w.Fatal(err)
	}
	list, err := w.services.series(w.Context(), &subject{code: code, year: 2026}, days)
	if err != nil {
		w.Fatal(err)
	}
	for i := range list {
		told = append(told, list[i].day)
	}
	return told
}

func (w *openWorld) date(text string) prokesga.Date {
	w.Helper()
	day, err := prokesga.ParseDate(text)
	if err != nil {
		w.Fatal(err)
	}
	return day
}

// changeIn asks for the change of the district by the rounds of 2026.
func (w *openWorld) changeIn(from string) error {
	w.Helper()
	_, err := w.services.changeOf(w.Context(), &subject{code: w.district(), year: 2026}, period{w.date(from), w.services.dayNow()})
	return err
}

// Days on which survey years were not kept are in no trend, and no change begins on one;
// days before there were any families are.
func TestDaysWhoseSurveyYearsWereNotKeptAreNotTold(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Uncounted = true
	w.Move(1, 20260304, 1)
	w.Move(2, 20260304, 1)
	w.Uncounted = false
	w.Move(1, 20260306, 1)
	w.Move(2, 20260307, 1)
	told := w.trendOf("2026-03-02")
	if len(told) != 5 || told[0] != "2026-03-02" || told[1] != "2026-03-03" || told[2] != "2026-03-07" {
		t.Errorf("told are %v", told)
	}
	for from, want := range map[string]error{"2026-03-05": errYearsNotKept, "2026-03-06": errYearsNotKept, "2026-03-07": nil} {
		if err := w.changeIn(from); !errors.Is(err, want) {
			t.Errorf("from %s: %v, want %v", from, err, want)
		}
	}
	x := &subject{code: w.district(), year: 2026}
	if _, err := w.services.sumAt(t.Context(), x, "2026-03-06"); !errors.Is(err, errYearsNotKept) {
		t.Errorf("figures of the 6th: %v", err)
	}
}

// What moved without a word of survey years explains no change of them.
func TestAChangeOfASurveyYearThatDoesNotAddUpIsRefused(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260304, 1)
	w.Unsaid = true
	for range 8 { // some in 2026
		w.Move(1, 20260306, 1)
	}
	w.Unsaid = false
	w.Move(1, 20260308, 1)
	if err := w.services.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]error{"2026-03-05": errYearsNotExplained, "2026-03-06": nil} {
		if err := w.changeIn(from); !errors.Is(err, want) {
			t.Errorf("from %s: %v, want %v", from, err, want)
		}
	}
}

// One village that can't be counted is missing from the areas above, which say so; where
// two of two are, nothing is told.
func TestOneVillageThatCannotBeCountedKeepsNoYearsFromTheAreasAbove(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260304, 1)
	w.Uncounted = true
	w.Move(2, 20260304, 1)
	x := &subject{code: w.district(), year: 2026}
	if told := w.trendOf("2026-03-01"); len(told) != 9 {
		t.Errorf("told are %v", told)
	}
	f, err := w.services.sumAt(t.Context(), x, "")
	alone, errAlone := w.services.sumAt(t.Context(), &subject{code: mustArea(t, pasttest.Villages[0]), year: 2026}, "")
	if err := errors.Join(err, errAlone); err != nil || f.uncounted != 1 || f.sum.Provisional != alone.sum.Provisional {
		t.Errorf("of the district, %d villages are missing: %v", f.uncounted, err)
	}
	if _, err := w.services.sumAt(t.Context(), &subject{code: mustArea(t, pasttest.Villages[1]), year: 2026}, ""); !errors.Is(err, errYearsUncounted) {
		t.Errorf("the village itself: %v", err)
	}
	w.Move(1, 20260305, 1)
	if err := w.services.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.services.sumAt(t.Context(), x, ""); !errors.Is(err, errYearsUncounted) {
		t.Errorf("without any village: %v", err)
	}
}

// As many villages are missing on a day as now, but another one: what of the district is
// told of that day would grow by the village that has been counted since.
func TestADayWithoutAnotherVillageThanNowIsInNoTrend(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Uncounted = true
	w.Move(1, 20260304, 1)
	w.Uncounted = false
	w.Move(1, 20260305, 1)
	w.Uncounted = true
	w.Move(2, 20260306, 1)
	want := []string{"2026-03-02", "2026-03-03", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09"}
	if told := w.trendOf("2026-03-02"); !slices.Equal(told, want) {
		t.Errorf("told are %v, want %v", told, want)
	}
}

func mustArea(t *testing.T, text string) area.Code {
	t.Helper()
	code, err := area.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
