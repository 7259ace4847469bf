package iks

import (
	"math"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// FromHousehold brings one round of a family into the form that the rules
// read. ids[i] is the id of Members[i]; members stand in the family's order.
// For many families in a row use a Loader, which keeps its memory.
//
// A member takes part if the round has a record for it that does not say
// "not present" and has at least one answer, and if it is not removed as of
// the survey date.
func FromHousehold(family *ksv1.Household, round *ksv1.HouseholdRound) (household *Household, ids []string) {
	var l Loader
	return l.Load(family, round)
}

// Loader is FromHousehold with memory that is used again. The zero value is
// ready; what Load returned is valid until the next call.
type Loader struct {
	household Household
	ids       []string
	parts     []*ksv1.Individual
}

// Load is FromHousehold.
func (l *Loader) Load(family *ksv1.Household, round *ksv1.HouseholdRound) (household *Household, ids []string) {
	survey, _ := prokesga.ParseDate(round.GetRound().GetSurveyDate()) // without one, ages are unknown
	l.reset(round.GetRound())
	for _, hm := range family.GetMembers() {
		part := partOf(round, hm.GetMemberId())
		if part == nil || prokesga.RemovedFrom(hm.GetMember().GetRemoval(), survey) {
			continue
		}
		l.ids = append(l.ids, hm.GetMemberId())
		l.parts = append(l.parts, part)
		l.household.Members = append(l.household.Members, memberOf(hm.GetMember(), part, survey))
	}
	l.link(family)
	return &l.household, l.ids
}

func (l *Loader) reset(r *ksv1.Round) {
	l.ids, l.parts = l.ids[:0], l.parts[:0]
	l.household = Household{
		CleanWater:             answer(r.GetCleanWater()),
		ProtectedWater:         answer(r.GetProtectedWater()),
		Toilet:                 answer(r.GetToilet()),
		SanitaryToilet:         answer(r.GetSanitaryToilet()),
		MentalDisorder:         answer(r.GetMentalDisorder()),
		MentalDisorderMedicine: answer(r.GetMentalDisorderMedicine()),
		Restrained:             answer(r.GetRestrained()),
		Members:                l.household.Members[:0],
	}
}

// link resolves mother and spouse once all who take part are known.
func (l *Loader) link(family *ksv1.Household) {
	next := 0
	for _, hm := range family.GetMembers() {
		if next == len(l.ids) {
			return
		}
		if hm.GetMemberId() != l.ids[next] {
			continue
		}
		m := &l.household.Members[next]
		m.Mother = l.linkTo(hm.GetMember().GetMotherId())
		m.Spouse = l.linkTo(l.parts[next].GetSpouseId())
		next++
	}
}

func (l *Loader) linkTo(id string) Link {
	if id == "" {
		return 0
	}
	for i, known := range l.ids {
		if known == id {
			return LinkTo(i)
		}
	}
	return LinkOutside
}

// partOf is a member's record in the round, nil where the member takes no part.
func partOf(round *ksv1.HouseholdRound, memberID string) *ksv1.Individual {
	for _, hi := range round.GetIndividuals() {
		if hi.GetMemberId() == memberID && prokesga.TakesPart(hi.GetIndividual()) {
			return hi.GetIndividual()
		}
	}
	return nil
}

func memberOf(m *ksv1.Member, part *ksv1.Individual, survey prokesga.Date) Member {
	months, _ := prokesga.AgeMonths(m, survey)
	return Member{
		AgeMonths:     int16(min(months, math.MaxInt16)),
		Sex:           Sex(known(m.GetSex(), ksv1.Sex_SEX_FEMALE)),
		Marital:       Marital(known(part.GetMaritalStatus(), ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED)),
		Inti:          prokesga.IsInti(part.GetRelation()),
		RelationOpen:  known(part.GetRelation(), ksv1.Relation_RELATION_OTHER) == 0,
		Pregnant:      answer(part.GetPregnant()),
		SystolicMmhg:  uint16(min(part.GetSystolicMmhg(), math.MaxUint16)),
		DiastolicMmhg: uint16(min(part.GetDiastolicMmhg(), math.MaxUint16)),

		HealthInsurance:        answer(part.GetHealthInsurance()),
		Smokes:                 answer(part.GetSmokes()),
		UsesToilet:             answer(part.GetUsesToilet()),
		UsesCleanWater:         answer(part.GetUsesCleanWater()),
		Tuberculosis:           answer(part.GetTuberculosis()),
		TuberculosisMedicine:   answer(part.GetTuberculosisMedicine()),
		TuberculosisSymptoms:   answer(part.GetTuberculosisSymptoms()),
		Hypertension:           answer(part.GetHypertension()),
		HypertensionMedicine:   answer(part.GetHypertensionMedicine()),
		Contraception:          answer(part.GetContraception()),
		ContraceptionReason:    ContraceptionReason(known(part.GetContraceptionReason(), ksv1.ContraceptionReason_CONTRACEPTION_REASON_MENOPAUSE)),
		BirthInFacility:        answer(part.GetBirthInFacility()),
		ExclusiveBreastfeeding: answer(part.GetExclusiveBreastfeeding()),
		CompleteImmunisation:   answer(part.GetCompleteImmunisation()),
		GrowthMonitored:        answer(part.GetGrowthMonitored()),
	}
}

// answer reads an answer; a number that this version does not know is none.
func answer(a ksv1.Answer) Answer {
	if a == ksv1.Answer_ANSWER_YA || a == ksv1.Answer_ANSWER_TIDAK {
		return Answer(a)
	}
	return NoAnswer
}

// known reads an enum of the contract whose highest number that this version
// knows is highest; any other is "not answered".
func known[E ~int32](e, highest E) uint8 {
	if e < 0 || e > highest {
		return 0
	}
	return uint8(e)
}
