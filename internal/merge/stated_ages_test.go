package merge

import (
	"fmt"
	"strings"
	"testing"

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
