package merge

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

func TestLookShowsWhatDecodingShows(t *testing.T) {
	t.Parallel()
	simple := 0
	var looker Looker // what one state leaves behind in it must not show in the next
	rapid.Check(t, func(rt *rapid.T) {
		s := State{Family: testFamily}
		for _, c := range randomHistory(rt, t) {
			delta, err := FromChange(c)
			if err != nil {
				rt.Fatal(err)
			}
			s = Join(s, delta)
			canonical := s.Encode(nil)
			got, err := looker.Look(canonical)
			if err != nil {
				rt.Fatal(err)
			}
			want, err := View(&s)
			if err != nil {
				rt.Fatal(err)
			}
			if !proto.Equal(got.Household, want) || got.Family != s.Family || got.Highest != s.HighestStamp() || got.Conflicts != len(Conflicts(&s)) || !slices.Equal(got.Collected, Collected(&s)) {
				rt.Fatalf("look: %v\nview: %v", got, want)
			}
			if _, ok := new(Looker).simply(canonical); ok {
				simple++
			}
			if got, err := Look(canonical); err != nil || !proto.Equal(got.Household, want) {
				rt.Fatalf("look alone: %v, %v\nview: %v", got, err, want)
			}
		}
	})
	if simple == 0 {
		t.Error("no state was read the short way")
	}
}

func TestLookRefusesWhatDecodeRefuses(t *testing.T) {
	t.Parallel()
	r := newReplica(1)
	r.save(t, address("Jl. Melati"))
	canonical := r.state.Encode(nil)
	for cut := range canonical {
		if _, err := Look(canonical[:cut]); err == nil {
			if _, err := Decode(canonical[:cut]); err != nil {
				t.Errorf("cut at %d: looked at what can't be decoded", cut)
			}
		}
	}
}
