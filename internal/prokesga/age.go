package prokesga

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// Bounds of the age groups in completed months, both included (DOMAIN.md
// section 1; the questions of Blok V).
const (
	InfantMonthsMax       = 11  // bayi: question V.12 of the mother
	BreastfedMonthsMin    = 7   // ASI eksklusif: question V.13
	BreastfedMonthsMax    = 23  //
	ImmunisationMonthsMin = 12  // imunisasi: question V.14
	ImmunisationMonthsMax = 23  //
	UnderFiveMonthsMin    = 2   // pemantauan pertumbuhan: question V.15
	UnderFiveMonthsMax    = 59  //
	SchoolMonthsMin       = 60  // education is asked from 5 years
	WorkMonthsMin         = 120 // work is asked from 10 years
	HusbandMonthsMin      = 120 // married men are asked V.11 from 10 years
	WifeMonthsMin         = 120 // married women are asked V.11 from 10 years
	WifeMonthsMax         = 659 // to 54 years; also "pregnant?" of all women
	AdultMonthsMin        = 180 // dewasa, 15 years: questions V.3 to V.10
)

// AgeUnknown stands for an age that neither a birth date nor a stated age
// gives, or that would be negative (birth after the survey).
const AgeUnknown = -1

// CompletedMonths is the age on the survey date: 12·Δyear + Δmonth, less one
// if the day of the survey lies before the day of birth. Negative when birth
// lies after the survey; survey must not be "no date".
func CompletedMonths(birth, survey Date) int {
	months := 12*(survey.Year()-birth.Year()) + survey.Month() - birth.Month()
	if survey.day < birth.day {
		months--
	}
	return months
}

// AgeMonths is a member's age in completed months on the survey date, or
// AgeUnknown. A birth date decides; without one, or where it is malformed, a
// stated age does, moved on from the survey date on which it was stated
// (DOMAIN.md: "perkiraan", decided); estimated tells which. Without a survey
// date every age is unknown.
func AgeMonths(member *ksv1.Member, survey Date) (months int, estimated bool) {
	if survey.IsZero() {
		return AgeUnknown, false
	}
	if text := member.GetBirthDate(); text != "" {
		if birth, err := ParseDate(text); err == nil {
			return knownAge(CompletedMonths(birth, survey)), false
		}
	}
	stated := statedFor(member, survey)
	if stated == nil {
		return AgeUnknown, false
	}
	months = int(stated.GetMonths())
	if asOf, err := ParseDate(stated.GetAsOf()); err == nil {
		months += CompletedMonths(asOf, survey)
	}
	return knownAge(months), true
}

// statedFor is the age by which a survey counts a member: the one stated on its
// date, else the last one stated before, else the first one after, so that what
// is stated later moves no earlier round (decided). nil: none was stated.
func statedFor(member *ksv1.Member, survey Date) *ksv1.StatedAge {
	best, day := member.GetStatedAge(), statedDay(member.GetStatedAge())
	for _, other := range member.GetStatedAges().GetAges() {
		if on := statedDay(other); best == nil || nearer(on, day, survey) {
			best, day = other, on
		}
	}
	return best
}

// statedDay is when an age was stated; zero, which is before all, where that is
// not known.
func statedDay(stated *ksv1.StatedAge) Date {
	day, err := ParseDate(stated.GetAsOf())
	if err != nil {
		return Date{}
	}
	return day
}

// nearer tells whether what was stated on a day goes before what was stated on
// another.
func nearer(on, than, survey Date) bool {
	switch {
	case on.After(survey):
		return than.After(on)
	case than.After(survey):
		return true
	}
	return on.After(than)
}

func knownAge(months int) int {
	if months < 0 {
		return AgeUnknown
	}
	return months
}

// IsInti reports whether the relation belongs to the nuclear family: head,
// spouse, child.
func IsInti(r ksv1.Relation) bool {
	switch r {
	case ksv1.Relation_RELATION_HEAD, ksv1.Relation_RELATION_SPOUSE, ksv1.Relation_RELATION_CHILD:
		return true
	}
	return false
}
