package api

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
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/smallcell"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// veilWorld is a district with few families: two kecamatan and two Puskesmas
// that share their villages otherwise, RW and RT, and a day before today.
type veilWorld struct {
	services *Services
	areas    []string // paths and codes, the district first
	sums     []smallcell.Sum
	at       map[string]int
	days     []string // that are asked for: "" now, then past ones
}

// veilDays are those on which families come, the last one today.
var veilDays = []int{20260301, 20260304, 20260306, 20260309}

// veilYears are the survey years: of nearly all families the first, of those that come
// later the next ones. Some were surveyed in an earlier or a later one besides.
var veilYears = []int{2024, 2025, 2026}

var veilVillages = []string{"32.04.05.2001", "32.04.05.2002", "32.04.05.2003", "32.04.06.2001", "32.04.06.2002"}

func newVeilWorld(t *testing.T, seed uint64) *veilWorld {
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
	w := &veilWorld{at: map[string]int{}, days: []string{""}}
	for _, day := range veilDays[:len(veilDays)-1] {
		w.days = append(w.days, prokesga.DateOfNumber(day).String())
	}
	random, rounds := rand.New(rand.NewPCG(seed, 5)), rand.New(rand.NewPCG(seed, 6))
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		areas := []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: "32.04.06"}}
		for _, code := range veilVillages {
			areas = append(areas, store.Area{Code: code})
		}
		if err := tx.Directory().PutAreas(ctx, areas); err != nil {
			return err
		}
		if err := tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{
			{Code: "P3204050101", District: "32.04", Villages: []string{veilVillages[0], veilVillages[1], veilVillages[3]}},
			{Code: "P3204050102", District: "32.04", Villages: []string{veilVillages[2], veilVillages[4]}},
		}); err != nil {
			return err
		}
		for i := range veilVillages {
			if err := tx.InVillage(ctx, uint32(i+1), func(v store.VillageTx) error { return fillVillage(ctx, v, random, rounds) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC) }
	board := tally.New(s, now)
	w.services = &Services{Store: s, Board: board, Past: &past.Days{Store: s, Board: board, Now: now}, Now: now}
	if err := w.services.Board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.gather(t)
	return w
}

// fillVillage counts some families in two RW of up to three RT, most of them on
// the first day already; rounds tells in which years.
func fillVillage(ctx context.Context, v store.VillageTx, random, rounds *rand.Rand) error {
	for step, day := range veilDays {
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
				years := roundsOf(rounds, min(step, len(veilYears)-1), packed)
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
		other := random.IntN(len(veilYears))
		first, last = min(at, other), max(at, other)
	}
	years := iks.FamilyYears{{Year: veilYears[last], Provisional: packed}}
	if first != last {
		years = slices.Insert(years, 0, iks.YearValues{Year: veilYears[first], Provisional: pasttest.RandomFamily(random)})
	}
	return years
}

// gather lists what is published, and its sums.
func (w *veilWorld) gather(t *testing.T) {
	t.Helper()
	add := func(id string) int {
		w.at[id] = len(w.areas)
		w.areas = append(w.areas, id)
		return w.at[id]
	}
	district := add("32.04")
	kecamatan := []int{add("32.04.05"), add("32.04.06")}
	health := []int{add("P3204050101"), add("P3204050102")}
	parts := map[int][]int{district: kecamatan}
	for i, code := range veilVillages {
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
	for i := range w.areas {
		if len(parts[i]) > 0 {
			w.sums = append(w.sums, smallcell.Sum{Whole: i, Parts: parts[i]})
		}
	}
	w.sums = append(w.sums, smallcell.Sum{Whole: district, Parts: health})
}

// truths are the cells by indicator, answer and area, as in ask.
func (w *veilWorld) truths(t *testing.T) [iks.Indicators][][]iks.Ratio {
	t.Helper()
	var out [iks.Indicators][][]iks.Ratio
	for _, day := range w.days {
		sums := make([]tally.Sum, len(w.areas))
		for i, id := range w.areas {
			if day == "" || len(id) <= len(veilVillages[0]) {
				sums[i] = w.sum(t, id, day)
			}
		}
		for _, membership := range []iks.Basis{iks.Inti, iks.Besar} {
			for _, of := range []func(*tally.Sum) *iks.Tally{
				func(s *tally.Sum) *iks.Tally { return &s.Provisional }, func(s *tally.Sum) *iks.Tally { return &s.Verified },
			} {
				for n := range out {
					row := make([]iks.Ratio, len(sums))
					for i := range sums {
						row[i] = of(&sums[i]).Of(membership).Coverage(n + 1)
					}
					out[n] = append(out[n], row)
				}
			}
		}
	}
	return out
}

func (w *veilWorld) sum(t *testing.T, id, day string) tally.Sum {
	t.Helper()
	return w.sumIn(t, id, day, 0)
}

func (w *veilWorld) sumIn(t *testing.T, id, day string, year int) tally.Sum {
	t.Helper()
	x := &subject{year: year}
	if id[0] == 'P' {
		x.puskesmas = &store.Puskesmas{Code: id, Villages: []string{veilVillages[0], veilVillages[1], veilVillages[3]}}
		if id == "P3204050102" {
			x.puskesmas.Villages = []string{veilVillages[2], veilVillages[4]}
		}
	} else {
		code, err := area.Parse(id)
		if err != nil {
			t.Fatal(err)
		}
		x.code = code
	}
	f, err := w.services.sumAt(t.Context(), x, day)
	if err != nil {
		t.Fatal(err)
	}
	return f.sum
}
