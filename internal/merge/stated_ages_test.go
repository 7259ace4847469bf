package merge

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func aged(years uint32, asOf string) RecordEdit {
	return RecordEdit{Key: siti, Set: &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 12 * years, AsOf: asOf}}}
}

// tell saves an age stated anew, beside those stated before.
func (r *replica) tell(t *testing.T, years uint32, asOf string) *ksv1.Change {
	t.Helper()
	edits := []RecordEdit{aged(years, asOf)}
	return r.save(t, KeepStatedAges(edits, &r.state)...)
}

// agesOf is what a member shows: the age in stated_age, then those beside it.
func (r *replica) agesOf(t *testing.T) string {
	t.Helper()
	h, err := View(&r.state)
	if err != nil {
		t.Fatal(err)
	}
	m := h.GetMembers()[0].GetMember()
	var out []string
	for _, age := range append([]*ksv1.StatedAge{m.GetStatedAge()}, m.GetStatedAges().GetAges()...) {
		out = append(out, fmt.Sprintf("%.4s:%d", age.GetAsOf(), age.GetMonths()/12))
	}
	return strings.Join(out, " ")
}

func TestAnAgeStatedLaterLeavesThoseOfOtherSurveys(t *testing.T) {
	t.Parallel()
	a, _ := apart(t)
	for _, c := range []struct {
		years      uint32
		asOf, want string
	}{
		{55, "2022-05-17", "2022:55"},
		{55, "2024-05-17", "2024:55 2022:55"},
		{56, "2024-05-17", "2024:56 2022:55"}, // a correction
		{57, "2025-05-17", "2025:57 2022:55 2024:56"},
		{54, "2022-05-17", "2022:54 2024:56 2025:57"},
	} {
		a.tell(t, c.years, c.asOf)
		if got := a.agesOf(t); got != c.want {
			t.Errorf("%d years of %s: %s, not %s", c.years, c.asOf, got, c.want)
		}
	}
}

// Ages of two surveys told apart of each other both count, and nobody is to choose among them.
func TestAgesStatedApartAreBothKept(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	first := a.tell(t, 55, "2022-05-17")
	b.tell(t, 55, "2024-05-17")
	b.receive(t, first)
	if got := b.agesOf(t); got != "2024:55 2022:55" || len(Conflicts(&b.state)) != 0 {
		t.Fatalf("%s, in conflict %+v", got, Conflicts(&b.state))
	}
	b.tell(t, 56, "2025-05-17")
	if got := b.agesOf(t); got != "2025:56 2022:55 2024:55" || len(Conflicts(&b.state)) != 0 {
		t.Error(got)
	}
}

// Two ages told apart of one survey are for somebody to choose among; none of another is lost by it.
func TestChoosingAmongAgesOfOneSurveyLosesNone(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	b.receive(t, a.tell(t, 55, "2022-05-17"))
	told := a.tell(t, 58, "2023-05-17")
	b.tell(t, 60, "2025-05-17")
	b.tell(t, 59, "2023-05-17")
	b.receive(t, told)
	c := Conflicts(&b.state)
	if len(c) != 1 || c[0].Field != StatedAgeField || !Settles(&b.state, siti, StatedAgeField) {
		t.Fatalf("in conflict %+v", c)
	}
	e := RecordEdit{Key: siti, Set: &ksv1.Member{}, Rewrite: []protowire.Number{StatedAgeField}}
	if err := proto.Unmarshal(c[0].Values[1].Element, e.Set); err != nil {
		t.Fatal(err)
	}
	b.save(t, KeepStatedAges(Settle(&b.state, e, StatedAgeField), &b.state)...)
	if got := b.agesOf(t); got != "2023:58 2022:55 2025:60" || len(Conflicts(&b.state)) != 0 {
		t.Errorf("%s, in conflict %+v", got, Conflicts(&b.state))
	}
}

