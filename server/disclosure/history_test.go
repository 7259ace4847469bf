package disclosure

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Families of survey years that no figures are told of move the figures of any year and
// none by year: however many come, a history takes bounded room, and a decision that is
// as it was adds no step.
func TestAHistoryIsBounded(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	w := &yearWorld{l: districtOf(t), now: YearCells{}, heldIn: map[int]Mask{}}
	for _, year := range []int{2024, 2025, 2026} {
		w.now[year] = w.l.survey(random, 60)
	}
	whole := whole(w.now)
	var d *Decision
	var y *YearDecision
	for n := range 2 * historySteps {
		whole = slices.Clone(whole)
		for v := range variants {
			whole[0][v].complete++
			whole[0][v].denominators[3]++
		}
		d = Decide(Piece{Layout: w.l, Cells: whole, Last: d})
		y = DecideYears(YearPiece{Cells: clone(w.now), Now: 2026, Held: w.heldIn, Whole: d, Last: y})
		if steps := min(n, historySteps); len(d.history) != steps || len(y.history) != 0 {
			t.Fatalf("after %d commits the history of any year has %d steps, that by year %d", n, len(d.history), len(y.history))
		}
	}
	var h history
	for n := range 2 * historySteps {
		h = h.after(prints{uint64(n)}, prints{uint64(n + 1)}, nil)
	}
	if len(h) != historySteps {
		t.Errorf("of steps that name no area %d are kept", len(h))
	}
}
