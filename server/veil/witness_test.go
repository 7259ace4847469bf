package veil

import (
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/past/pasttest"
	"github.com/keluarga-sehat/sync/server/store"
)

// witness remembers what it is told.
type witness struct {
	pieces map[Key]uint64
	own    bool
}

func (w *witness) RestsOn(piece Key, generation uint64) {
	if w.pieces == nil {
		w.pieces = map[Key]uint64{}
	}
	w.pieces[piece] = generation
}

func (w *witness) RestsOnOwn() { w.own = true }

// A witness is told the pieces that are shown, of any year and by survey year, and that a
// village is as nobody else sees it.
func TestAWitnessIsToldWhatAnAnswerRestsOn(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	surveyor := &access.Caller{
		Account: store.Account{Number: 3, Roles: []int32{int32(ksv1.Role_ROLE_SURVEYOR)}, Assigned: []string{pasttest.Villages[0] + "/001/001"}},
		Work:    []store.Village{{Number: 1, Code: pasttest.Villages[0]}},
	}
	for _, year := range []int{0, 2026} {
		for _, day := range []int{0, 20260302} {
			var all, own witness
			if _, err := w.keeper.For(nobody).MaskOf(WithWitness(t.Context(), &all), Subject{Area: w.Area("32.04.05"), Year: year}, day); err != nil {
				t.Fatal(err)
			}
			key := Key{w.district(), day, year != 0}
			generation, err := w.keeper.generationOf(t.Context(), key)
			if err != nil || len(all.pieces) != 1 || all.pieces[key] != generation || all.own {
				t.Errorf("of %d in %d it is told %v, and that it is the caller's own: %v; %v", day, year, all.pieces, all.own, err)
			}
			if _, err := w.keeper.For(surveyor).MaskOf(WithWitness(t.Context(), &own), Subject{Area: w.Area(pasttest.Villages[0]), Year: year}, day); err != nil {
				t.Fatal(err)
			}
			if len(own.pieces) != 0 || !own.own {
				t.Errorf("of %d in %d it is told %v of a surveyor's village, and that it is the caller's own: %v", day, year, own.pieces, own.own)
			}
		}
	}
}

// To look at a piece asks for nothing; who is shown again what rests on it does.
func TestWhoIsShownAPieceAgainWantsIt(t *testing.T) {
	t.Parallel()
	w := newOpenWorld(t)
	w.Move(1, 20260301, 1)
	w.Settle()
	key := Key{root: w.district()}
	generation, err := w.keeper.generationOf(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(w.keeper.ahead.wanted); n != 0 {
		t.Errorf("%d pieces are wanted though nobody asked", n)
	}
	if w.keeper.Holds(t.Context(), key, generation+1) {
		t.Error("a piece is of a generation that it has not had")
	}
	if !w.keeper.Holds(t.Context(), key, generation) || w.keeper.ahead.wanted[key.root] == nil {
		t.Errorf("%d pieces are wanted", len(w.keeper.ahead.wanted))
	}
}
