package sums

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// eachDay is how many families come on a day.
const eachDay = 600

// Days that are over, of any survey year and of each: what was kept of them is what
// plain SQL said of the families when they ended, and what moved families on the second
// is by how much the two differ.
func TestEveryFigureOfADayThatIsOverEqualsARecomputeInPlainSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	areas := append([]string{"", "32", "33", "32.04", "32.05", "33.01"}, villages...)
	said := map[int]map[string]map[key]int64{}
	var days []int
	for ago := 3; ago > 1; ago-- {
		then := time.Now().AddDate(0, 0, -ago)
		w.core.Now = func() time.Time { return then }
		w.live(eachDay)
		day := dayOf(then)
		days, said[day] = append(days, day), map[string]map[key]int64{}
		db := w.open()
		for _, code := range areas {
			said[day][code] = figuresIn(t, db, fmt.Sprintf("code LIKE '%s%%'", code))
		}
	}
	w.core.Now = time.Now
	w.live(eachDay / 3) // what comes later alters no day that is over
	kept := w.keptDays(days)
	compared := 0
	for code, rows := range kept {
		for _, year := range append([]int{0}, surveyYears...) {
			name := fmt.Sprintf("area %q on %d", code, days[1])
			before, after := rows[days[0]].in(year), rows[days[1]].in(year)
			compared += compare(t, fmt.Sprintf("area %q on %d", code, days[0]), said[days[0]][code], &before)
			compared += compare(t, name, said[days[1]][code], &after)
			moved := rows[days[1]].causes(year)
			provisional, verified := moved.Sum()
			before.Provisional.AddTally(&provisional)
			before.Verified.AddTally(&verified)
			if before != after {
				t.Errorf("%s, year %d: the causes do not add up to the change", name, year)
			}
		}
	}
	nation := kept[""][days[1]]
	if y := nation.in(2027); y.Verified.IsZero() || nation.causes(2027).families() == 0 || nation.causes(2026).families() == 0 {
		t.Errorf("nobody moved in a survey year: the test tests nothing")
	}
	t.Logf("%d figures of two days compared", compared)
}

// keptDay is what was kept of an area on a day.
type keptDay struct {
	figures func(year int) tally.DayFigures
	causes  func(year int) moves
}

// moves are what moved an area on a day.
type moves struct{ store.CauseSums }

// families is how many families moved provisionally.
func (m moves) families() (n int64) {
	for i := range m.CauseSums {
		n += m.CauseSums[i].Provisional.Movements
	}
	return n
}

func (d keptDay) in(year int) iks.YearTally {
	f := d.figures(year)
	return iks.YearTally{Year: year, Provisional: f.Provisional, Verified: f.Verified}
}

// keptDays reads what is kept: of villages, and of the areas that a closer adds up.
func (w *world) keptDays(days []int) map[string]map[int]keptDay {
	w.t.Helper()
	ctx := store.WithScope(w.t.Context(), store.Scope{Everywhere: true})
	board := tally.New(w.store, time.Now)
	if err := board.Refresh(ctx); err != nil {
		w.t.Fatal(err)
	}
	closer := tally.Closer{Store: w.store, Board: board, Now: time.Now}
	if err := closer.Close(ctx); err != nil {
		w.t.Fatal(err)
	}
	out := map[string]map[int]keptDay{}
	for _, code := range []string{"", "32", "33", "32.04", "32.05", "33.01"} {
		none := keptDay{func(int) tally.DayFigures { return tally.DayFigures{} }, func(int) moves { return moves{} }}
		out[code] = map[int]keptDay{days[0]: none, days[1]: none} // there are no rows before the first family
	}
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for i, code := range villages {
			var err error
			if out[code], err = keptOfVillage(ctx, snap, uint32(i+1), days); err != nil {
				return err
			}
		}
		q := store.AreaDayQuery{Areas: []string{"", "32", "33", "32.04", "32.05", "33.01"}, From: days[0], To: days[1], Causes: true}
		return snap.AreaDays(ctx, q, func(d *store.AreaDay) error {
			row := *d
			out[d.Area][d.Day] = keptDay{
				func(year int) tally.DayFigures { return tally.OfAreaDay(&row, year, len(villages)) },
				func(year int) (m moves) { m.AddSums(row.CausesIn(year)); return m },
			}
			return nil
		})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

func keptOfVillage(ctx context.Context, snap store.Snapshot, number uint32, days []int) (map[int]keptDay, error) {
	out := map[int]keptDay{}
	for _, day := range days {
		rows, err := snap.DailyTallies(ctx, []uint32{number}, day)
		if err != nil {
			return nil, err
		}
		row := store.DailyTally{}
		if len(rows) == 1 {
			row = rows[0]
		}
		var moved []store.Movement
		err = snap.MovementsBetween(ctx, []uint32{number}, day-1, day, func(m store.Movement) error { moved = append(moved, m); return nil })
		if err != nil {
			return nil, err
		}
		out[day] = keptDay{
			func(year int) tally.DayFigures { return tally.OfVillageDay(&row, year) },
			func(year int) (m moves) {
				for i := range moved {
					if err := m.AddIn(year, &moved[i]); err != nil {
						panic(err) // was written by the core
					}
				}
				return m
			},
		}
	}
	return out, nil
}

// dayOf is a day as stores have it.
func dayOf(t time.Time) int {
	t = t.In(area.WIB)
	return t.Year()*10000 + int(t.Month())*100 + t.Day()
}
