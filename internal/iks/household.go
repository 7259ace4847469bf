package iks

import (
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Household is what one round tells of a family, in the compact form that the
// rules read: only members who take part in the round, answers as small
// integers, links as positions. Zero fields mean "not answered", so a literal
// names only what was.
type Household struct {
	CleanWater             Answer // II.3
	ProtectedWater         Answer // II.4
	Toilet                 Answer // II.5
	SanitaryToilet         Answer // II.6
	MentalDisorder         Answer // II.7
	MentalDisorderMedicine Answer // II.8
	Restrained             Answer // II.9
	Members                []Member
}

// Member is one person's part in a round. Fields are named as in the contract
// (message Individual); numbers of the questionnaire stand beside them.
type Member struct {
	AgeMonths     int16 // completed months at the survey date, or prokesga.AgeUnknown
	Sex           Sex
	Marital       Marital
	Inti          bool // relation is head, spouse or child
	RelationOpen  bool // the relation is not answered: whether inti includes the member is not known
	Pregnant      Answer
	Spouse        Link
	Mother        Link
	SystolicMmhg  uint16 // V.10b; 0: not measured
	DiastolicMmhg uint16 // V.10b; 0: not measured

	HealthInsurance        Answer              // V.1
	Smokes                 Answer              // V.2
	UsesToilet             Answer              // V.3
	UsesCleanWater         Answer              // V.4
	Tuberculosis           Answer              // V.5
	TuberculosisMedicine   Answer              // V.6
	TuberculosisSymptoms   Answer              // V.7
	Hypertension           Answer              // V.8
	HypertensionMedicine   Answer              // V.9
	Contraception          Answer              // V.11
	ContraceptionReason    ContraceptionReason // V.11, where Tidak
	BirthInFacility        Answer              // V.12
	ExclusiveBreastfeeding Answer              // V.13
	CompleteImmunisation   Answer              // V.14
	GrowthMonitored        Answer              // V.15
}

// Answer is a Ya/Tidak answer; numbers as in ksv1.Answer.
type Answer uint8

// Answers; zero is "not answered".
const (
	NoAnswer Answer = Answer(ksv1.Answer_ANSWER_UNSPECIFIED)
	Ya       Answer = Answer(ksv1.Answer_ANSWER_YA)
	Tidak    Answer = Answer(ksv1.Answer_ANSWER_TIDAK)
)

// Sex of a member; numbers as in ksv1.Sex, zero is "not answered".
type Sex uint8

// The sexes.
const (
	Male   Sex = Sex(ksv1.Sex_SEX_MALE)
	Female Sex = Sex(ksv1.Sex_SEX_FEMALE)
)

// Marital status; numbers as in ksv1.MaritalStatus, zero is "not answered".
type Marital uint8

// The marital statuses.
const (
	Married  Marital = Marital(ksv1.MaritalStatus_MARITAL_STATUS_MARRIED)
	Single   Marital = Marital(ksv1.MaritalStatus_MARITAL_STATUS_SINGLE)
	Divorced Marital = Marital(ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED)
	Widowed  Marital = Marital(ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED)
)

// ContraceptionReason is why a couple uses no method; numbers as in
// ksv1.ContraceptionReason, zero is "no reason given".
type ContraceptionReason uint8

// The reasons.
const (
	ReproductiveDisorder ContraceptionReason = ContraceptionReason(ksv1.ContraceptionReason_CONTRACEPTION_REASON_REPRODUCTIVE_DISORDER)
	WantsChild           ContraceptionReason = ContraceptionReason(ksv1.ContraceptionReason_CONTRACEPTION_REASON_WANTS_CHILD)
	Menopause            ContraceptionReason = ContraceptionReason(ksv1.ContraceptionReason_CONTRACEPTION_REASON_MENOPAUSE)
)

// Link names another member of the same Household. The zero value is "no
// link"; LinkOutside is a link to somebody who takes no part in it.
type Link int16

// LinkOutside is a link to a person who is no member of the Household: removed,
// absent from the round, or unknown. It is a link all the same.
const LinkOutside Link = -1

// LinkTo links to the member at the given position of Household.Members.
func LinkTo(position int) Link { return Link(position + 1) }

// Position is the linked member's position in Household.Members; ok is false
// for no link and for LinkOutside.
func (l Link) Position() (position int, ok bool) { return int(l) - 1, l > 0 }

// Basis is the membership over which an index is computed.
type Basis uint8

// The two memberships, computed side by side. Household answers are common to
// both.
const (
	Besar Basis = 0 // all members
	Inti  Basis = 1 // head, spouse, children; as if the others did not exist
)

// String is "besar" or "inti".
func (b Basis) String() string {
	if b == Inti {
		return "inti"
	}
	return "besar"
}

func (m *Member) in(b Basis) bool { return b == Besar || m.Inti }

func (m *Member) ageWithin(low, high int) bool {
	return int(m.AgeMonths) >= low && int(m.AgeMonths) <= high
}

func (m *Member) ageKnown() bool { return m.AgeMonths > prokesga.AgeUnknown }

// marriedMan reports whether V.11 is asked of m as a husband.
func (m *Member) marriedMan() bool {
	return m.Sex == Male && m.Marital == Married && int(m.AgeMonths) >= prokesga.HusbandMonthsMin
}
