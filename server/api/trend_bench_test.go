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
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// benchYears are the survey years of its families.
var benchYears = []int{2024, 2025, 2026}

// applies are as in package disclosure's benchmark: to about how many families of a
// hundred each indicator applies, by DOMAIN.md's priors.
var applies = [iks.Indicators]float64{60, 8, 7, 5, 30, 2, 28, 0.5, 100, 100, 100, 100}

// benchFamily is one to whom as few indicators apply as to the nation's.
func benchFamily(random *rand.Rand) iks.Packed {
	var values iks.Values
	for i, share := range applies {
		values[i] = iks.N
		if random.Float64()*100 < share {
			values[i] = []iks.Value{iks.Y, iks.T}[random.IntN(2)]
		}
	}
	return iks.Pack(values, values)
}

// benchDistrict is one of 300 villages in 30 kecamatan, of 600 families each, to whom a
// few come a week, and most of whom are approved.
func benchDistrict(b *testing.B, s store.Store) (commit func(village uint32, day, families int, years ...int)) {
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
					family := benchFamily(random)
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
		commit(v+1, 20260101, 200+random.IntN(800), benchYears...)
		for _, day := range slices.Sorted(slices.Values(random.Perm(29)[:4])) {
			commit(v+1, 20260301+day, 3, 2026)
		}
	}
	return commit
}

// A month of a kecamatan that nobody has asked for, and the same when families have come
// in ten of its villages since: at once, and when it has been decided ahead.
func BenchmarkTrend(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	commit := benchDistrict(b, s)
	now := func() time.Time { return time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC) }
	board := tally.New(s, now)
	services := &Services{Store: s, Board: board, Past: &past.Days{Store: s, Board: board, Now: now}, Now: now}
	refresh := func() {
		if err := services.Board.Refresh(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	refresh()
	closer := tally.Closer{Store: s, Board: services.Board, Now: now}
	if err := closer.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	ministry := &access.Caller{Account: store.Account{Number: 1, Roles: []int32{int32(ksv1.Role_ROLE_NATIONAL)}}}
	ctx := context.WithValue(store.WithScope(b.Context(), store.Scope{Everywhere: true}), callerKey{}, ministry)
	for _, year := range []uint32{0, 2026} {
		ask := func(b *testing.B) {
			got, err := indexService{services: services}.GetTrend(ctx, &ksv1.GetTrendRequest{Area: "32.04.00", SurveyYear: year})
			if err != nil || len(got.GetPoints()) != 31 {
				b.Fatalf("%d points: %v", len(got.GetPoints()), err)
			}
		}
		b.Run(fmt.Sprintf("first/year=%d", year), func(b *testing.B) {
			for b.Loop() {
				services = &Services{Store: s, Board: board, Past: &past.Days{Store: s, Board: board, Now: now}, Now: now}
				ask(b)
			}
		})
		for _, name := range []string{"again", "ahead"} {
			b.Run(fmt.Sprintf("%s/year=%d", name, year), func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					for village := range uint32(10) {
						commit(village+1, 20260331, 14, 2026)
					}
					refresh()
					if name == "ahead" {
						decideAhead(b, services, year != 0)
					}
					b.StartTimer()
					ask(b)
				}
			})
		}
	}
}

// decideAhead does the worker's part for the district.
func decideAhead(b *testing.B, s *Services, years bool) {
	b.Helper()
	root, err := area.Parse("32.04")
	if err != nil {
		b.Fatal(err)
	}
	s.want(pieceKey{root: root, years: years})
	if err := s.decideWanted(b.Context()); err != nil {
		b.Fatal(err)
	}
}
