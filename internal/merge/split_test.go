package merge

import (
	"errors"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// splitHousehold is a mother, her son and a removed uncle.
func splitHousehold() (h *ksv1.Household, family, mother, son, gone ID) {
	family, mother, son, gone = NewID(1, 1, 1), NewID(1, 1, 2), NewID(1, 1, 3), NewID(1, 1, 4)
	member := func(id ID, m *ksv1.Member) *ksv1.HouseholdMember {
		return &ksv1.HouseholdMember{MemberId: id.String(), Member: m}
	}
	return &ksv1.Household{
		FamilyId: family.String(),
		Family:   &ksv1.Family{Place: proto.String("003/007"), Address: proto.String("Jl. Satu"), BuildingNumber: proto.String("12"), Nkk: proto.Uint64(3204051111110001)},
		Members: []*ksv1.HouseholdMember{
			member(mother, &ksv1.Member{Name: proto.String("Ani"), Number: proto.Uint32(1)}),
			member(son, &ksv1.Member{Name: proto.String("Budi"), Number: proto.Uint32(2), MotherId: proto.String(mother.String())}),
			member(gone, &ksv1.Member{Name: proto.String("Joko"), Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED}}),
		},
	}, family, mother, son, gone
}

func TestASplitTakesOverWhoPeopleAreAndNothingOfTheCard(t *testing.T) {
	h, family, mother, son, _ := splitHousehold()
	s := Split{From: family, Family: SplitID(family, son), LastDay: "2024-05-16", Persons: []Leaving{{son, SplitID(SplitID(family, son), son)}}}
	opens, leaves, err := SplitOff(h, s)
	if err != nil {
		t.Fatal(err)
	}
	f, m := opens[0].Set.(*ksv1.Family), opens[1].Set.(*ksv1.Member)
	if f.GetPlace() != "003/007" || f.GetBuildingNumber() != "12" || f.GetAddress() != "Jl. Satu" || f.Nkk != nil || f.GetHeadName() != "Budi" {
		t.Errorf("the family is %v", f)
	}
	if m.GetName() != "Budi" || m.GetNumber() != 1 || m.MotherId != nil || m.GetFormerMemberId() != son.String() {
		t.Errorf("its head is %v; the mother %s stays behind", m, mother)
	}
	gone := leaves[0].Set.(*ksv1.Member)
	if len(leaves) != 1 || gone.GetRemoval().GetReason() != ksv1.RemovalReason_REMOVAL_REASON_MOVED || gone.GetRemoval().GetDate() != "2024-05-16" || gone.GetMovedToFamilyId() != s.Family.String() {
		t.Errorf("in the old family: %v", gone)
	}
	s.BuildingNumber = "14"
	if opens, _, err = SplitOff(h, s); err != nil || opens[0].Set.(*ksv1.Family).Address != nil {
		t.Errorf("in another house: %v, %v", opens[0].Set, err)
	}
}

func TestOnlyMembersLeaveAndSomebodyStays(t *testing.T) {
	h, family, mother, son, gone := splitHousehold()
	for what, c := range map[string]struct {
		persons []Leaving
		want    error
	}{
		"all":             {[]Leaving{{Member: mother}, {Member: son}}, ErrNobodyStays},
		"who is dead":     {[]Leaving{{Member: gone}}, ErrNotMember},
		"a stranger":      {[]Leaving{{Member: NewID(9, 9, 9)}}, ErrNotMember},
		"nobody":          {nil, ErrNotMember},
		"one named twice": {[]Leaving{{Member: son}, {Member: son}}, ErrNotMember},
	} {
		if _, _, err := SplitOff(h, Split{From: family, Persons: c.persons}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestWhoSplitsTheSameMakesTheSame(t *testing.T) {
	_, family, mother, son, _ := splitHousehold()
	if made := SplitID(family, son); made.IsZero() || made == SplitID(family, mother) || made == SplitID(son, family) || made.String()[14] != '5' {
		t.Errorf("id of a split: %s", made)
	}
	if _, _, _, ok := SplitID(family, son).Source(); ok {
		t.Error("the id names a device, by which a fork would rename it")
	}
}

// The change that made the family may wait for a decision while its members' are merged.
func TestMembersOfAFamilyThatIsNotKnownDoNotSplitOff(t *testing.T) {
	h, family, _, son, _ := splitHousehold()
	h.Family = nil
	if _, _, err := SplitOff(h, Split{From: family, Persons: []Leaving{{Member: son}}}); !errors.Is(err, ErrNoFamily) {
		t.Errorf("they split off: %v", err)
	}
}

// A split that is made again takes back that it was undone, and not that who went there has gone
// on to a family of their own since: nobody stands in two.
func TestASplitMadeAgainBringsNobodyBackWhoHasGoneOn(t *testing.T) {
	h, family, mother, son, _ := splitHousehold()
	h.Members = append(h.Members, &ksv1.HouseholdMember{MemberId: NewID(1, 1, 5).String(), Member: &ksv1.Member{Name: proto.String("Cici")}})
	split := Split{From: family, Family: SplitID(family, son), LastDay: "2026-03-24", Persons: []Leaving{{Member: son, As: NewID(7, 1, 1)}, {Member: mother, As: NewID(7, 1, 2)}}}
	opens, _, err := SplitOff(h, split)
	if err != nil {
		t.Fatal(err)
	}
	removed := &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2026-03-25"}
	there := &ksv1.Household{FamilyId: split.Family.String(), Family: &ksv1.Family{}, Members: []*ksv1.HouseholdMember{
		{MemberId: split.Persons[0].As.String(), Member: &ksv1.Member{Removal: removed, MovedToFamilyId: proto.String(NewID(8, 1, 1).String())}},
		{MemberId: split.Persons[1].As.String(), Member: &ksv1.Member{Removal: removed}},
	}}
	back := map[ID]bool{}
	for _, e := range Reopen(there, opens) {
		if e.Key.Kind == KindMember {
			back[e.Key.Member] = slices.Contains(e.Clear, memberRemovalField)
		}
	}
	if _, told := back[split.Persons[0].As]; told || !back[split.Persons[1].As] {
		t.Errorf("brings back %v", back)
	}
}
