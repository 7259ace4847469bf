// Package veiltest makes a district in which nearly all cells are small, for tests of what is
// withheld of them, in package veil and in the service layer.
//
//	w := veiltest.New(t, 3) // the same families for the same seed
//	w.ComeTo(1001, 2, random)
//
// Its clock stands at 9 March 2026, 17:00 WIB.
package veiltest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// World is a district with few families: two kecamatan and two Puskesmas
// that share their villages otherwise, RW and RT, and days before today. It lies in a store of
// its own, which is closed with the test.
type World struct {
	*testing.T
	Store store.Store
	Board *tally.Board
	Past  *past.Days
	// Areas are paths and codes of what is published, the district first; Sums what of them
	// adds up, by their places, which At has.
	Areas []string
	Sums  []smallcell.Sum
	At    map[string]int
	// Days are those that are asked for, as stores have them: 0, now, then past ones.
	Days []int
}

// days are those on which families come, the last one today.
var days = []int{20260301, 20260304, 20260306, 20260309}

// Years are the survey years: of nearly all families the first, of those that come
// later the next ones. Some were surveyed in an earlier or a later one besides.
var Years = []int{2024, 2025, 2026}

// Villages are the villages, by number less one.
var Villages = []string{"32.04.05.2001", "32.04.05.2002", "32.04.05.2003", "32.04.06.2001", "32.04.06.2002"}

// Now is the moment at which it stands still.
func Now() time.Time { return time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC) }

// New makes one of a seed's families.
func New(t *testing.T, seed uint64) *World {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &World{T: t, Store: s, Board: tally.New(s, Now), At: map[string]int{}, Days: []int{0}}
	w.Past = &past.Days{Store: s, Board: w.Board, Now: Now}
	w.Days = append(w.Days, days[:len(days)-1]...)
	random, rounds := rand.New(rand.NewPCG(seed, 5)), rand.New(rand.NewPCG(seed, 6))
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		areas := []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: "32.04.06"}}
		for _, code := range Villages {
			areas = append(areas, store.Area{Code: code})
		}
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		if err := tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{
			{Code: "P3204050101", District: "32.04", Villages: []string{Villages[0], Villages[1], Villages[3]}},
			{Code: "P3204050102", District: "32.04", Villages: []string{Villages[2], Villages[4]}},
		}); err != nil {
			return err
		}
		for i := range Villages {
			if err := tx.InVillage(ctx, uint32(i+1), func(v store.VillageTx) error { return fillVillage(ctx, v, random, rounds) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.gather()
	return w
}

// fillVillage counts some families in two RW of up to three RT, most of them on
// the first day already; rounds tells in which years.
func fillVillage(ctx context.Context, v store.VillageTx, random, rounds *rand.Rand) error {
	for step, day := range days {
		c := store.Commit{Village: v.Village(), Day: day}
		whole, err := c.Village.Years.Unpack(&c.Village.Provisional, &c.Village.Verified)
		if err != nil {
			return err
		}
		for _, place := range []area.Place{1001, 1002, 1003, 2001, 2002} {
			rows, err := v.Places(ctx, []area.Place{place})
			if err != nil {
				return err
			}
			p := store.Place{Place: place}
			if len(rows) == 1 {
				p = rows[0]
			}
			part, err := p.Years.Unpack(&p.Provisional, &p.Verified)
			if err != nil {
				return err
			}
			families := random.IntN(9)
			if step > 0 {
				families = max(0, random.IntN(5)-3)
			}
			for range families {
				packed := pasttest.RandomFamily(random)
				for _, t := range []*iks.Tally{&p.Provisional, &c.Village.Provisional} {
					t.Add(packed)
				}
				years := roundsOf(rounds, min(step, len(Years)-1), packed)
				if random.IntN(4) > 0 {
					p.Verified.Add(packed)
					c.Village.Verified.Add(packed)
					years = years.Approve()
				}
				whole.Add(years)
				part.Add(years)
			}
			p.Years = part.Pack(&p.Provisional, &p.Verified)
			c.Places = append(c.Places, p)
		}
		c.Village.Years = whole.Pack(&c.Village.Provisional, &c.Village.Verified)
		if err := v.Apply(ctx, &c); err != nil {
			return err
		}
	}
	return nil
}

// roundsOf are the survey years of a family that counts with packed now: one, or in
// one of every four families two.
func roundsOf(random *rand.Rand, at int, packed iks.Packed) iks.FamilyYears {
	first, last := at, at
	if random.IntN(4) == 0 {
		other := random.IntN(len(Years))
		first, last = min(at, other), max(at, other)
	}
	years := iks.FamilyYears{{Year: Years[last], Provisional: packed}}
	if first != last {
		years = slices.Insert(years, 0, iks.YearValues{Year: Years[first], Provisional: pasttest.RandomFamily(random)})
	}
	return years
}

// ComeTo lets families come to an RT of the first village; the board does not look.
func (w *World) ComeTo(place area.Place, families int, random *rand.Rand) {
	w.Helper()
	err := w.Store.Write(w.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, 1, func(v store.VillageTx) error {
			c := store.Commit{Village: v.Village(), Day: days[len(days)-1]}
			c.Village.Revision++
			years, err := c.Village.Years.Unpack(&c.Village.Provisional, &c.Village.Verified)
			if err != nil {
				return err
			}
			p := store.Place{Place: place}
			if rows, err := v.Places(ctx, []area.Place{place}); err != nil {
				return err
			} else if len(rows) == 1 {
				p = rows[0]
			}
			part, err := p.Years.Unpack(&p.Provisional, &p.Verified)
			if err != nil {
				return err
			}
			for range families {
				packed := pasttest.RandomFamily(random)
				p.Provisional.Add(packed)
				c.Village.Provisional.Add(packed)
				in := iks.FamilyYears{{Year: 2026, Provisional: packed}}
				years.Add(in)
				part.Add(in)
			}
			p.Years = part.Pack(&p.Provisional, &p.Verified)
			c.Places = append(c.Places, p)
			c.Village.Years = years.Pack(&c.Village.Provisional, &c.Village.Verified)
			return v.Apply(ctx, &c)
		})
	})
	if err != nil {
		w.Fatal(err)
	}
}

