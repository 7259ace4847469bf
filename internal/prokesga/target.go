package prokesga

import (
	"fmt"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Target is a group of members that a question is for. Every condition that is
// set must hold; the zero value is everybody.
type Target struct {
	Months         Months
	Sex            ksv1.Sex           // UNSPECIFIED: both
	Marital        ksv1.MaritalStatus // UNSPECIFIED: any
	NotPregnant    bool               // whose answer to "pregnant?" is not Ya
	MotherOfInfant bool               // mother of a member under 12 months
}

// Months is an age range in completed months, both bounds included; Max 0 is
// "no upper bound".
type Months struct{ Min, Max int }

// Person is what decides which questions a member is asked.
type Person struct {
	AgeMonths int // at the survey date, or AgeUnknown
	Sex       ksv1.Sex
	Marital   ksv1.MaritalStatus
	Pregnant  ksv1.Answer
	// MotherOfInfant: an infant of the round is linked to her; or one has no
	// link and she could be its mother.
	MotherOfInfant bool
}

// Covers reports whether the group includes p. An unknown age is in no group
// that has bounds.
func (t Target) Covers(p Person) bool {
	switch {
	case !t.Months.include(p.AgeMonths),
		t.Sex != ksv1.Sex_SEX_UNSPECIFIED && t.Sex != p.Sex,
		t.Marital != ksv1.MaritalStatus_MARITAL_STATUS_UNSPECIFIED && t.Marital != p.Marital,
		t.NotPregnant && p.Pregnant == ksv1.Answer_ANSWER_YA,
		t.MotherOfInfant && !p.MotherOfInfant:
		return false
	}
	return true
}

// targetOf is the first group of the question that includes p, nil for none.
func (q *Question) targetOf(p Person) *Target {
	if len(q.Targets) == 0 {
		return &everybody
	}
	for i := range q.Targets {
		if q.Targets[i].Covers(p) {
			return &q.Targets[i]
		}
	}
	return nil
}

var everybody = Target{}

func (m Months) include(age int) bool {
	if m == (Months{}) {
		return true
	}
	return age > AgeUnknown && age >= m.Min && (m.Max == 0 || age <= m.Max)
}

// String is the group in Indonesian, as a form shows why a question is asked:
// "wanita kawin 10–54 tahun yang tidak hamil".
func (t Target) String() string {
	who := "semua anggota keluarga"
	switch {
	case t.MotherOfInfant:
		who = "ibu dari bayi di bawah 12 bulan"
	case t.Sex == ksv1.Sex_SEX_FEMALE:
		who = "wanita"
	case t.Sex == ksv1.Sex_SEX_MALE:
		who = "pria"
	case t.Months != Months{}:
		who = "anggota keluarga"
	}
	if t.Marital == ksv1.MaritalStatus_MARITAL_STATUS_MARRIED {
		who += " kawin"
	}
	if t.Months != (Months{}) {
		who += " " + t.Months.String()
	}
	if t.NotPregnant {
		who += " yang tidak hamil"
	}
	return who
}

// String is the range in Indonesian: "7–23 bulan", "10–54 tahun", "15 tahun ke
// atas".
func (m Months) String() string {
	switch {
	case m.Max == 0:
		return fmt.Sprintf("%d tahun ke atas", m.Min/12)
	case m.Min%12 == 0 && m.Max%12 == 11 && m.Min >= 60:
		return fmt.Sprintf("%d–%d tahun", m.Min/12, m.Max/12)
	}
	return fmt.Sprintf("%d–%d bulan", m.Min, m.Max)
}
