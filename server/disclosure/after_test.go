package disclosure

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/unraced"
)

// dayDecisions is a district's decisions of one moment: now, and on a past day.
type dayDecisions struct {
	today, then   *Decision
	present, past *YearDecision
}

// decided decides all, after another moment (nil: anew).
func (w *yearWorld) decided(after *dayDecisions) *dayDecisions {
	if after == nil {
		after = &dayDecisions{}
	}
	d := w.decidedNow(after)
	d.then = Decide(Piece{Layout: w.l, Cells: whole(w.then), Held: w.held, Today: d.today, Last: after.then})
	d.past = DecideYears(YearPiece{Cells: clone(w.then), Now: worldYear, Held: w.heldIn, Whole: d.then, Today: d.present, Last: after.past})
	return d
}

// decidedNow decides the present, and leaves the past day as it was.
func (w *yearWorld) decidedNow(after *dayDecisions) *dayDecisions {
	d := &dayDecisions{then: after.then, past: after.past}
	d.today = Decide(Piece{Layout: w.l, Cells: whole(w.now), Held: w.held, Last: after.today})
	d.present = DecideYears(YearPiece{Cells: clone(w.now), Now: worldYear, Held: w.heldIn, Whole: d.today, Last: after.present})
	return d
}

// worldYear is the year under way, so that rounds of 2028 are told of.
const worldYear = 2027

// yearWorld is a district's cells by survey year, and what is withheld of it elsewhere.
type yearWorld struct {
	l         *Layout
	now, then YearCells
	held      Mask
	heldIn    map[int]Mask
}

func clone(years YearCells) YearCells { return years.clone() }

// whole are the cells of any year.
func whole(years YearCells) (out Cells) {
	var none counts
	for _, list := range years {
		if out == nil {
			out = make(Cells, len(list))
		}
		for i := range list {
			out[i].replace(&none, &list[i])
		}
	}
	return out
}

// move has some families come or go in a village, and in all that is a sum of it.
func (w *yearWorld) move(years YearCells, random *rand.Rand) {
	list := years[2024+random.IntN(3)]
	at := random.IntN(len(w.l.ids))
	for w.l.ids[at][0] != 'v' {
		at = random.IntN(len(w.l.ids))
	}
	by, n := int32(random.IntN(7)-3), random.IntN(14)
	w.change(at, func(i int) {
		for v := range variants {
			if n > 11 {
				list[i][v].complete = max(0, list[i][v].complete+by)
			} else {
				list[i][v].denominators[n] = max(0, list[i][v].denominators[n]+by)
			}
		}
	})
}

// change changes a village, and all that is a sum of it.
func (w *yearWorld) change(at int, by func(i int)) {
	by(at)
	by(0)
	for _, s := range w.l.tree.Sums {
		if slices.Contains(s.Parts, at) {
			by(s.Whole)
		}
	}
}

// grow has families come to every second village, to all of whom all applies.
func (w *yearWorld) grow(years YearCells, families int32) {
	for at, id := range w.l.ids {
		if id[0] != 'v' || at%2 == 0 {
			continue
		}
		for _, list := range years {
			w.change(at, func(i int) {
				for v := range variants {
					list[i][v].complete += families
					for n := range list[i][v].denominators {
						list[i][v].denominators[n] += families
					}
				}
			})
		}
	}
}

