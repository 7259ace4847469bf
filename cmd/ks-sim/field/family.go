package field

import (
	"fmt"
	"math/rand/v2"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Generator makes families with the priors of DOMAIN.md section 8. For
// simulation only: its figures are no statistics.
type Generator struct {
	rng *rand.Rand
	// District is the first six digits of NIK and NKK.
	district uint64
	// protectedWater and sanitaryToilet differ by village.
	protectedWater, sanitaryToilet float64
	surveyDate                     prokesga.Date
	allNIK                         bool
}

// NewGenerator makes one for a village; the same seed gives the same families. They
// are surveyed on the day that the instant has in WIB, by which days and months of
// figures go too, whatever zone the process runs in.
func NewGenerator(seed uint64, district uint64, survey time.Time) *Generator {
	rng := rand.New(rand.NewPCG(seed, 0x6b73))
	return &Generator{
		rng: rng, district: district, protectedWater: 0.88 + 0.07*rng.Float64(), sanitaryToilet: 0.80 + 0.10*rng.Float64(),
		surveyDate: prokesga.DateOf(survey.In(area.WIB)),
	}
}

// Person is a member with a part in the round.
type Person struct {
	Member     *ksv1.Member
	Individual *ksv1.Individual
	// MotherAt and SpouseAt are positions in the family; -1: none.
	MotherAt, SpouseAt int
	months             int
}

// Generated is a family before it has ids.
type Generated struct {
	Family *ksv1.Family
	Round  *ksv1.Round
	People []Person
}

var maleNames = []string{
	"Budi", "Agus", "Asep", "Dedi", "Eko", "Hendra", "Iwan", "Joko", "Made", "Nyoman", "Rizky", "Slamet", "Sutrisno", "Ujang", "Wahyu",
	"Yusuf", "Abdul", "Ahmad", "Bambang", "Dadang", "Fajar", "Gede", "Ilham", "Johan", "Ketut", "Lukas", "Markus", "Rahmat", "Teguh", "Yohanes",
}

var femaleNames = []string{
	"Siti", "Ani", "Dewi", "Eka", "Fitri", "Hartini", "Indah", "Kartika", "Lestari", "Maria", "Nurul", "Putri", "Ratna", "Sri", "Wulan",
	"Yanti", "Aisyah", "Desi", "Endang", "Imas", "Komang", "Lilis", "Marta", "Ningsih", "Rina", "Sulastri", "Tuti", "Umi", "Wati", "Yuliana",
}

var lastNames = []string{
	"Aminah", "Hidayat", "Kurniawan", "Maulana", "Nugroho", "Permana", "Pratama", "Rahayu", "Saputra", "Setiawan", "Simanjuntak", "Siregar",
	"Suharti", "Sukmawati", "Suryana", "Susanto", "Utami", "Wibowo", "Wijaya", "Wulandari", "Yulianti", "Lubis", "Nasution", "Gunawan",
	"Anggraini", "Basuki", "Cahyono", "Darmawan", "Effendi", "Firmansyah", "Ginting", "Harahap", "Irawan", "Kusuma", "Mahendra", "Nainggolan",
	"Oktaviani", "Purnomo", "Ramadhan", "Santoso", "Tarigan", "Usman", "Wahyuni", "Zulkarnain",
}

func (g *Generator) chance(p float64) bool { return g.rng.Float64() < p }

func (g *Generator) answer(yes float64) *ksv1.Answer {
	if g.chance(yes) {
		return ksv1.Answer_ANSWER_YA.Enum()
	}
	return ksv1.Answer_ANSWER_TIDAK.Enum()
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// Family draws a family.
func (g *Generator) Family() *Generated {
	out := &Generated{Family: &ksv1.Family{}, Round: g.household()}
	jkn := g.chance(0.85)
	roll := g.rng.Float64()
	head := 240 + g.rng.IntN(480)
	switch {
	case roll < 0.06:
		out.People = append(out.People, g.person(head+120, g.chance(0.4), ksv1.Relation_RELATION_HEAD, ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED))
	case roll < 0.14:
		out.People = append(out.People, g.person(head, false, ksv1.Relation_RELATION_HEAD, ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED))
		g.addChildren(out, 1+g.rng.IntN(2), head, 0)
	default:
		g.addCouple(out, head)
		if roll < 0.86 {
			g.addChildren(out, 1+g.rng.IntN(3), head-36, 1)
		}
		if roll < 0.30 {
			parent := g.person(head+300, false, ksv1.Relation_RELATION_PARENT, ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED)
			out.People = append(out.People, parent)
		}
	}
	return g.complete(out, jkn)
}

// FamilyOfFour draws a couple with two children, everybody with NIK: the
// family by which bytes and speed are measured.
func (g *Generator) FamilyOfFour() *Generated {
	out := &Generated{Family: &ksv1.Family{}, Round: g.household()}
	head := 240 + g.rng.IntN(480)
	g.addCouple(out, head)
	g.addChildren(out, 2, head-36, 1)
	g.allNIK = true
	return g.complete(out, g.chance(0.85))
}

func (g *Generator) complete(out *Generated, jkn bool) *Generated {
	for i := range out.People {
		g.answerAll(&out.People[i], jkn)
	}
	g.answerMothers(out)
	g.identify(out)
	return out
}

func (g *Generator) household() *ksv1.Round {
	r := &ksv1.Round{
		SurveyDate: proto.String(g.surveyDate.String()), CleanWater: g.answer(0.97), Toilet: g.answer(0.95),
		MentalDisorder: g.answer(0.007), Restrained: ksv1.Answer_ANSWER_TIDAK.Enum(), NoticeVersion: proto.String("2026-1"),
	}
	if r.GetCleanWater() == ksv1.Answer_ANSWER_YA {
		r.ProtectedWater = g.answer(g.protectedWater)
	}
	if r.GetToilet() == ksv1.Answer_ANSWER_YA {
		r.SanitaryToilet = g.answer(g.sanitaryToilet)
	}
	if r.GetMentalDisorder() == ksv1.Answer_ANSWER_YA {
		r.MentalDisorderMedicine, r.Restrained = g.answer(0.49), g.answer(0.14)
	}
	return r
}

func (g *Generator) addCouple(out *Generated, head int) {
	husband := g.person(head, true, ksv1.Relation_RELATION_HEAD, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED)
	wife := g.person(max(head-g.rng.IntN(72), 216), false, ksv1.Relation_RELATION_SPOUSE, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED)
	wife.SpouseAt = 0
	out.People = append(out.People, husband, wife)
}

func (g *Generator) addChildren(out *Generated, n, oldest, mother int) {
	for range n {
		months := g.rng.IntN(max(min(oldest-216, 240), 1))
		if g.chance(0.06) {
			months = g.rng.IntN(12)
		}
		child := g.person(months, g.chance(0.51), ksv1.Relation_RELATION_CHILD, ksv1.MaritalStatus_MARITAL_STATUS_SINGLE)
		child.MotherAt = mother
		out.People = append(out.People, child)
	}
}

func (g *Generator) person(months int, male bool, relation ksv1.Relation, marital ksv1.MaritalStatus) Person {
	names, sex := femaleNames, ksv1.Sex_SEX_FEMALE
	if male {
		names, sex = maleNames, ksv1.Sex_SEX_MALE
	}
	t := time.Date(g.surveyDate.Year(), time.Month(g.surveyDate.Month()-months), 1, 0, 0, 0, 0, time.UTC)
	birth := time.Date(t.Year(), t.Month(), 1+g.rng.IntN(min(28, g.surveyDate.Day())), 0, 0, 0, 0, time.UTC)
	return Person{
		months: months, MotherAt: -1, SpouseAt: -1,
		Member: &ksv1.Member{
			Name: proto.String(pick(g.rng, names) + " " + pick(g.rng, lastNames)), Sex: sex.Enum(), BirthDate: proto.String(birth.Format("2006-01-02")),
		},
		Individual: &ksv1.Individual{
			Relation: relation.Enum(), MaritalStatus: marital.Enum(), Religion: ksv1.Religion_RELIGION_ISLAM.Enum(),
		},
	}
}

func (g *Generator) answerAll(p *Person, jkn bool) {
	x, male := p.Individual, p.Member.GetSex() == ksv1.Sex_SEX_MALE
	x.HealthInsurance = g.answer(0.02)
	if jkn {
		x.HealthInsurance = g.answer(0.99)
	}
	x.Smokes = ksv1.Answer_ANSWER_TIDAK.Enum()
	if p.months >= prokesga.AdultMonthsMin {
		g.answerAdult(p, male)
	}
	if p.months >= 60 {
		x.Education = ksv1.Education(1 + g.rng.IntN(7)).Enum()
	}
	if p.months >= 120 {
		x.Work = ksv1.Work(1 + g.rng.IntN(9)).Enum()
	}
	if p.months >= 7 && p.months < 24 {
		x.ExclusiveBreastfeeding = g.answer(0.6)
	}
	if p.months >= 12 && p.months < 24 {
		x.CompleteImmunisation = g.answer(0.72)
	}
	if p.months >= 2 && p.months < 60 {
		x.GrowthMonitored = g.answer(0.68)
	}
	married := x.GetMaritalStatus() == ksv1.MaritalStatus_MARITAL_STATUS_MARRIED
	if !male && p.months >= 120 && p.months < 660 {
		x.Pregnant = ksv1.Answer_ANSWER_TIDAK.Enum()
		if married && p.months < 600 {
			x.Pregnant = g.answer(0.05)
		}
	}
	if married && (male && p.months >= 120 || !male && p.months < 660 && x.GetPregnant() != ksv1.Answer_ANSWER_YA) {
		x.Contraception = g.answer(0.6)
		if x.GetContraception() == ksv1.Answer_ANSWER_TIDAK && !male {
			x.ContraceptionReason = ksv1.ContraceptionReason(1 + g.rng.IntN(3)).Enum()
		}
	}
}

func (g *Generator) answerAdult(p *Person, male bool) {
	x := p.Individual
	if male {
		x.Smokes = g.answer(0.57)
	} else {
		x.Smokes = g.answer(0.03)
	}
	x.UsesToilet, x.UsesCleanWater = g.answer(0.97), g.answer(0.98)
	x.Tuberculosis = g.answer(0.004)
	if x.GetTuberculosis() == ksv1.Answer_ANSWER_YA {
		x.TuberculosisMedicine = g.answer(0.7)
	} else {
		x.TuberculosisSymptoms = g.answer(0.007)
	}
	x.Hypertension = g.answer(0.086)
	if x.GetHypertension() == ksv1.Answer_ANSWER_YA {
		x.HypertensionMedicine = g.answer(0.54)
		return
	}
	x.BloodPressureMeasured = g.answer(0.6)
	if x.GetBloodPressureMeasured() == ksv1.Answer_ANSWER_YA {
		systolic, diastolic := 100+g.rng.IntN(40), 60+g.rng.IntN(30)
		if g.chance(0.25) {
			systolic, diastolic = 140+g.rng.IntN(40), 90+g.rng.IntN(20)
		}
		x.SystolicMmhg, x.DiastolicMmhg = proto.Uint32(uint32(systolic)), proto.Uint32(uint32(diastolic))
	}
}

// answerMothers asks V.12 of the mothers of infants.
func (g *Generator) answerMothers(out *Generated) {
	for i := range out.People {
		p := &out.People[i]
		if p.months < 12 && p.MotherAt >= 0 && p.MotherAt < len(out.People) {
			out.People[p.MotherAt].Individual.BirthInFacility = g.answer(0.85)
		}
	}
}

// identify gives NIK and NKK by the rule: district, birth date (women +40),
// serial.
func (g *Generator) identify(out *Generated) {
	out.Family.Nkk = proto.Uint64(g.district*1e10 + uint64(1+g.rng.IntN(28))*1e8 + uint64(1+g.rng.IntN(12))*1e6 +
		uint64(10+g.rng.IntN(15))*1e4 + uint64(1+g.rng.IntN(9998)))
	out.Family.HeadName = proto.String(out.People[0].Member.GetName())
	out.Family.Address = proto.String(fmt.Sprintf("Jl. %s No. %d", pick(g.rng, lastNames), 1+g.rng.IntN(80)))
	for i := range out.People {
		m := out.People[i].Member
		m.Number = proto.Uint32(uint32(i + 1))
		if !g.allNIK && g.chance(0.03) {
			continue
		}
		birth, err := prokesga.ParseDate(m.GetBirthDate())
		if err != nil {
			continue
		}
		day := uint64(birth.Day())
		if m.GetSex() == ksv1.Sex_SEX_FEMALE {
			day += 40
		}
		m.Nik = proto.Uint64(g.district*1e10 + day*1e8 + uint64(birth.Month())*1e6 + uint64(birth.Year()%100)*1e4 + uint64(1+g.rng.IntN(9998)))
	}
}