// Area reads a code.
func (w *World) Area(text string) area.Code {
	w.Helper()
	code, err := area.Parse(text)
	if err != nil {
		w.Fatal(err)
	}
	return code
}

// gather lists what is published, and its sums.
func (w *World) gather() {
	add := func(id string) int {
		w.At[id] = len(w.Areas)
		w.Areas = append(w.Areas, id)
		return w.At[id]
	}
	district := add("32.04")
	kecamatan := []int{add("32.04.05"), add("32.04.06")}
	health := []int{add("P3204050101"), add("P3204050102")}
	parts := map[int][]int{district: kecamatan}
	for i, code := range Villages {
		v := add(code)
		k, h := kecamatan[i/3], health[[]int{0, 0, 1, 0, 1}[i]]
		parts[k], parts[h] = append(parts[k], v), append(parts[h], v)
		for _, rw := range []string{"/001", "/002"} {
			r := add(code + rw)
			parts[v] = append(parts[v], r)
			for rt := 1; rt <= 3; rt++ {
				if rw == "/002" && rt == 3 {
					continue
				}
				parts[r] = append(parts[r], add(fmt.Sprintf("%s%s/%03d", code, rw, rt)))
			}
		}
	}
	for i := range w.Areas {
		if len(parts[i]) > 0 {
			w.Sums = append(w.Sums, smallcell.Sum{Whole: i, Parts: parts[i]})
		}
	}
	w.Sums = append(w.Sums, smallcell.Sum{Whole: district, Parts: health})
}
