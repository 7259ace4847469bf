package past

import (
	"context"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
)

// world is a district whose families move on the day under way.
type world struct {
	*pasttest.World
	days *Days
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := pasttest.New(t)
	return &world{w, &Days{Store: w.Store, Board: w.Board, Now: pasttest.Now}}
}

// change asks for the district's, which must add up.
func (w *world) change(when string, year int) *Change {
	w.Helper()
	got, err := w.days.Change(w.Context(), Subject{Area: w.Area(pasttest.District), Year: year}, Span{20260305, 20260309})
	if err != nil {
		w.Fatalf("%s, in %d: %v", when, year, err)
	}
	provisional, verified := got.Causes.Sum()
	difference := got.After
	difference.Sub(&got.Before)
	if provisional != difference.Provisional || verified != difference.Verified {
		w.Errorf("%s, in %d: the causes do not add up to the change", when, year)
	}
	return got
}

// check asks for the change up to today, which must be that of all movements, and tells
// how often all were read.
func (w *world) check(when string) int {
	w.Helper()
	w.Refresh()
	w.Store.Whole = 0
	got := w.change(when, 0)
	read := w.Store.Whole
	w.checkYears(when)
	var want store.CauseSums
	err := w.Store.Store.Read(w.Context(), func(ctx context.Context, snap store.Snapshot) error {
		return snap.MovementsBetween(ctx, []uint32{1, 2}, 20260305, 20260309, func(m store.Movement) error { want.Add(&m); return nil })
	})
	if err != nil {
		w.Fatal(err)
	}
	if got.Causes != want {
		w.Errorf("%s: the causes are not those of all movements", when)
	}
	if sum := got.Causes[store.CauseNew].Provisional.Tally; sum.Of(iks.Inti).Surveyed() != got.After.Provisional.Of(iks.Inti).Surveyed()-got.Before.Provisional.Of(iks.Inti).Surveyed() {
		w.Errorf("%s: the causes do not add up to the change", when)
	}
	return read
}

// checkYears asks for the same by survey year, of which all years together are the
// whole, for nobody was surveyed twice.
func (w *world) checkYears(when string) {
	w.Helper()
	var sum store.CauseSums
	for year := 2025; year <= 2026; year++ {
		sum.AddSums(&w.change(when, year).Causes)
	}
	if sum != w.change(when, 0).Causes {
		w.Errorf("%s: the causes of all survey years are not those of any", when)
	}
}

func TestOfTheDayUnderWayOnlyWhatCameSinceIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Move(1, 20260304, 1)
	w.Move(2, 20260306, 1)
	w.Move(1, 20260309, 2)
	if w.check("at first") == 0 {
		t.Error("at first all is read")
	}
	for range 20 {
		w.Move(uint32(1+w.Random.IntN(2)), 20260309, 1)
		if read := w.check("afterwards"); read != 0 {
			t.Errorf("all movements were read %d times again", read)
		}
	}
	w.Move(1, 20260309, 0) // a recompute: no revision tells of it
	if w.check("after a recompute") == 0 {
		t.Error("what no revision tells of was taken for nothing")
	}
	if w.check("when it was read") != 0 {
		t.Error("all is read once more")
	}
}
