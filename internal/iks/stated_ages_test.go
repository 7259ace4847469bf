package iks_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// The kept entry says 60 in 2025; the other, which brings its round of 2022, said 52 then.
func TestAUnionLeavesEachRoundTheAgeThatWasStatedForIt(t *testing.T) {
	t.Parallel()
	member := func(years uint32, asOf string) *ksv1.Member {
		return &ksv1.Member{Name: proto.String("Asep"), Nik: proto.Uint64(3204050302700001), NikStatus: ksv1.IdentifierStatus_IDENTIFIER_STATUS_STATED.Enum(),
			StatedAge: &ksv1.StatedAge{Months: 12 * years, AsOf: asOf}}
	}
	mid := merge.NewID(1, 1, 10).String()
	kept := &ksv1.Household{FamilyId: merge.NewID(1, 1, 1).String(), Family: &ksv1.Family{},
		Members: []*ksv1.HouseholdMember{{MemberId: merge.NewID(1, 1, 2).String(), Member: member(60, "2025-05-17")}}}
	other := &ksv1.Household{FamilyId: merge.NewID(1, 1, 9).String(), Family: &ksv1.Family{},
		Members: []*ksv1.HouseholdMember{{MemberId: mid, Member: member(52, "2022-05-17")}},
		Rounds: []*ksv1.HouseholdRound{{RoundId: merge.NewID(1, 1, 11).String(), Round: &ksv1.Round{SurveyDate: proto.String("2022-05-17")},
			Individuals: []*ksv1.HouseholdIndividual{{MemberId: mid, Individual: &ksv1.Individual{Present: proto.Bool(true)}}}}}}
	state := func(h *ksv1.Household, device uint32) merge.State {
		edits, err := merge.Edits(h)
		if err != nil {
			t.Fatal(err)
		}
		id, _ := merge.ParseID(h.GetFamilyId())
		c, _, err := merge.NewChange(&merge.State{Family: id}, merge.Stamp{TimeMS: 1000, Device: device}, edits)
		if err != nil {
			t.Fatal(err)
		}
		s, err := merge.FromChange(c)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	from, to := state(other, 2), state(kept, 1)
	edits, err := merge.Unite(kept, &from)
	if err != nil {
		t.Fatal(err)
	}
	after, err := merge.Preview(&to, edits)
	if err != nil {
		t.Fatal(err)
	}
	day, _ := prokesga.ParseDate("2022-05-17")
	before, _ := prokesga.AgeMonths(other.GetMembers()[0].GetMember(), day)
	got, _ := prokesga.AgeMonths(after.GetMembers()[0].GetMember(), day)
	if got != before {
		t.Errorf("the round of 2022 counts %d months; before the union %d (%d members)", got, before, len(after.GetMembers()))
	}
}
