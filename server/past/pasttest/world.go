// Package pasttest makes a district whose families move from day to day, for tests of
// what days that are over add up to, and of what is withheld and told of them.
//
//	w := pasttest.New(t)
//	w.Move(1, 20260304, 1)
//	w.Settle()
//
// Its clock stands at 9 March 2026, 17:00 WIB; the same calls move the same families.
package pasttest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// CountingStore counts how often all movements of a period are read.
type CountingStore struct {
	store.Store
	// Whole is how often, since whoever looks set it to zero.
	Whole int
}

// Read hands over a counting snapshot.
func (c *CountingStore) Read(ctx context.Context, fn func(ctx context.Context, s store.Snapshot) error) error {
	return c.Store.Read(ctx, func(ctx context.Context, s store.Snapshot) error { return fn(ctx, countingSnapshot{s, &c.Whole}) })
}

type countingSnapshot struct {
	store.Snapshot
	whole *int
}

// MovementsBetween counts the call.
func (c countingSnapshot) MovementsBetween(ctx context.Context, villages []uint32, after, upTo int, visit func(store.Movement) error) error {
	*c.whole++
	return c.Snapshot.MovementsBetween(ctx, villages, after, upTo, visit)
}

// Villages are the villages, by number less one; they are all of District.
var Villages = []string{"32.04.05.2001", "32.04.05.2002"}

// District is what they lie in.
const District = "32.04"

// Now is the moment at which it stands still.
func Now() time.Time { return time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC) }

// World is a district of two villages, in a store of its own, which is closed with the
// test.
type World struct {
	*testing.T
	Store *CountingStore
	// Board knows what it saw at the last Refresh or Settle.
	Board  *tally.Board
	Random *rand.Rand
	next   uint64
	// Uncounted: the survey years of who moves are still to be counted; Unsaid: what
	// moves does not say in which year, as from before they were kept.
	Uncounted, Unsaid bool
}

// New makes one in which nobody has come yet.
func New(t *testing.T) *World {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "server.db"), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &World{T: t, Store: &CountingStore{Store: s}, Board: tally.New(s, Now), Random: rand.New(rand.NewPCG(7, 8))}
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32"}, {Code: District}, {Code: "32.04.05"}, {Code: Villages[0]}, {Code: Villages[1]}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Move lets some families of a village come on a day, under so many new revisions.
func (w *World) Move(village uint32, day int, revisions uint64) {
	w.Helper()
	err := w.Store.Write(w.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			c := &store.Commit{Village: v.Village(), Day: day}
			c.Village.Revision += revisions
			years, err := c.Village.Years.Unpack(&c.Village.Provisional, &c.Village.Verified)
			if err != nil {
				return err
			}
			for range 1 + w.Random.IntN(3) {
				w.next++
				m := store.Movement{Family: merge.NewID(1, 1, w.next), Cause: store.CauseNew, ProvisionalAfter: RandomFamily(w.Random)}
				if w.Random.IntN(2) == 0 {
					m.VerifiedAfter = m.ProvisionalAfter
				}
				in := iks.FamilyYears{{Year: 2025 + w.Random.IntN(2), Provisional: m.ProvisionalAfter, Verified: m.VerifiedAfter}}
				if years.Add(in); !w.Unsaid {
					m.SetYears(nil, in)
				}
				c.Movements = append(c.Movements, m)
				c.Village.Provisional.Add(m.ProvisionalAfter)
				c.Village.Verified.Add(m.VerifiedAfter)
			}
			if c.Village.Years, c.Village.YearsMissing = years.Pack(&c.Village.Provisional, &c.Village.Verified), w.Uncounted; w.Uncounted {
				c.Village.Years = ""
			}
			return v.Apply(ctx, c)
		})
	})
	if err != nil {
		w.Fatal(err)
	}
}

// Refresh has the board look at the store.
func (w *World) Refresh() {
	w.Helper()
	if err := w.Board.Refresh(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// Settle has the board look at the store, and adds up the days that are over.
func (w *World) Settle() {
	w.Helper()
	w.Refresh()
	closer := tally.Closer{Store: w.Store, Board: w.Board, Now: Now}
	if err := closer.Close(w.Context()); err != nil {
		w.Fatal(err)
	}
}

// AddQuietProvince adds a province of so many villages of which nothing has come yet.
func (w *World) AddQuietProvince(villages int) {
	w.Helper()
	areas := []store.Area{{Code: "33"}, {Code: "33.01"}, {Code: "33.01.01"}}
	for v := range villages {
		areas = append(areas, store.Area{Code: fmt.Sprintf("33.01.01.%04d", 2001+v)})
	}
	w.PutAreas(areas...)
}

// PutAreas puts areas into the directory, of which the board knows at its next look.
func (w *World) PutAreas(areas ...store.Area) {
	w.Helper()
	err := w.Store.Write(w.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutAreas(ctx, areas) })
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
