package veil

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/past"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
	"github.com/keluarga-sehat/sync/server/veil/veiltest"
)

// What is withheld in a month of a kecamatan that nobody has asked for, and in the same when
// families have come in ten of its villages since: at once, and when it has been decided ahead.
func BenchmarkMonth(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	commit := veiltest.FillLargeDistrict(b, s)
	now := func() time.Time { return time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC) }
	board := tally.New(s, now)
	refresh := func() {
		if err := board.Refresh(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	refresh()
	closer := tally.Closer{Store: s, Board: board, Now: now}
	if err := closer.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
	fresh := func() *Keeper {
		return &Keeper{Store: s, Board: board, Past: &past.Days{Store: s, Board: board, Now: now}, Now: now}
	}
	keeper := fresh()
	for _, year := range []int{0, 2026} {
		b.Run(fmt.Sprintf("first/year=%d", year), func(b *testing.B) {
			for b.Loop() {
				keeper = fresh()
				keeper.askMonth(b, year)
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
						keeper.workAhead(b, year != 0)
					}
					b.StartTimer()
					keeper.askMonth(b, year)
				}
			})
		}
	}
}

// askMonth asks as a trend does.
func (k *Keeper) askMonth(b *testing.B, year int) {
	b.Helper()
	code, err := area.Parse("32.04.00")
	if err != nil {
		b.Fatal(err)
	}
	v, x := k.For(nobody), Subject{Area: code, Year: year}
	var days []int
	for day := k.today().AddDays(-DaysAhead); day != k.today(); day = day.AddDays(1) {
		days = append(days, day.Number())
	}
	if err := v.Prepare(b.Context(), x, days); err != nil {
		b.Fatal(err)
	}
	for _, day := range append(days, 0) {
		if _, err := v.MaskOf(b.Context(), x, day); err != nil {
			b.Fatal(err)
		}
	}
}

// workAhead does the worker's part for the district.
func (k *Keeper) workAhead(b *testing.B, years bool) {
	b.Helper()
	root, err := area.Parse("32.04")
	if err != nil {
		b.Fatal(err)
	}
	k.want(Key{root: root, years: years})
	if err := k.decideWanted(b.Context()); err != nil {
		b.Fatal(err)
	}
}
