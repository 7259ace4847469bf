package veiltest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// largeYears are the survey years of its families.
var largeYears = []int{2024, 2025, 2026}

// applies are as in package disclosure's benchmark: to about how many families of a
// hundred each indicator applies, by DOMAIN.md's priors.
var applies = [iks.Indicators]float64{60, 8, 7, 5, 30, 2, 28, 0.5, 100, 100, 100, 100}

// frugalFamily is one to whom as few indicators apply as to the nation's.
func frugalFamily(random *rand.Rand) iks.Packed {
	var values iks.Values
	for i, share := range applies {
		values[i] = iks.N
		if random.Float64()*100 < share {
			values[i] = []iks.Value{iks.Y, iks.T}[random.IntN(2)]
		}
	}
	return iks.Pack(values, values)
}

// FillLargeDistrict fills an empty store with one of 300 villages in 30 kecamatan, of 600
// families each, to whom a few came a week in March 2026, and most of whom are approved; commit
// lets more come to a village.
func FillLargeDistrict(b testing.TB, s store.Store) (commit func(village uint32, day, families int, years ...int)) {
	b.Helper()
	const kecamatan, each = 30, 10
	random := rand.New(rand.NewPCG(1, 2))
	areas := []store.Area{{Code: "32"}, {Code: "32.04"}}
	for k := range kecamatan {
		areas = append(areas, store.Area{Code: fmt.Sprintf("32.04.%02d", k)})
		for v := range each {
			areas = append(areas, store.Area{Code: fmt.Sprintf("32.04.%02d.%04d", k, 2001+v)})
		}
	}
	known := map[uint32]iks.YearTallies{}
	commit = func(village uint32, day, families int, years ...int) {
		err := s.Write(b.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(v store.VillageTx) error {
				c := store.Commit{Village: v.Village(), Day: day}
				c.Village.Revision++
				list := known[village]
				for n := range families {
					one := iks.YearTally{Year: years[n%len(years)]}
					family := frugalFamily(random)
					one.Provisional.Add(family)
					if n%4 > 0 {
						one.Verified.Add(family)
					}
					list.AddTallies(iks.YearTallies{one})
					c.Village.Provisional.AddTally(&one.Provisional)
					c.Village.Verified.AddTally(&one.Verified)
				}
				known[village] = list
				c.Village.Years = list.Pack(&c.Village.Provisional, &c.Village.Verified)
				return v.Apply(ctx, &c)
			})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Write(b.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, areas) }); err != nil {
		b.Fatal(err)
	}
	for v := range uint32(kecamatan * each) {
		commit(v+1, 20260101, 200+random.IntN(800), largeYears...)
		for _, day := range slices.Sorted(slices.Values(random.Perm(29)[:4])) {
			commit(v+1, 20260301+day, 3, 2026)
		}
	}
	return commit
}
