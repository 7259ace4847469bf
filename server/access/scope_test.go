package access

import (
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Whoever has two roles may do what each of them may, where that role may, and
// nothing that neither may.
func TestTwoRolesGiveTogetherWhatEachGivesAloneAndNoMore(t *testing.T) {
	t.Parallel()
	const (
		surveyor, supervisor, head, administrator = ksv1.Role_ROLE_SURVEYOR, ksv1.Role_ROLE_SUPERVISOR, ksv1.Role_ROLE_PUSKESMAS_HEAD,
			ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR
	)
	places := []area.Place{1001, 3007}
	villages := []store.Village{{Number: 1, Code: "32.04.05.2001"}, {Number: 2, Code: "32.04.05.2002"}}
	as := func(roles ...ksv1.Role) *Caller {
		c := &Caller{Account: store.Account{Puskesmas: "P1", Assigned: []string{"32.04.05.2001/003/007"}}, Work: villages}
		for _, r := range roles {
			c.Account.Roles = append(c.Account.Roles, int32(r))
		}
		return c
	}
	holds := func(c *Caller, v store.Village, place area.Place) bool {
		scope, ok := c.HeldScope(v, places)
		return ok && slices.Contains(c.HeldVillages(), v.Number) && (scope.All || slices.Contains(scope.Places, place))
	}
	for _, pair := range [][2]ksv1.Role{{head, surveyor}, {surveyor, head}, {administrator, surveyor}, {administrator, head}, {supervisor, surveyor}, {head, supervisor}} {
		both, one, other := as(pair[0], pair[1]), as(pair[0]), as(pair[1])
		for _, v := range villages {
			for _, place := range places {
				for number := range ksv1.Right_name {
					right := ksv1.Right(number)
					if got, want := both.CoversFor(right, v.Number, place), one.CoversFor(right, v.Number, place) || other.CoversFor(right, v.Number, place); got != want {
						t.Errorf("%v in %s %s: %s is %v, want %v", pair, v.Code, place, right, got, want)
					}
				}
				if got, want := both.FamilyNumbers(v.Number, place), max(one.FamilyNumbers(v.Number, place), other.FamilyNumbers(v.Number, place)); got != want {
					t.Errorf("%v in %s %s: numbers are shown at %d, want %d", pair, v.Code, place, got, want)
				}
				if got, want := holds(both, v, place), holds(one, v, place) || holds(other, v, place); got != want {
					t.Errorf("%v in %s %s: on a device %v, want %v", pair, v.Code, place, got, want)
				}
			}
		}
	}
	// What that is for a head who collects in one RT.
	c := as(head, surveyor)
	for place, want := range map[area.Place]bool{3007: true, 1001: false} {
		numbers := map[bool]View{true: Full, false: LastDigits}[want]
		if !c.Covers(1, place) || c.Collects(1, place) != want || holds(c, villages[0], place) != want || c.FamilyNumbers(1, place) != numbers {
			t.Errorf("RT %s: sees %v, collects %v, holds %v, numbers %d", place, c.Covers(1, place), c.Collects(1, place), holds(c, villages[0], place), c.FamilyNumbers(1, place))
		}
	}
	if !c.Covers(2, 1001) || c.Collects(2, 1001) || holds(c, villages[1], 1001) || c.FamilyNumbers(2, 1001) != LastDigits {
		t.Error("in a village without an assignment a head does more than read")
	}
}

// What a list reads is what the caller covers, in the order of villages and RT, each RT once.
func TestSpansAreWhatACallerCovers(t *testing.T) {
	t.Parallel()
	villages := []store.Village{{Number: 7, Code: "32.04.05.2001"}, {Number: 3, Code: "32.04.05.2002"}, {Number: 9, Code: "32.04.05.2003"}}
	for name, assigned := range map[string][]string{
		"an RT":            {"32.04.05.2001/003/007"},
		"an RW and its RT": {"32.04.05.2001/003/007", "32.04.05.2001/003", "32.04.05.2001/001/001"},
		"a village":        {"32.04.05.2002", "32.04.05.2002/003", "32.04.05.2001/003/008"},
		"above villages":   {"32.04.05"},
		"neither RW or RT": {"32.04.05.2003/000/000"},
		"nothing":          nil,
		"elsewhere":        {"32.04.06.2001"},
	} {
		for _, role := range []ksv1.Role{ksv1.Role_ROLE_SURVEYOR, ksv1.Role_ROLE_SUPERVISOR, ksv1.Role_ROLE_DISTRICT} {
			c := &Caller{Account: store.Account{Puskesmas: "P1", Assigned: assigned, Roles: []int32{int32(role)}}, Work: villages}
			spans, all := c.SpansFor(ksv1.Right_RIGHT_SEE_FAMILIES)
			for i := 1; i < len(spans); i++ {
				if a, b := spans[i-1], spans[i]; a.Village > b.Village || a.Village == b.Village && a.To >= b.From {
					t.Errorf("%s, %s: %v stands before %v", name, role, a, b)
				}
			}
			for _, v := range villages {
				for _, place := range []area.Place{0, 1001, 3000, 3006, 3007, 3008, 3999, 4000, 999999} {
					in := all || slices.ContainsFunc(spans, func(s Span) bool { return s.Village == v.Number && s.From <= place && place <= s.To })
					if in != c.Covers(v.Number, place) {
						t.Errorf("%s, %s: RT %s of %s in %v: %t", name, role, place, v.Code, spans, in)
					}
				}
			}
		}
	}
}
