package prokesga

import (
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// TakesPart reports whether a member's record of a round makes the member part
// of it: it says "present", or says nothing of that and has another field.
func TakesPart(part *ksv1.Individual) bool {
	if part == nil {
		return false
	}
	if part.Present != nil {
		return part.GetPresent()
	}
	// Nearly every one says how the member is related to the head, which is told
	// sooner than whether anything is there.
	return part.Relation != nil || proto.Size(part) > 0
}

// RemovedFrom reports whether a removal acts on a round of the given survey
// date: died and moved on rounds surveyed after its date (every round, where
// it has none), entered twice and deleted at source on every one. A removal
// whose reason or date this version can't read acts on every round (decided:
// nobody is counted by accident).
func RemovedFrom(removal *ksv1.Removal, survey Date) bool {
	if removal == nil {
		return false
	}
	switch removal.GetReason() {
	case ksv1.RemovalReason_REMOVAL_REASON_DIED, ksv1.RemovalReason_REMOVAL_REASON_MOVED:
		date, err := ParseDate(removal.GetDate())
		return err != nil || survey.After(date)
	}
	return true
}

// participant is a member who takes part in a round.
type participant struct {
	id     string
	member *ksv1.Member
	part   *ksv1.Individual
	person Person
}

// view is one round of a family as questions and checks look at it.
type view struct {
	family  *ksv1.Household
	round   *ksv1.HouseholdRound
	survey  Date // zero where the round has no readable one
	people  []participant
	infants []participant
}

func viewOf(family *ksv1.Household, round *ksv1.HouseholdRound) *view {
	survey, _ := ParseDate(round.GetRound().GetSurveyDate())
	v := &view{family: family, round: round, survey: survey, people: make([]participant, 0, len(family.GetMembers()))}
	for _, hm := range family.GetMembers() {
		part := partOf(round, hm.GetMemberId())
		if !TakesPart(part) || RemovedFrom(hm.GetMember().GetRemoval(), survey) {
			continue
		}
		months, _ := AgeMonths(hm.GetMember(), survey)
		p := participant{id: hm.GetMemberId(), member: hm.GetMember(), part: part, person: Person{
			AgeMonths: months, Sex: hm.GetMember().GetSex(), Marital: part.GetMaritalStatus(), Pregnant: part.GetPregnant()}}
		v.people = append(v.people, p)
		if (Months{Max: InfantMonthsMax}).include(months) {
			v.infants = append(v.infants, p)
		}
	}
	for i := range v.people {
		v.people[i].person.MotherOfInfant = len(v.childrenOf(&v.people[i])) > 0
	}
	return v
}

func partOf(round *ksv1.HouseholdRound, memberID string) *ksv1.Individual {
	for _, hi := range round.GetIndividuals() {
		if hi.GetMemberId() == memberID {
			return hi.GetIndividual()
		}
	}
	return nil
}

// childrenOf lists the infants whose birth p is asked about: those linked to
// her, and those without a link where she is of the group that question V.12
// falls back to (DOMAIN.md, indicator 2).
func (v *view) childrenOf(p *participant) []participant {
	var children []participant
	for _, infant := range v.infants {
		mother := infant.member.GetMotherId()
		if mother == p.id || (mother == "" && possibleMother(p.person)) {
			children = append(children, infant)
		}
	}
	return children
}

func (v *view) find(id string) *participant {
	for i := range v.people {
		if v.people[i].id == id {
			return &v.people[i]
		}
	}
	return nil
}

// possibleMother reports whether p could be the mother of an infant that is
// linked to nobody: a woman of 120 to 659 months who is or was married.
func possibleMother(p Person) bool {
	switch p.Marital {
	case ksv1.MaritalStatus_MARITAL_STATUS_MARRIED, ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED, ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED:
		return p.Sex == ksv1.Sex_SEX_FEMALE && Months{WifeMonthsMin, WifeMonthsMax}.include(p.AgeMonths)
	}
	return false
}

// Counts are the computed questions II.2a to 2f of a round.
type Counts struct {
	Members      int // 2a
	Interviewed  int // 2b: has an answer of Blok V
	Adults       int // 2c: 15 years and over
	Age10To54    int // 2d: 10 to 54 years
	Months12To59 int // 2e
	Months0To11  int // 2f
}

// CountsOf counts the members who take part in the round. A member of unknown
// age counts in 2a and 2b alone.
func CountsOf(family *ksv1.Household, round *ksv1.HouseholdRound) Counts {
	var c Counts
	v := viewOf(family, round)
	for _, p := range v.people {
		c.Members++
		if interviewed(p.part) {
			c.Interviewed++
		}
		age := p.person.AgeMonths
		for _, group := range []struct {
			count *int
			of    Months
		}{
			{&c.Adults, Months{Min: AdultMonthsMin}}, {&c.Age10To54, Months{WifeMonthsMin, WifeMonthsMax}},
			{&c.Months12To59, Months{12, UnderFiveMonthsMax}}, {&c.Months0To11, Months{0, InfantMonthsMax}},
		} {
			if group.of.include(age) {
				*group.count++
			}
		}
	}
	return c
}

func interviewed(part *ksv1.Individual) bool {
	for i := range individualQuestions {
		if individualQuestions[i].value(record{individual: part}) != 0 {
			return true
		}
	}
	return false
}
