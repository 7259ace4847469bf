package tally

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// closing is a country of two provinces whose villages change at random.
type closing struct {
	store  store.Store
	closer *Closer
	random *rand.Rand
	now    time.Time
	next   uint64
	// uncounted: the survey years of who works are still to be counted.
	uncounted bool
}

func newClosing(t *testing.T) *closing {
	t.Helper()
	s, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	c := &closing{store: s, random: rand.New(rand.NewPCG(3, 4)), now: time.Date(2026, 2, 27, 0, 2, 0, 0, area.WIB)}
	now := func() time.Time { return c.now }
	c.closer = &Closer{Store: s, Board: New(s, now), Now: now}
	c.addAreas(t, "32", "32.04", "32.04.05", "32.04.05.2001", "32.04.05.2002", "32.05", "32.05.01", "32.05.01.2001", "33", "33.01", "33.01.01", "33.01.01.2001")
	return c
}

func (c *closing) addAreas(t *testing.T, codes ...string) {
	t.Helper()
	var list []store.Area
	for _, code := range codes {
		list = append(list, store.Area{Code: code})
	}
	err := c.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, list) })
	if err != nil {
		t.Fatal(err)
	}
}

// work lets a village's families change on a day.
func (c *closing) work(t *testing.T, village uint32, day int) {
	t.Helper()
	err := c.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			k := &store.Commit{Village: v.Village(), Day: day}
			k.Village.Revision++
			years, err := k.Village.Years.Unpack(&k.Village.Provisional, &k.Village.Verified)
			if err != nil {
				return err
			}
			for range 1 + c.random.IntN(4) {
				c.next++
				after := iks.Pack(iks.Values{iks.Value(c.random.IntN(3)), iks.Y}, iks.Values{iks.Value(c.random.IntN(3)), iks.T})
				m := store.Movement{Family: merge.NewID(1, 1, c.next), Cause: store.Cause(1 + c.random.IntN(9)), ProvisionalAfter: after}
				if c.random.IntN(2) == 0 {
					m.VerifiedAfter = after
				}
				in := iks.FamilyYears{{Year: 2025 + c.random.IntN(2), Provisional: after, Verified: m.VerifiedAfter}}
				m.SetYears(nil, in)
				years.Add(in)
				k.Movements = append(k.Movements, m)
				k.Village.Provisional.Add(m.ProvisionalAfter)
				k.Village.Verified.Add(m.VerifiedAfter)
				k.Village.Collection[collection.Families]++
			}
			k.Village.Years, k.Village.YearsMissing = years.Pack(&k.Village.Provisional, &k.Village.Verified), c.uncounted
			if c.uncounted {
				k.Village.Years = ""
			}
			return v.Apply(ctx, k)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (c *closing) close(t *testing.T) {
	t.Helper()
	if err := c.closer.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.closer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// check compares every row with its villages' own tallies and movements.
func (c *closing) check(t *testing.T, area string, first, last int) {
	t.Helper()
	numbers := c.closer.Board.Numbers(area)
	err := c.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		next := first
		err := snap.AreaDays(ctx, store.AreaDayQuery{Areas: []string{area}, To: 99999999, Causes: true}, func(d *store.AreaDay) error {
			if d.Day != next {
				t.Errorf("%q: %d follows, want %d", area, d.Day, next)
			}
			next = dayAfter(d.Day)
			var want Figures
			rows, err := snap.DailyTallies(ctx, numbers, d.Day)
			for i := range rows {
				f := FiguresOfDay(&rows[i])
				want.Add(&f)
			}
			if got := (Figures{d.Provisional, d.Verified, d.Collection}); got != want {
				t.Errorf("%q on %d: %v, want %v", area, d.Day, got, want)
			}
			c.checkYears(t, rows, d)
			var causes, got store.CauseSums
			got.AddSums(d.Causes)
			byYear := store.YearCauses{}
			if err == nil {
				err = snap.MovementsBetween(ctx, numbers, dayBefore(d.Day), d.Day, func(m store.Movement) error { causes.Add(&m); return byYear.Add(&m) })
			}
			if !slices.Equal(byYear.Slice(), d.YearCauses.Slice()) {
				t.Errorf("%q on %d: other causes by survey year", area, d.Day)
			}
			if causes != got {
				t.Errorf("%q on %d: other causes", area, d.Day)
			}
			return err
		})
		if next != dayAfter(last) {
			t.Errorf("%q ends before %d, want after %d", area, next, last)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// checkYears compares a row's survey years with those of its villages.
func (c *closing) checkYears(t *testing.T, rows []store.DailyTally, d *store.AreaDay) {
	t.Helper()
	for _, year := range []int{2025, 2026} {
		var want DayFigures
		for i := range rows {
			f := OfVillageDay(&rows[i], year)
			want.Add(&f)
		}
		if got := OfAreaDay(d, year, len(rows)); got != want {
			t.Errorf("%q on %d by %d: %d villages are missing, want %d; alike %t", d.Area, d.Day, year, got.Uncounted, want.Uncounted, got.Figures == want.Figures)
		}
	}
}

// A village whose survey years are still to be counted is missing from those of the
// areas above; until it is known of how many, of all.
func TestAClosedDayTellsOfHowManyVillagesSurveyYearsAreNotKnown(t *testing.T) {
	t.Parallel()
	c := newClosing(t)
	c.uncounted = true
	c.work(t, 1, 20260110)
	c.work(t, 3, 20260110) // all of its district
	c.uncounted = false
	c.work(t, 2, 20260111)
	c.work(t, 1, 20260112)
	c.close(t)
	for _, area := range []string{"", "32", "32.04", "32.05"} {
		c.check(t, area, 20260110, 20260225)
	}
	var a areaYears
	var whole store.AreaDay
	a.add(&store.AreaDay{Area: "32.04", Years: "", Uncounted: 0})
	a.add(&store.AreaDay{Area: "32.05", YearsMissing: true}) // from before they were kept
	if a.into(&whole); !whole.YearsMissing {
		t.Error("survey years of a district that are not known count as nothing")
	}
}

func TestClosedDaysAreTheSumsOfTheirVillages(t *testing.T) {
	t.Parallel()
	c := newClosing(t)
	c.work(t, 1, 20251230) // more than maxDaysAtOnce before
	for _, day := range []int{20260131, 20260201, 20260224, 20260225, 20260226} {
		for village := uint32(1); village <= 4; village++ {
			if c.random.IntN(3) > 0 {
				c.work(t, village, day)
			}
		}
	}
	c.work(t, 4, 20260226)
	c.close(t)
	// Two minutes after its end the 26th is not settled.
	for _, area := range []string{"", "32", "32.04"} {
		c.check(t, area, 20251230, 20260225)
	}
	c.now = c.now.Add(SettleTime)
	c.close(t)
	for _, area := range []string{"", "32", "32.04"} {
		c.check(t, area, 20251230, 20260226)
	}
	// A village that is new in a district makes its days be added up anew, also
	// where it had been counted elsewhere.
	c.addAreas(t, "32.05.01.2002")
	c.work(t, 5, 20260110)
	c.close(t)
	c.check(t, "32.05", 20260110, 20260226)
	c.check(t, "32", 20251230, 20260226)
}

func TestADistrictWithoutFiguresHasNoDays(t *testing.T) {
	t.Parallel()
	c := newClosing(t)
	c.close(t)
	err := c.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		return snap.AreaDays(ctx, store.AreaDayQuery{Areas: []string{"", "32", "32.04"}, To: 99999999}, func(d *store.AreaDay) error {
			t.Errorf("%+v", d)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A clock that ran ahead for a moment, or that of another server on the same database, closes
// days that go on: they are closed anew, and what comes after them is right.
func TestDaysThatAClockAheadClosedAreClosedAnew(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{10 * time.Minute, 72 * time.Hour} {
		c := newClosing(t)
		c.now = time.Date(2026, 2, 27, 23, 58, 0, 0, area.WIB)
		c.work(t, 1, 20260225)
		c.work(t, 2, 20260226)
		c.now = c.now.Add(ahead)
		c.close(t)
		c.now = c.now.Add(-ahead)
		c.work(t, 1, 20260227)
		c.work(t, 2, 20260227)
		c.close(t) // by the right clock
		c.now = time.Date(2026, 3, 6, 12, 0, 0, 0, area.WIB)
		c.close(t)
		for _, area := range []string{"", "32", "32.04"} {
			c.check(t, area, 20260225, 20260305)
		}
	}
}

// What a village is told to have been on a day that a clock ahead wrote ends with the first
// commit of an earlier one.
func TestAVillageOfADayThatAClockAheadWroteIsToldAsItIs(t *testing.T) {
	t.Parallel()
	c := newClosing(t)
	c.work(t, 1, 20260302)
	c.work(t, 1, 20260227)
	c.work(t, 1, 20260228)
	err := c.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		v, err := snap.Village(ctx, 1)
		if err != nil {
			return err
		}
		rows, err := snap.DailyTallies(ctx, []uint32{1}, 20260305)
		if err == nil && (len(rows) != 1 || rows[0].Day != 20260228 || rows[0].Provisional != v.Provisional) {
			t.Errorf("as of 5 March the row of %d, with %d families of %d", rows[0].Day, rows[0].Collection[collection.Families], v.Collection[collection.Families])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A clock that is far behind deletes nothing of what was told since.
func TestAClockFarBehindLeavesDaysAsTheyAre(t *testing.T) {
	t.Parallel()
	c := newClosing(t)
	for _, day := range []int{20260220, 20260222, 20260224, 20260226} {
		c.work(t, 1, day)
		c.work(t, 2, day)
	}
	c.now = time.Date(2026, 3, 1, 12, 0, 0, 0, area.WIB)
	c.close(t)
	c.work(t, 1, 20250301)
	c.now = time.Date(2025, 3, 1, 12, 0, 0, 0, area.WIB)
	c.close(t)
	c.now = time.Date(2026, 3, 2, 12, 0, 0, 0, area.WIB)
	c.work(t, 1, 20260302)
	err := c.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.DailyTalliesBetween(ctx, []uint32{1}, 20260101, 20260303)
		if len(rows) != 5 {
			t.Errorf("%d days of the village are left, not 5", len(rows))
		}
		span, err2 := snap.AreaDaySpan(ctx, "32.04")
		if span.First != 20260220 || span.Last != 20260228 {
			t.Errorf("the district has days from %d to %d", span.First, span.Last)
		}
		return errors.Join(err, err2)
	})
	if err != nil {
		t.Fatal(err)
	}
}
