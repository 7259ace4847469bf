package api

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
	"github.com/keluarga-sehat/sync/server/tally"
)

// countingStore counts how often all movements of a period are read.
type countingStore struct {
	store.Store
	whole int
}

// Read hands over a counting snapshot.
func (c *countingStore) Read(ctx context.Context, fn func(ctx context.Context, s store.Snapshot) error) error {
	return c.Store.Read(ctx, func(ctx context.Context, s store.Snapshot) error { return fn(ctx, countingSnapshot{s, &c.whole}) })
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

// openWorld is a district whose families move on the day under way.
type openWorld struct {
	*testing.T
	services *Services
	counting *countingStore
	random   *rand.Rand
	next     uint64
	// uncounted: the survey years of who moves are still to be counted; unsaid: what
	// moves does not say in which year, as from before they were kept.
	uncounted, unsaid bool
}

func newOpenWorld(t *testing.T) *openWorld {
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
	now := func() time.Time { return time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC) }
	w := &openWorld{T: t, counting: &countingStore{Store: s}, random: rand.New(rand.NewPCG(7, 8))}
	w.services = &Services{Store: w.counting, Board: tally.New(s, now), Now: now}
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32"}, {Code: "32.04"}, {Code: "32.04.05"}, {Code: veilVillages[0]}, {Code: veilVillages[1]}})
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// move lets some families of a village come on a day, under so many new revisions.
func (w *openWorld) move(village uint32, day int, revisions uint64) {
	w.Helper()
	err := w.counting.Write(w.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			c := &store.Commit{Village: v.Village(), Day: day}
			c.Village.Revision += revisions
			years, err := c.Village.Years.Unpack(&c.Village.Provisional, &c.Village.Verified)
			if err != nil {
				return err
			}
			for range 1 + w.random.IntN(3) {
				w.next++
				m := store.Movement{Family: merge.NewID(1, 1, w.next), Cause: store.CauseNew, ProvisionalAfter: randomFamily(w.random)}
				if w.random.IntN(2) == 0 {
					m.VerifiedAfter = m.ProvisionalAfter
				}
				in := iks.FamilyYears{{Year: 2025 + w.random.IntN(2), Provisional: m.ProvisionalAfter, Verified: m.VerifiedAfter}}
				if years.Add(in); !w.unsaid {
					m.SetYears(nil, in)
				}
				c.Movements = append(c.Movements, m)
				c.Village.Provisional.Add(m.ProvisionalAfter)
				c.Village.Verified.Add(m.VerifiedAfter)
			}
			if c.Village.Years, c.Village.YearsMissing = years.Pack(&c.Village.Provisional, &c.Village.Verified), w.uncounted; w.uncounted {
				c.Village.Years = ""
			}
			return v.Apply(ctx, c)
		})
	})
	if err != nil {
		w.Fatal(err)
	}
}

// check asks for the change up to today, which must be that of all movements, and tells
// how often all were read.
func (w *openWorld) check(when string) int {
	w.Helper()
	if err := w.services.Board.Refresh(w.Context()); err != nil {
		w.Fatal(err)
	}
	code, err := area.Parse("32.04")
	if err != nil {
		w.Fatal(err)
	}
	from, err := prokesga.ParseDate("2026-03-05")
	if err != nil {
		w.Fatal(err)
	}
	before := w.counting.whole
	got, err := w.services.changeOf(w.Context(), &subject{code: code}, period{from, w.services.dayNow()})
	if err != nil {
		w.Fatal(err)
	}
	read := w.counting.whole - before
	w.checkYears(when, code, from)
	var want store.CauseSums
	err = w.counting.Store.Read(w.Context(), func(ctx context.Context, snap store.Snapshot) error {
		return snap.MovementsBetween(ctx, []uint32{1, 2}, 20260305, 20260309, func(m store.Movement) error { want.Add(&m); return nil })
	})
	if err != nil {
		w.Fatal(err)
	}
	if got.causes != want {
		w.Errorf("%s: the causes are not those of all movements", when)
	}
	if sum := got.causes[store.CauseNew].Provisional.Tally; sum.Of(iks.Inti).Surveyed() != got.after.sum.Provisional.Of(iks.Inti).Surveyed()-got.before.sum.Provisional.Of(iks.Inti).Surveyed() {
		w.Errorf("%s: the causes do not add up to the change", when)
	}
	return read
}

// checkYears asks for the same by survey year, of which all years together are the
// whole, for nobody was surveyed twice.
func (w *openWorld) checkYears(when string, code area.Code, from prokesga.Date) {
	w.Helper()
	to := w.services.dayNow()
	whole, err := w.services.changeOf(w.Context(), &subject{code: code}, period{from, to})
	if err != nil {
		w.Fatal(err)
	}
	var sum store.CauseSums
	for year := 2025; year <= 2026; year++ {
		got, err := w.services.changeOf(w.Context(), &subject{code: code, year: year}, period{from, to})
		if err != nil {
			w.Fatalf("%s, in %d: %v", when, year, err)
		}
		sum.AddSums(&got.causes)
	}
	if sum != whole.causes {
		w.Errorf("%s: the causes of all survey years are not those of any", when)
	}
}

func TestOfTheDayUnderWayOnlyWhatCameSinceIsRead(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.move(1, 20260304, 1)
	w.move(2, 20260306, 1)
	w.move(1, 20260309, 2)
	if w.check("at first") == 0 {
		t.Error("at first all is read")
	}
	for range 20 {
		w.move(uint32(1+w.random.IntN(2)), 20260309, 1)
		if read := w.check("afterwards"); read != 0 {
			t.Errorf("all movements were read %d times again", read)
		}
	}
	w.move(1, 20260309, 0) // a recompute: no revision tells of it
	if w.check("after a recompute") == 0 {
		t.Error("what no revision tells of was taken for nothing")
	}
	if w.check("when it was read") != 0 {
		t.Error("all is read once more")
	}
}
