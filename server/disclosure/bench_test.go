package disclosure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
)

// applies is about how many families of a hundred each indicator applies to, by
// DOMAIN.md's priors: on the rare ones most of what is withheld rests.
var applies = [iks.Indicators]float64{60, 8, 7, 5, 30, 2, 28, 0.5, 100, 100, 100, 100}

// districtOf lays out a large district: 300 villages in 30 kecamatan and 60 Puskesmas.
func districtOf(b testing.TB) *Layout {
	b.Helper()
	root, err := area.Parse("32.04")
	if err != nil {
		b.Fatal(err)
	}
	l := newLayout(root)
	var kecamatan []int
	parts, served := map[int][]int{}, map[int][]int{}
	for k := range 30 {
		kecamatan = append(kecamatan, l.add(fmt.Sprintf("k%d", k)))
		for v := range 10 {
			parts[k] = append(parts[k], l.add(fmt.Sprintf("v%d.%d", k, v)))
		}
	}
	l.sum(0, kecamatan)
	var centres []int
	for p := range 60 {
		centres = append(centres, l.add(fmt.Sprintf("p%d", p)))
		served[p] = parts[p/2][p%2*5 : p%2*5+5]
	}
	for k, at := range kecamatan {
		l.sum(at, parts[k])
	}
	for p, at := range centres {
		l.sum(at, served[p])
	}
	l.sum(0, centres)
	return l.finish()
}

// survey counts families of the villages, and of all that are sums of them.
func (l *Layout) survey(random *rand.Rand, mean float64) Cells {
	out := make(Cells, len(l.ids))
	for i, id := range l.ids {
		if id[0] != 'v' {
			continue
		}
		families := int32(mean * math.Exp(0.6*random.NormFloat64()-0.18))
		for v := range variants {
			out[i][v].complete = families
			if v >= variants/2 {
				out[i][v].complete = families * 3 / 4
			}
			for n, share := range applies {
				out[i][v].denominators[n] = int32(float64(out[i][v].complete)*share/100 + random.Float64())
			}
		}
	}
	var none counts
	for turn := range 2 {
		for _, s := range l.tree.Sums {
			if (s.Whole == 0) == (turn == 1) && out[s.Whole] == none {
				for _, p := range s.Parts {
					out[s.Whole].replace(&none, &out[p])
				}
			}
		}
	}
	return out
}

// A district's three survey years: now, anew and after a family came; and on a past
// day.
func BenchmarkDecideYears(b *testing.B) {
	l, random := districtOf(b), rand.New(rand.NewPCG(3, 4))
	years, past := YearCells{}, YearCells{}
	now, then := make(Cells, len(l.ids)), make(Cells, len(l.ids))
	var none counts
	for _, year := range []int{2024, 2025, 2026} {
		years[year] = l.survey(random, 258)
		past[year] = make(Cells, len(l.ids))
		copy(past[year], years[year])
		for i := range now {
			now[i].replace(&none, &years[year][i])
		}
	}
	for i, id := range l.ids { // a few families less
		if id[0] == 'v' && i%3 == 0 {
			for v := range variants {
				past[2026][i][v].complete -= 6
				past[2026][i][v].denominators[8] -= 6
			}
		}
	}
	for _, list := range past {
		for i := range then {
			then[i].replace(&none, &list[i])
		}
	}
	today := Decide(Piece{Layout: l, Cells: now})
	present := DecideYears(YearPiece{Cells: years, Now: 2026, Whole: today})
	whole := Decide(Piece{Layout: l, Cells: then, Today: today})
	b.Run("now", func(b *testing.B) {
		for b.Loop() {
			DecideYears(YearPiece{Cells: years, Now: 2026, Whole: today})
		}
	})
	later := years.clone()
	for _, i := range []int{0, 1, 2, 303} { // a family in one village of its kecamatan and Puskesmas
		for v := range variants {
			for _, n := range []int{0, 8, 9, 10, 11} {
				later[2026][i][v].denominators[n]++
			}
			later[2026][i][v].complete++
		}
	}
	b.Run("after a family", func(b *testing.B) {
		for b.Loop() {
			DecideYears(YearPiece{Cells: later, Now: 2026, Whole: today, Last: present})
		}
	})
	b.Run("past", func(b *testing.B) {
		for b.Loop() {
			DecideYears(YearPiece{Cells: past, Now: 2026, Whole: whole, Today: present})
		}
	})
}
