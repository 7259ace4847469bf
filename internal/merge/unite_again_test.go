package merge

import (
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// drawnHome is family 1 or 2, of members 11 and up or 21 and up who are hard to tell from
// each other's: few names, birth dates and numbers, and many died, left or are doubles.
func drawnHome(r *rand.Rand, family uint64) *ksv1.Household {
	own, theirs := family*10+1, (3-family)*10+1
	one := func(in uint64) bool { return r.Uint64N(in) == 0 }
	n := 2 + r.Uint64N(4)
	h := home{n: family, members: people{}, rounds: surveys{}}
	for i := range n {
		m := &ksv1.Member{Name: proto.String([]string{"Asep", "Bayi"}[r.IntN(2)]), Sex: ksv1.Sex(1 + r.IntN(2)).Enum()}
		if !one(3) {
			m.BirthDate = proto.String([]string{"1970-01-10", "2025-12-01"}[r.IntN(2)])
		}
		if one(3) {
			m.Nik = proto.Uint64(asepsNIK + r.Uint64N(2))
		}
		switch r.IntN(6) {
		case 0:
			gone(m, died, "2025-06-01", 0)
		case 1:
			gone(m, moved, "2025-06-01", 0)
		case 2:
			to(gone(m, moved, "2025-06-01", 0), 3-family)
		case 3:
			gone(m, enteredTwice, "2025-06-01", own+(i+1+r.Uint64N(n-1))%n)
		}
		if one(5) {
			formerly(m, theirs+r.Uint64N(4))
		}
		h.members[own+i] = m
	}
	for _, date := range []string{"2025-03-01", "2026-03-01"}[r.IntN(2):] {
		for i := range n {
			if !one(3) {
				h.rounds[date] = append(h.rounds[date], own+i)
			}
		}
	}
	return h.household()
}

// Of families who are hard to tell apart, too, a union done again knows who was whom. Among
// very many pairs some are left of which it does not (Unite): none is among these.
func TestAUnionDoneAgainHasNoSecondEffect(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 1))
		into, from := stateOf(t, drawnHome(r, 1), 1, 1000), stateOf(t, drawnHome(r, 2), 2, 1000)
		unite(t, &into, &from, 2000)
		once, err := View(&into)
		if err != nil {
			t.Fatal(err)
		}
		unite(t, &into, &from, 3000)
		if twice, err := View(&into); err != nil || !proto.Equal(once, twice) {
			t.Errorf("pair %d: once %s; twice %s: %v", seed, told(once), told(twice), err)
		}
	}
}
