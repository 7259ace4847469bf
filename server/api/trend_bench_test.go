package api

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// benchDistrict is one of 200 villages in ten kecamatan, each with a few families a week.
func benchDistrict(b *testing.B, s store.Store) (commit func(village uint32, day, families int)) {
	b.Helper()
	const kecamatan, each = 10, 20
	random := rand.New(rand.NewPCG(1, 2))
	areas := []store.Area{{Code: "32"}, {Code: "32.04"}}
	for k := range kecamatan {
		areas = append(areas, store.Area{Code: fmt.Sprintf("32.04.%02d", k)})
		for v := range each {
			areas = append(areas, store.Area{Code: fmt.Sprintf("32.04.%02d.%04d", k, 2001+v)})
		}
	}
	commit = func(village uint32, day, families int) {
		err := s.Write(b.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(v store.VillageTx) error {
				c := store.Commit{Village: v.Village(), Day: day}
				c.Village.Revision++
				for range families {
					c.Village.Provisional.Add(randomFamily(random))
				}
				years := iks.YearTallies{{Year: 2026, Provisional: c.Village.Provisional}}
				c.Village.Years = years.Pack(&c.Village.Provisional, &c.Village.Verified)
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
		commit(v+1, 20260101, 100)
		for range 4 {
			commit(v+1, 20260301+random.IntN(29), 3)
		}
	}
	return commit
}

// A month of a kecamatan that nobody has asked for, and the same when one of its
// villages has changed since.
func BenchmarkTrend(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	commit := benchDistrict(b, s)
	now := func() time.Time { return time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC) }
	services := &Services{Store: s, Board: tally.New(s, now), Now: now}
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
				services = &Services{Store: s, Board: services.Board, Now: now}
				ask(b)
			}
		})
		b.Run(fmt.Sprintf("again/year=%d", year), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				commit(1, 20260331, 1)
				refresh()
				b.StartTimer()
				ask(b)
			}
		})
	}
}
