package api

import (
	"context"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
)

// decidedDays are how many of the district's settled days stand, of any year and by
// survey year, without anything being decided.
func (w *openWorld) decidedDays() (days, years int) {
	w.Helper()
	for ago := defaultDays; ago > 0; ago-- {
		key := pieceKey{root: w.district(), day: w.services.dayNow().AddDays(-ago).Number()}
		if w.services.veils.find(key) == nil {
			continue // to look whether it stands would decide it
		}
		p, err := w.services.standing(w.Context(), key.root, key.day)
		if err != nil {
			w.Fatal(err)
		}
		if p.stands {
			days++
		}
		if _, ok := w.services.veils.years.Find(pieceKey{key.root, key.day, true}); !ok {
			continue
		}
		y, err := w.services.yearsStanding(w.Context(), key.root, key.day)
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
		ctx = context.WithValue(ctx, foundationKey{}, &foundation{})
	}
	code, err := area.Parse("32.04.05")
	if err != nil {
		w.Fatal(err)
	}
	v, x := w.services.veilOf(nobody), &subject{code: code, year: year}
	if year == 0 {
		_, err = v.maskOf(ctx, x, 0)
	} else {
		_, err = v.maskInYear(ctx, x, 0)
	}
	if err != nil {
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
		if err := w.services.decideWanted(t.Context()); err != nil {
			t.Fatal(err)
		}
		if gotDays, gotYears := w.decidedDays(); gotDays != days || gotYears != years {
			t.Errorf("%s %d and, by survey year, %d of %d days are decided; %d and %d were to be", when, gotDays, gotYears, defaultDays, days, years)
		}
	}
	expect("before anybody asks", 0, 0)
	w.ask(0, false)
	expect("after one took a file", 0, 0)
	w.ask(0, true)
	expect("after one asked", defaultDays, 0)
	w.ask(2026, true)
	expect("after one asked for a survey year", defaultDays, defaultDays)
	for range 3 {
		w.Move(1, 20260309, 1)
		w.Settle()
		expect("after a family came", defaultDays, defaultDays)
	}
	later := w.services.Now().Add(wantedTime + time.Minute)
	w.services.Now = func() time.Time { return later }
	w.services.wantedPieces()
	if n := len(w.services.ahead.wanted); n != 0 {
		t.Errorf("%d pieces are decided ahead though nobody asks", n)
	}
}

// The nation and the provinces are asked for by the start itself, as soon as the days
// have been added up, from which their pieces are read.
func TestUpperAreasAreDecidedAfterAStart(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 3)
	if err := w.services.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ready, err := w.services.Past.AddedUp(t.Context(), area.Code{}); ready || err != nil {
		t.Errorf("days are added up before anybody did so: %v", err)
	}
	w.Settle()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.services.DecideAhead(ctx, func(err error) { t.Error(err) })
	}()
	key := pieceKey{day: 20260301, years: true}
	for ctx.Err() == nil {
		if _, ok := w.services.veils.years.Find(key); ok {
			break
		}
		if err := w.services.Board.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if ctx.Err() != nil {
		t.Error("the nation's days are not decided")
	}
	cancel()
	<-ended
}
