package past

import (
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/disclosure"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// After a village has come to one district, only that district's villages are read; what
// is decided is what was.
func TestCellsOfAreasAreTheSameBeforeTheyAreAddedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.AddQuietProvince(3)
	for day := range 5 {
		w.Move(1+uint32(day%2), 20260301+day, 2)
		w.Move(3, 20260302+day, 1)
	}
	w.Settle()
	days := []int{20260228, 20260301, 20260303, 20260307}
	cellsOf := func(code area.Code) map[int]disclosure.YearCells {
		t.Helper()
		var l *disclosure.Layout
		w.Board.Look(func(v tally.View) { l = disclosure.NewLayout(v, code) })
		read, err := w.days.Cells(t.Context(), CellQuery{Layout: l, Days: days, Years: true})
		if err != nil {
			t.Fatal(err)
		}
		return read
	}
	roots := []area.Code{{}, w.Area("32")}
	before := []map[int]disclosure.YearCells{cellsOf(roots[0]), cellsOf(roots[1])}
	w.PutAreas(store.Area{Code: "32.04.05.2099"})
	w.Refresh() // and nothing is added up anew
	for i, root := range roots {
		for day, years := range cellsOf(root) {
			for year, list := range years {
				was := before[i][day][year]
				for k := range list {
					if list[k] != was[k] {
						t.Errorf("%q on %d in %d: area %d has other cells before its days are added up", root.Dotted(), day, year, k)
					}
				}
			}
		}
	}
	nation := before[0][20260307][disclosure.AnyYear][:1]
	if slices.Equal(nation, make(disclosure.Cells, 1)) {
		t.Error("the nation has no figures")
	}
}