// Whoever asks first, and after what, gets the same masks: another server of the same
// store decides them anew.
func TestADecisionAfterAnotherIsAsOneMadeAnew(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 8))
	w := &yearWorld{l: districtOf(t), now: YearCells{}, heldIn: map[int]Mask{}}
	for _, year := range []int{2024, 2025, 2026} {
		w.now[year] = w.l.survey(random, 60)
	}
	w.then = w.now.clone()
	w.grow(w.now, 9)
	last := w.decided(nil)
	kept, stood, spared := 0, 0, 0
	for range 20 {
		for range random.IntN(3) { // presents beside which nobody asked for the past day
			w.move(w.now, random)
			last = w.decidedNow(last)
		}
		kind := random.IntN(8)
		switch kind {
		case 0:
			w.held[random.IntN(variants)] ^= 1 << (1 + random.IntN(12))
		case 1:
			held := w.heldIn[2025]
			held[random.IntN(variants)] ^= 1 << (1 + random.IntN(12))
			w.heldIn = map[int]Mask{2025: held}
		case 2:
			w.move(w.then, random)
		default:
			w.move(w.now, random)
		}
		anew, after := w.decided(nil), w.decided(last)
		for name, pair := range map[string][2]*Decision{"now": {anew.today, after.today}, "past": {anew.then, after.then}} {
			if !slices.Equal(pair[0].masks, pair[1].masks) || pair[0].loud != pair[1].loud {
				t.Fatalf("%s: after another decision other cells are withheld", name)
			}
		}
		for name, pair := range map[string][2]*YearDecision{"now": {anew.present, after.present}, "past": {anew.past, after.past}} {
			if !maps.EqualFunc(pair[0].masks, pair[1].masks, slices.Equal[[]Mask]) || pair[0].loud != pair[1].loud {
				t.Fatalf("years %s: after another decision other cells are withheld", name)
			}
		}
		open := after.past.openAfter(last.past, after.present)
		if open != everyIndicator {
			kept++
		}
		if after.present.prints.since(&last.past.present)&^open != 0 {
			spared++
		}
		if kind != 2 && stands(t, w, last, anew) {
			stood++
		}
		last = after
	}
	if stood < 3 {
		t.Errorf("only %d of 20 settled days stood beside what had moved", stood)
	}
	if spared < 3 {
		t.Errorf("only %d of 20 past days were spared an indicator that had moved today", spared)
	}
	if kept < 7 {
		t.Errorf("only %d of 20 decisions took anything from the last", kept)
	}
}

// stands tells whether the settled day's decisions stand beside what has moved today; then
// they must be those that are made anew.
func stands(t *testing.T, w *yearWorld, last, anew *dayDecisions) bool {
	t.Helper()
	then, past := *last.then, *last.past
	then.stays, then.cells, past.stays, past.cells = true, nil, true, nil
	whole := then.Beside(Piece{Held: w.held, Today: anew.today})
	if whole == nil {
		return false
	}
	if !slices.Equal(whole.masks, anew.then.masks) || whole.loud != anew.then.loud {
		t.Fatal("a settled day stood though other cells are to be withheld")
	}
	years := past.Beside(YearPiece{Now: worldYear, Held: w.heldIn, Whole: whole, Today: anew.present})
	if years == nil {
		return false
	}
	if !maps.EqualFunc(years.masks, anew.past.masks, slices.Equal[[]Mask]) || years.loud != anew.past.loud {
		t.Fatal("survey years of a settled day stood though other cells are to be withheld")
	}
	return true
}

// At New Year one more year is told of, which a settled day may have had before: somebody
// had mistyped a date. What was decided of the day without that year is no beginning.
func TestAYearThatIsToldOfSinceNewYearIsDecided(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	random := rand.New(rand.NewPCG(11, 12))
	w := &yearWorld{l: districtOf(t), now: YearCells{}, heldIn: map[int]Mask{}}
	for _, year := range []int{2025, 2026} {
		w.now[year] = w.l.survey(random, 60)
	}
	w.then = w.now.clone()
	last := w.decided(nil)
	w.then[2028] = w.l.survey(random, 3)
	kept := *last.past
	kept.stays, kept.cells = true, w.then.clone() // as they are read again
	piece := YearPiece{Cells: w.then.clone(), Now: worldYear, Today: last.present}
	piece.Whole = Decide(Piece{Layout: w.l, Cells: whole(w.then), Held: w.held, Today: last.today})
	anew := DecideYears(piece)
	piece.Last = &kept
	after := DecideYears(piece)
	if !maps.EqualFunc(after.masks, anew.masks, slices.Equal[[]Mask]) {
		t.Error("after a decision without that year other cells are withheld")
	}
}

// What is kept of settled days holds on to no present figures: days are asked for at
// different times, each beside others.
func TestASettledDayHoldsOnToNoCells(t *testing.T) { // alone: it measures memory
	unraced.Test(t)
	const days = 200
	random := rand.New(rand.NewPCG(13, 14))
	w := &yearWorld{l: districtOf(t), now: YearCells{2026: nil}, heldIn: map[int]Mask{}}
	w.now[2026] = w.l.survey(random, 60)
	w.then = w.now.clone()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var kept []any
	for range days {
		w.move(YearCells{2024: w.now[2026], 2025: w.now[2026], 2026: w.now[2026]}, random)
		d := w.decided(nil)
		d.then.cells, d.past.cells = nil, nil
		kept = append(kept, d.then, d.past)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := int(after.HeapAlloc-before.HeapAlloc) / days
	if limit := 2*decisionBytes + 4*len(w.l.ids)*maskBytes; each > limit {
		t.Errorf("a settled day takes %d bytes, over %d", each, limit)
	}
	runtime.KeepAlive(kept)
}
