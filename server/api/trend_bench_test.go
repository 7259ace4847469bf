package api

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// A month of a kecamatan that nobody has asked for, and the same when families have come
// in ten of its villages since.
func BenchmarkTrend(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	commit := veiltest.FillLargeDistrict(b, s)
	now := func() time.Time { return time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC) }
	board := tally.New(s, now)
	services := figuresOnly(s, board, now)
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
				services = figuresOnly(s, board, now)
				ask(b)
			}
		})
		b.Run(fmt.Sprintf("again/year=%d", year), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				for village := range uint32(10) {
					commit(village+1, 20260331, 14, 2026)
				}
				refresh()
				b.StartTimer()
				ask(b)
			}
		})
	}
}
