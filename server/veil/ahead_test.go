package veil

import (
	"context"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/past"
)

// decidedDays are how many of the district's settled days stand, of any year and by
// survey year, without anything being decided.
func (w *openWorld) decidedDays() (days, years int) {
	w.Helper()
	for ago := DaysAhead; ago > 0; ago-- {
		key := Key{root: w.district(), day: w.keeper.today().AddDays(-ago).Number()}
		if w.keeper.kept.find(key) == nil {
			continue // to look whether it stands would decide it
		}
		p, err := w.keeper.standing(w.Context(), key.root, key.day)
		if err != nil {
			w.Fatal(err)
		}
		if p.stands {
			days++
		}
		if _, ok := w.keeper.kept.years.Find(Key{key.root, key.day, true}); !ok {
			continue
		}
		y, err := w.keeper.yearsStanding(w.Context(), key.root, key.day)
		if err != nil {
			w.Fatal(err)
		}
		if y.stands {
			years++
		}
	}
	return days, years
}

// ask asks for the district's kecamatan, as one who sees no families: on a dashboard,
// or for a file.
func (w *openWorld) ask(year int, dashboard bool) {
	w.Helper()
	ctx := w.Context()
	if dashboard {
		ctx = WithWitness(ctx, &witness{})
	}
	if _, err := w.keeper.For(nobody).MaskOf(ctx, Subject{Area: w.Area("32.04.05"), Year: year}, 0); err != nil {
		w.Fatal(err)
	}
}

// Who asked for a district's present figures finds its month decided, also after families
// have come; who asked for none, and long ago, has nothing decided.
func TestAMonthIsDecidedBeforeSomebodyAsks(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	for day := range 5 {
		w.Move(1, 20260301+day, 1)
		w.Move(2, 20260301+day, 1)
	}
	w.Settle()
	expect := func(when string, days, years int) {
		t.Helper()
		if err := w.keeper.decideWanted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if gotDays, gotYears := w.decidedDays(); gotDays != days || gotYears != years {
			t.Errorf("%s %d and, by survey year, %d of %d days are decided; %d and %d were to be", when, gotDays, gotYears, DaysAhead, days, years)
		}
	}
	expect("before anybody asks", 0, 0)
	w.ask(0, false)
	expect("after one took a file", 0, 0)
	w.ask(0, true)
	expect("after one asked", DaysAhead, 0)
	w.ask(2026, true)
	expect("after one asked for a survey year", DaysAhead, DaysAhead)
	for range 3 {
		w.Move(1, 20260309, 1)
		w.Settle()
		expect("after a family came", DaysAhead, DaysAhead)
	}
	later := w.keeper.Now().Add(wantedTime + time.Minute)
	w.keeper.Now = func() time.Time { return later }
	w.keeper.wantedPieces()
	if n := len(w.keeper.ahead.wanted); n != 0 {
		t.Errorf("%d pieces are decided ahead though nobody asks", n)
	}
}

// The nation and the provinces are asked for by the start itself, as soon as the days
// have been added up, from which their pieces are read.
func TestUpperAreasAreDecidedAfterAStart(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 3)
	if err := w.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ready, err := w.keeper.Past.AddedUp(t.Context(), area.Code{}); ready || err != nil {
		t.Errorf("days are added up before anybody did so: %v", err)
	}
	w.Settle()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.keeper.DecideAhead(ctx, func(err error) { t.Error(err) })
	}()
	key := Key{day: 20260301, years: true}
	for ctx.Err() == nil {
		if _, ok := w.keeper.kept.years.Find(key); ok {
			break
		}
		if err := w.Board.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if ctx.Err() != nil {
		t.Error("the nation's days are not decided")
	}
	cancel()
	<-ended
}

// quietVillages are so many that a month of theirs is more than one question may read.
const quietVillages = past.MaxDailyTallies/DaysAhead + 100

// In a pilot one district works, while whole provinces have no figures yet: its month, by
// survey year, too, is decided ahead all the same.
func TestAPilotsMonthIsDecidedWhileOtherProvincesHaveNoFigures(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.AddQuietProvince(quietVillages)
	for day := range 5 {
		w.Move(1, 20260301+day, 1)
	}
	w.Settle()
	w.keeper.wantUpperAreas()
	w.ask(2026, true)
	if err := w.keeper.decideWanted(t.Context()); err != nil {
		t.Error(err)
	}
	if days, years := w.decidedDays(); days != DaysAhead || years != DaysAhead {
		t.Errorf("%d and, by survey year, %d days of the district are decided; all %d were to be", days, years, DaysAhead)
	}
}
