package past

import (
	"reflect"
	"testing"

	"github.com/keluarga-sehat/sync/server/past/pasttest"
)

// What moved on settled days is read once for all survey years; with what moves today it
// is what a server finds that remembers nothing.
func TestCausesByYearOfSettledDaysAreReadOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for day := range 5 {
		w.Move(1, 20260301+day, 1)
	}
	read := func(d *Days) *Causes {
		t.Helper()
		got, err := d.Causes(t.Context(), Subject{Area: w.Area(pasttest.District), Year: 2026}, Span{20260301, 20260309})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for turn := range 3 {
		w.Move(1, 20260309, 1)
		w.Refresh()
		w.Store.Whole = 0
		got, want := read(w.days), 1
		if turn == 0 {
			want = 2
		}
		if w.Store.Whole != want {
			t.Errorf("turn %d: movements were read %d times, not %d", turn, w.Store.Whole, want)
		}
		anew := read(&Days{Store: w.Store, Board: w.Board, Now: pasttest.Now})
		if !reflect.DeepEqual(got, anew) {
			t.Errorf("turn %d: what is remembered is not what is read anew", turn)
		}
	}
}
