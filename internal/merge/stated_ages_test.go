package merge

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func aged(years uint32, asOf string) RecordEdit {
	return RecordEdit{Key: siti, Set: &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 12 * years, AsOf: asOf}}}
}

// tell saves an age stated anew, beside those stated before.
func (r *replica) tell(t *testing.T, years uint32, asOf string) *ksv1.Change {
	t.Helper()
	edits := []RecordEdit{aged(years, asOf)}
	KeepStatedAges(edits, &r.state)
	return r.save(t, edits...)
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
		out = append(out, fmt.Sprintf("%s:%d", age.GetAsOf()[:4], age.GetMonths()/12))
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

// Two surveys told apart of each other are both kept by whoever settles them.
func TestAgesStatedApartAreBothKept(t *testing.T) {
	t.Parallel()
	a, b := apart(t)
	first := a.tell(t, 55, "2022-05-17")
	b.tell(t, 55, "2024-05-17")
	b.receive(t, first)
	if c := Conflicts(&b.state); len(c) != 1 {
		t.Fatalf("conflicts %+v", c)
	}
	b.tell(t, 56, "2025-05-17")
	if got := b.agesOf(t); got != "2025:56 2022:55 2024:55" || len(Conflicts(&b.state)) != 0 {
		t.Error(got)
	}
}

// Whichever of the two registers is settled first, none of the ages is lost.
func TestSettlingStatedAgesLosesNone(t *testing.T) {
	t.Parallel()
	for _, first := range []protowire.Number{statedAgeField, statedAgesField} {
		a, b := apart(t)
		b.receive(t, a.tell(t, 55, "2022-05-17"))
		told := []*ksv1.Change{a.tell(t, 58, "2023-05-17"), a.tell(t, 59, "2024-05-17")}
		b.tell(t, 60, "2025-05-17")
		for _, c := range told {
			b.receive(t, c)
		}
		for _, field := range []protowire.Number{first, statedAgeField + statedAgesField - first} {
			if !Settles(&b.state, siti, field) {
				continue
			}
			e := RecordEdit{Key: siti, Set: &ksv1.Member{}, Rewrite: []protowire.Number{field}}
			values := b.state.Record(siti).Register(field).Values
			if err := proto.Unmarshal(values[len(values)-1].Element, e.Set); err != nil {
				t.Fatal(err)
			}
			edits := Settle(&b.state, e, field)
			KeepStatedAges(edits, &b.state)
			b.save(t, edits...)
		}
		if got := b.agesOf(t); len(strings.Fields(got)) != 4 || len(Conflicts(&b.state)) != 0 {
			t.Errorf("field %d first: %s, in conflict %+v", first, got, Conflicts(&b.state))
		}
	}
}
