package prokesga

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const (
	ya    = ksv1.Answer_ANSWER_YA
	tidak = ksv1.Answer_ANSWER_TIDAK
)

// couple is a family without a fault: husband "ayah" and wife "ibu", linked,
// and their infant "bayi" of five months, surveyed on 2024-05-17, answered as
// far as the checks look.
func couple() *ksv1.Household {
	member := func(id, name, birth string, sex ksv1.Sex) *ksv1.HouseholdMember {
		return &ksv1.HouseholdMember{MemberId: id, Member: &ksv1.Member{Name: proto.String(name), BirthDate: proto.String(birth), Sex: sex.Enum()}}
	}
	part := func(id string, relation ksv1.Relation, marital ksv1.MaritalStatus) *ksv1.HouseholdIndividual {
		return &ksv1.HouseholdIndividual{MemberId: id, Individual: &ksv1.Individual{Relation: relation.Enum(), MaritalStatus: marital.Enum()}}
	}
	h := &ksv1.Household{
		FamilyId: "f", Family: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi")},
		Members: []*ksv1.HouseholdMember{
			member("ayah", "Budi", "1989-05-17", ksv1.Sex_SEX_MALE),
			member("ibu", "Sari", "1994-05-17", ksv1.Sex_SEX_FEMALE),
			member("bayi", "Dewi", "2023-12-17", ksv1.Sex_SEX_FEMALE),
		},
		Rounds: []*ksv1.HouseholdRound{{RoundId: "r", Round: &ksv1.Round{SurveyDate: proto.String("2024-05-17")},
			Individuals: []*ksv1.HouseholdIndividual{
				part("ayah", ksv1.Relation_RELATION_HEAD, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED),
				part("ibu", ksv1.Relation_RELATION_SPOUSE, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED),
				part("bayi", ksv1.Relation_RELATION_CHILD, ksv1.MaritalStatus_MARITAL_STATUS_SINGLE),
			}}},
	}
	h.Members[2].Member.MotherId = proto.String("ibu")
	h.Rounds[0].Individuals[0].Individual.SpouseId = proto.String("ibu")
	h.Rounds[0].Individuals[1].Individual.SpouseId = proto.String("ayah")
	return h
}

// The records of couple by name.
func ayah(h *ksv1.Household) (*ksv1.Member, *ksv1.Individual) {
	return h.Members[0].Member, h.Rounds[0].Individuals[0].Individual
}
func ibu(h *ksv1.Household) (*ksv1.Member, *ksv1.Individual) {
	return h.Members[1].Member, h.Rounds[0].Individuals[1].Individual
}
func bayi(h *ksv1.Household) (*ksv1.Member, *ksv1.Individual) {
	return h.Members[2].Member, h.Rounds[0].Individuals[2].Individual
}

// asked lists a form as "member number", "+" behind what is answered.
func asked(form []Asked) []string {
	var list []string
	for _, a := range form {
		text := string(a.Question.Number)
		if a.MemberID != "" {
			text = a.MemberID + " " + text
		}
		if a.Answered {
			text += "+"
		}
		list = append(list, text)
	}
	return list
}

func TestFormAsksWhatApplies(t *testing.T) {
	t.Parallel()
	h := couple()
	want := []string{
		"I.6+", "I.7", "I.8", "I.9", "I.10", "II.1+", "II.3", "II.5", "II.7", "II.9", "III.1", "III.2", "III.3+",
		"ayah IV.1", "ayah IV.2+", "ayah IV.2a", "ayah IV.3+", "ayah IV.4+", "ayah IV.6+", "ayah IV.7+", "ayah IV.7+", "ayah IV.9", "ayah IV.10", "ayah IV.11",
		"ayah V.1", "ayah V.2", "ayah V.3", "ayah V.4", "ayah V.5", "ayah V.8", "ayah V.11",
		"ibu IV.1", "ibu IV.2+", "ibu IV.2a", "ibu IV.3+", "ibu IV.4+", "ibu IV.6+", "ibu IV.7+", "ibu IV.7+", "ibu IV.8", "ibu IV.9", "ibu IV.10", "ibu IV.11",
		"ibu V.1", "ibu V.2", "ibu V.3", "ibu V.4", "ibu V.5", "ibu V.8", "ibu V.11", "ibu V.12",
		"bayi IV.1", "bayi IV.2+", "bayi IV.2a", "bayi IV.3+", "bayi IV.4+", "bayi IV.6+", "bayi IV.7+", "bayi IV.4+", "bayi IV.9",
		"bayi V.1", "bayi V.2", "bayi V.15",
	}
	if got := asked(Form(h, h.Rounds[0])); !slices.Equal(got, want) {
		t.Errorf("asked\n%q, want\n%q", got, want)
	}
}