// An age taken back beside one that was told is for somebody to choose, and counts not until then.
func TestAnAgeTakenBackApartIsAConflict(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	b.receive(t, a.tell(t, 55, "2022-05-17"))
	told := a.tell(t, 56, "2022-05-17")
	b.wall = 5000
	b.save(t, KeepStatedAges([]RecordEdit{{Key: siti, Clear: []protowire.Number{StatedAgeField}}}, &b.state)...)
	b.receive(t, told)
	if len(Conflicts(&b.state)) != 1 || len(StatedAges(&b.state, siti)) != 0 {
		t.Errorf("in conflict %+v; counts %v", Conflicts(&b.state), StatedAges(&b.state, siti))
	}
}

// Whom somebody removes unseen of an age of another survey is in no conflict because of that.
func TestAgesOfOtherSurveysStandAgainstNoRemoval(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	b.receive(t, a.tell(t, 55, "2022-05-17"))
	e := RecordEdit{Key: siti}
	SetOtherAges(&e, &a.state, &ksv1.StatedAges{Ages: []*ksv1.StatedAge{{Months: 12, AsOf: "2020-05-17"}}})
	late := a.save(t, e)
	b.save(t, diedUnseen(&b.state))
	b.receive(t, late)
	if c := Conflicts(&b.state); len(c) != 0 {
		t.Errorf("in conflict %+v", c)
	}
}

// A list without stamps, as earlier versions wrote it, is of its write; whoever carries an age on
// tells when it was stated.
func TestAnAgeCarriedOnKeepsItsStamp(t *testing.T) {
	t.Parallel()
	a, _ := apart(t)
	first := a.save(t, RecordEdit{Key: siti, Set: &ksv1.Member{StatedAges: &ksv1.StatedAges{Ages: []*ksv1.StatedAge{{Months: 12 * 55, AsOf: "2022-05-17"}}}}})
	second := a.tell(t, 58, "2023-05-17")
	a.tell(t, 60, "2025-05-17")
	a.tell(t, 61, "2026-05-17")
	for i, c := range []*ksv1.Change{first, second} {
		if got := StatedAges(&a.state, siti)[i].GetStamp(); !proto.Equal(got, c.GetStamp()) {
			t.Errorf("age %d is of %v, not %v", i, got, c.GetStamp())
		}
	}
}

// A stamp that an age is said to have counts for none after that of the write that brings it.
func TestNoAgeIsStatedAfterItsWrite(t *testing.T) {
	t.Parallel()
	a, _ := apart(t)
	far := Stamp{TimeMS: 1 << 60, Device: 9}
	e := RecordEdit{Key: siti, Set: &ksv1.Member{}}
	SetOtherAges(&e, &a.state, &ksv1.StatedAges{Ages: []*ksv1.StatedAge{{Months: 12 * 20, AsOf: "2022-05-17", Stamp: far.Proto()}}})
	a.save(t, e)
	a.tell(t, 55, "2022-05-17")
	if got := StatedAges(&a.state, siti); len(got) != 1 || got[0].GetMonths() != 12*55 {
		t.Errorf("%v", got)
	}
}

// Of three devices, whatever they have heard of each other, each survey's age is the last one told
// of it: that of another survey never moves it, and no order of arrival does.
func TestOfEachSurveyTheLastAgeHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		replicas := []*replica{newReplica(1), newReplica(2), newReplica(3)}
		changes := []*ksv1.Change{replicas[0].save(t, address("Jl. Satu"), called("Siti"))}
		last, want := map[string]Stamp{}, map[string]string{}
		for range rapid.IntRange(1, 16).Draw(rt, "steps") {
			r := replicas[rapid.IntRange(0, 2).Draw(rt, "who")]
			r.wall = uint64(rapid.IntRange(1, 2000).Draw(rt, "wall"))
			if rapid.Bool().Draw(rt, "hear") {
				r.receive(t, changes[rapid.IntRange(0, len(changes)-1).Draw(rt, "what")])
				continue
			}
			years, year := rapid.Uint32Range(20, 23).Draw(rt, "age"), rapid.IntRange(2021, 2024).Draw(rt, "year")
			c := r.tell(t, years, fmt.Sprint(year, "-05-17"))
			if c == nil {
				continue // it is what is shown
			}
			changes = append(changes, c)
			if elements, err := SplitFields(c.GetWrites()[0].GetFields()); err != nil || elements[0].Field != StatedAgeField {
				continue
			}
			if date := fmt.Sprint(year); StampOf(c.GetStamp()).Compare(last[date]) > 0 {
				last[date], want[date] = StampOf(c.GetStamp()), fmt.Sprint(date, ":", years)
			}
		}
		for _, r := range replicas {
			for _, at := range rapid.Permutation(changes).Draw(rt, "order") {
				r.receive(t, at)
			}
			if !bytes.Equal(r.state.Encode(nil), replicas[0].state.Encode(nil)) {
				rt.Fatal("replicas differ")
			}
			if len(want) == 0 {
				continue
			}
			got, all := strings.Fields(r.agesOf(t)), slices.Collect(maps.Values(want))
			slices.Sort(got)
			slices.Sort(all)
			if !slices.Equal(got, all) {
				rt.Fatalf("%v count, not %v", got, all)
			}
			if g, err := Look(r.state.Encode(nil)); err != nil || len(g.Household.GetMembers()[0].GetMember().GetStatedAges().GetAges())+1 != len(all) {
				rt.Fatalf("a look tells otherwise: %v", err)
			}
		}
	})
}

