package iks

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// smokerWithoutRelation is a head to whom nothing is to be said, and a man who may be his
// son, all answers good but that he smokes as told.
func smokerWithoutRelation(smokes ksv1.Answer) *ksv1.Household {
	ya, tidak := ksv1.Answer_ANSWER_YA.Enum(), ksv1.Answer_ANSWER_TIDAK.Enum()
	adult := func(id string, relation *ksv1.Relation, smokes ksv1.Answer) *ksv1.HouseholdIndividual {
		return &ksv1.HouseholdIndividual{MemberId: id, Individual: &ksv1.Individual{
			Present: proto.Bool(true), Relation: relation, MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum(), HealthInsurance: ya, Smokes: &smokes,
			UsesToilet: ya, UsesCleanWater: ya, Tuberculosis: tidak, TuberculosisSymptoms: tidak, Hypertension: tidak,
		}}
	}
	man := &ksv1.Member{BirthDate: proto.String("1980-02-03"), Sex: ksv1.Sex_SEX_MALE.Enum()}
	return &ksv1.Household{
		Members: []*ksv1.HouseholdMember{{MemberId: "a", Member: man}, {MemberId: "b", Member: man}},
		Rounds: []*ksv1.HouseholdRound{{
			RoundId: "r", Round: &ksv1.Round{SurveyDate: proto.String("2024-05-17"), CleanWater: ya, ProtectedWater: ya, Toilet: ya, SanitaryToilet: ya, MentalDisorder: tidak, Restrained: tidak},
			Individuals: []*ksv1.HouseholdIndividual{adult("a", ksv1.Relation_RELATION_HEAD.Enum(), ksv1.Answer_ANSWER_TIDAK), adult("b", nil, smokes)},
		}},
	}
}

func TestARelationThatIsNotAnsweredLeavesIntiOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what        string
		household   *ksv1.Household
		inti, besar string
	}{
		{"a smoker", smokerWithoutRelation(ksv1.Answer_ANSWER_YA), "NNNNNNNN?YYY", "NNNNNNNNTYYY"},
		{"one who changes nothing", smokerWithoutRelation(ksv1.Answer_ANSWER_TIDAK), "NNNNNNNNYYYY", "NNNNNNNNYYYY"},
		{"nobody's relation", func() *ksv1.Household {
			h := smokerWithoutRelation(ksv1.Answer_ANSWER_YA)
			h.Rounds[0].Individuals[0].Individual.Relation = nil
			return h
		}(), "NNNNNNNN????", "NNNNNNNNTYYY"},
		{"a relation that this version does not know", func() *ksv1.Household {
			h := smokerWithoutRelation(ksv1.Answer_ANSWER_YA)
			h.Rounds[0].Individuals[1].Individual.Relation = ksv1.Relation(99).Enum()
			return h
		}(), "NNNNNNNN?YYY", "NNNNNNNNTYYY"},
	} {
		a := Assess(c.household, AnyYear)
		if a.Inti.Values.String() != c.inti || a.Besar.Values.String() != c.besar {
			t.Errorf("%s: inti %s, besar %s, want %s, %s", c.what, a.Inti.Values, a.Besar.Values, c.inti, c.besar)
		}
		if err := a.Packed().Validate(); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	h := smokerWithoutRelation(ksv1.Answer_ANSWER_YA)
	want := []Explanation{{Reason{Indicator: 9, Member: 1, Question: prokesga.QRelation}, "b"}}
	if got := Explain(h, h.GetRounds()[0], Inti); !slices.Equal(got, want) {
		t.Errorf("reasons of inti: %+v", got)
	}
	if got := Explain(h, h.GetRounds()[0], Besar); len(got) != 1 || got[0].Question != prokesga.QSmokes {
		t.Errorf("reasons of besar: %+v", got)
	}
}

// anyOpen draws a household in which the relation of some is open.
func anyOpen(t *rapid.T) *Household {
	h := anyHousehold(t)
	for i := range h.Members {
		if rapid.IntRange(0, 2).Draw(t, "open") == 0 {
			h.Members[i].Inti, h.Members[i].RelationOpen = false, true
		}
	}
	return h
}

// What holds whoever of the open relations belongs to inti is the value; else it is ?, and
// somebody's relation is among the reasons.
func TestOpenRelationsGiveWhatHoldsWhoeverBelongsToInti(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := anyOpen(t)
		before := slices.Clone(h.Members)
		var open []int
		for i := range h.Members {
			if h.Members[i].RelationOpen {
				open = append(open, i)
			}
		}
		known := &Household{}
		*known = *h
		known.Members = slices.Clone(h.Members)
		for _, i := range open {
			known.Members[i].RelationOpen = false
		}
		var want Values
		var differs [Indicators]bool
		for who := range 1 << len(open) {
			for bit, i := range open {
				known.Members[i].Inti = who>>bit&1 == 1
			}
			v := known.Compute(Inti)
			for i := range v {
				differs[i] = differs[i] || who > 0 && v[i] != want[i]
			}
			if who == 0 {
				want = v
			}
		}
		for i := range want {
			if differs[i] {
				want[i] = Unknown
			}
		}
		got := h.Compute(Inti)
		for i := range got {
			bounded := len(open) > openMax && i < 2 && got[i] == Unknown
			if got[i] != want[i] && !bounded {
				t.Fatalf("inti %s, want %s", got, want)
			}
		}
		if besar, inti := h.Both(); inti != got || besar != known.Compute(Besar) {
			t.Fatalf("both: %s %s", besar, inti)
		}
		told := [Indicators]bool{}
		for _, r := range h.Reasons(Inti) {
			told[r.Indicator-1] = told[r.Indicator-1] || r.Question == prokesga.QRelation && h.Members[r.Member].RelationOpen
		}
		for i := range differs {
			if differs[i] && !told[i] || got[i] != Unknown && told[i] {
				t.Fatalf("indicator %d is %s; that its relation is open is told: %t", i+1, got[i], told[i])
			}
		}
		if !slices.Equal(before, h.Members) {
			t.Fatal("computing changed the household")
		}
	})
}