func TestFormFollowsTheAnswers(t *testing.T) {
	t.Parallel()
	has := func(h *ksv1.Household, want ...string) {
		t.Helper()
		form := asked(Form(h, h.Rounds[0]))
		for _, w := range want {
			if absent, ok := cutPrefix(w, "no "); ok == slices.Contains(form, absent) {
				t.Errorf("%q in %q", w, form)
			}
		}
	}
	h := couple()
	round := h.Rounds[0].Round
	round.CleanWater, round.Toilet, round.MentalDisorder = ya.Enum(), tidak.Enum(), ya.Enum()
	_, father := ayah(h)
	father.Tuberculosis, father.Hypertension, father.BloodPressureMeasured, father.Contraception = tidak.Enum(), tidak.Enum(), ya.Enum(), tidak.Enum()
	_, mother := ibu(h)
	mother.Pregnant, mother.Tuberculosis, mother.Hypertension = ya.Enum(), ya.Enum(), ya.Enum()
	has(h, "II.4", "no II.6", "II.8", "ayah V.7", "no ayah V.6", "no ayah V.9", "ayah V.10a+", "ayah V.10b", "ayah V.11+", "ayah V.11",
		"ibu V.6", "no ibu V.7", "ibu V.9", "no ibu V.10a", "no ibu V.10b", "no ibu V.11", "ibu V.12")

	father.Hypertension = ya.Enum() // 10a stays answered but is skipped, and 10b behind it
	has(h, "no ayah V.10a+", "no ayah V.10b", "ayah V.9")

	member, _ := bayi(h)
	member.BirthDate = nil
	has(h, "bayi IV.5", "no bayi V.15", "no ibu V.12", "bayi V.1")
	member.BirthDate, member.MotherId = proto.String("2023-12-17"), nil
	has(h, "ibu V.12", "no ayah V.12")
	h.Members[2].Member.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE}
	has(h, "no bayi V.1", "no ibu V.12")
}

func cutPrefix(text, prefix string) (string, bool) {
	if len(text) > len(prefix) && text[:len(prefix)] == prefix {
		return text[len(prefix):], true
	}
	return text, false
}

func TestBirthQuestionNamesTheChildren(t *testing.T) {
	t.Parallel()
	h := couple()
	twin := proto.Clone(h.Members[2]).(*ksv1.HouseholdMember)
	twin.MemberId, twin.Member.Name = "kembar", nil
	h.Members = append(h.Members, twin)
	h.Rounds[0].Individuals = append(h.Rounds[0].Individuals, &ksv1.HouseholdIndividual{MemberId: "kembar",
		Individual: &ksv1.Individual{Present: proto.Bool(true)}})
	for _, a := range Form(h, h.Rounds[0]) {
		if a.Question.Number != QBirthInFacility {
			continue
		}
		if a.Label != "Apakah saat Ibu melahirkan Dewi dan bayi ini bersalin di fasilitas pelayanan kesehatan?" || a.Why != "ibu dari bayi di bawah 12 bulan" {
			t.Errorf("%q, because %q", a.Label, a.Why)
		}
		return
	}
	t.Error("V.12 is not asked")
}

func TestCountsOfTheFormAreComputed(t *testing.T) {
	t.Parallel()
	h := couple()
	_, mother := ibu(h)
	mother.Smokes = tidak.Enum()
	h.Members = append(h.Members, &ksv1.HouseholdMember{MemberId: "?", Member: &ksv1.Member{}})
	h.Rounds[0].Individuals = append(h.Rounds[0].Individuals, &ksv1.HouseholdIndividual{MemberId: "?", Individual: &ksv1.Individual{Present: proto.Bool(true)}})
	for survey, want := range map[string]Counts{
		"2024-05-17": {Members: 4, Interviewed: 1, Adults: 2, Age10To54: 2, Months0To11: 1},
		"2024-12-17": {Members: 4, Interviewed: 1, Adults: 2, Age10To54: 2, Months12To59: 1},
		"2049-05-17": {Members: 4, Interviewed: 1, Adults: 3, Age10To54: 1},
	} {
		h.Rounds[0].Round.SurveyDate = proto.String(survey)
		if got := CountsOf(h, h.Rounds[0]); got != want {
			t.Errorf("%s: %+v, want %+v", survey, got, want)
		}
	}
}

// noticed lists findings as "CODE question member".
func noticed(list []Finding) []string {
	var texts []string
	for _, f := range list {
		texts = append(texts, fmt.Sprintf("%s %s %s", f.Code, f.Question, f.MemberID))
	}
	return texts
}