// dated is an edit of a round's survey date.
func dated(round ID, date string) RecordEdit {
	return RecordEdit{Key: Key{Kind: KindRound, Record: round}, Set: &ksv1.Round{SurveyDate: proto.String(date)}}
}

// An age typed under a wrong survey date follows the round whose date is corrected, but not one
// of the same date that stands; what was stated of the right date holds.
func TestAStatedAgeFollowsTheDateOfItsRound(t *testing.T) {
	t.Parallel()
	first, second := NewID(1, 10, 50), NewID(1, 10, 51)
	for name, c := range map[string]struct {
		told  []RecordEdit // each saved by itself
		fixed []RecordEdit
		want  string
	}{
		"the one shown":         {[]RecordEdit{aged(55, "2022-05-17")}, []RecordEdit{dated(first, "2021-05-17")}, "2021:55"},
		"one of another survey": {[]RecordEdit{aged(55, "2022-05-17"), aged(60, "2027-05-17")}, []RecordEdit{dated(first, "2021-05-17")}, "2027:60 2021:55"},
		"told with it":          {nil, []RecordEdit{dated(first, "2021-05-17"), aged(55, "2022-05-17")}, "2021:55"},
		"told anew with it":     {[]RecordEdit{aged(55, "2022-05-17")}, []RecordEdit{dated(first, "2021-05-17"), aged(54, "2021-05-17")}, "2021:54"},
		"one of the right date": {[]RecordEdit{aged(55, "2022-05-17"), aged(54, "2021-05-17")}, []RecordEdit{dated(first, "2021-05-17")}, "2021:54"},
		"to what is beside it":  {[]RecordEdit{aged(54, "2021-05-17"), aged(55, "2022-05-17")}, []RecordEdit{dated(first, "2021-05-17")}, "2021:54"},
		"another round has it":  {[]RecordEdit{dated(second, "2022-05-17"), aged(55, "2022-05-17")}, []RecordEdit{dated(first, "2021-05-17")}, "2022:55"},
		"both rounds":           {[]RecordEdit{dated(second, "2023-05-17"), aged(55, "2022-05-17"), aged(57, "2023-05-17")}, []RecordEdit{dated(first, "2023-05-17"), dated(second, "2024-05-17")}, "2024:57 2023:55"},
		"taken back with it":    {[]RecordEdit{aged(54, "2020-05-17"), aged(55, "2022-05-17")}, []RecordEdit{dated(first, "2021-05-17"), {Key: siti, Clear: []protowire.Number{StatedAgeField}}}, ":0 2020:54"},
	} {
		a, b := apart(t)
		b.receive(t, a.save(t, dated(first, "2022-05-17")))
		for _, e := range c.told {
			b.receive(t, a.save(t, KeepStatedAges([]RecordEdit{e}, &a.state)...))
		}
		if fixed := a.save(t, KeepStatedAges(c.fixed, &a.state)...); fixed != nil {
			b.receive(t, fixed)
		}
		if got := b.agesOf(t); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}
