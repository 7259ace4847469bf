package prokesga

import (
	"fmt"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of what is plausible (decided; each makes a warning, never more).
const (
	// birthMonthsMin is the youngest age of a parent at a birth.
	birthMonthsMin = 120
	// birthMonthsMax is the oldest age of a mother at a birth: the questionnaire
	// asks about pregnancy up to 54 years.
	birthMonthsMax = WifeMonthsMax
	// ageMonthsMax is the oldest plausible age, 120 years.
	ageMonthsMax = 1440
	// headMonthsMin is the youngest plausible head of a family, 10 years.
	headMonthsMin = 120
)

// Today is the date against which survey and birth dates are judged; the zero
// value leaves that out. TodayAt makes it.
type Today struct{ Date Date }

// TodayAt is the last day that is in nobody's future at an instant: a survey date
// is the local date at the village, and whoever judges it may run in another zone
// (a server in UTC, a device set to the wrong one). It is the later of the day in
// t's own zone and the day in WIT.
func TodayAt(t time.Time) Today {
	here, east := DateOf(t), DateOf(t.In(area.WIT))
	if here.After(east) {
		return Today{Date: here}
	}
	return Today{Date: east}
}

// checkRound judges one round of a family across its fields: composition,
// links, ages, target groups and skips, measurements. Findings come in the
// order household, then members as they stand in the family. A withdrawn round
// has none.
func checkRound(family *ksv1.Household, round *ksv1.HouseholdRound, today Today) []Finding {
	if round.GetRound().GetWithdrawal() != nil {
		return nil
	}
	c := roundCheck{view: viewOf(family, round)}
	c.date(today)
	c.composition()
	c.answers(at{kind: inRound, record: round.GetRoundId()}, record{round: round.GetRound()}, Person{})
	c.household()
	for i := range c.view.people {
		p := &c.view.people[i]
		c.required(p)
		c.ages(p)
		c.pregnancy(p)
		c.answers(c.part(p, 0), record{individual: p.part}, p.person)
		c.pressure(p)
		c.implausible(p)
		c.mother(p)
		c.spouse(p)
	}
	c.outsiders()
	c.gone()
	c.quick()
	c.adults()
	c.births()
	return c.found.list
}

// CheckHousehold is checkFamily and checkRound of every round.
func CheckHousehold(family *ksv1.Household, today Today) []Finding {
	list := checkFamily(family, today)
	for _, round := range family.GetRounds() {
		list = append(list, checkRound(family, round, today)...)
	}
	return list
}

type roundCheck struct {
	view  *view
	found findings
}

// part names a register of a member's part in the round.
func (c *roundCheck) part(p *participant, field int32) at {
	return at{inIndividual, c.view.round.GetRoundId(), p.id, field}
}

func (c *roundCheck) inRound(field int32) at {
	return at{kind: inRound, record: c.view.round.GetRoundId(), field: field}
}

func (c *roundCheck) date(today Today) {
	switch {
	case c.view.survey.IsZero():
		c.found.add(RequiredMissing, c.inRound(1), "Tanggal pengumpulan data belum diisi. Isi tanggal kunjungan.")
	case !today.Date.IsZero() && c.view.survey.After(today.Date):
		c.found.add(SurveyInFuture, c.inRound(1), "Tanggal pengumpulan data sesudah hari ini. Periksa tanggal dan jam perangkat.")
	}
}

func (c *roundCheck) composition() {
	if len(c.view.people) == 0 {
		c.found.add(NoMembers, c.inRound(0), "Belum ada anggota keluarga dalam pendataan ini. Tambahkan semua anggota keluarga.")
		return
	}
	heads := 0
	for i := range c.view.people {
		p := &c.view.people[i]
		if p.part.GetRelation() != ksv1.Relation_RELATION_HEAD {
			continue
		}
		if heads++; heads > 1 {
			c.found.add(TwoHeads, c.part(p, 2), "Kepala Keluarga lebih dari satu. Tetapkan satu, perbaiki hubungan yang lain.")
		}
		if p.person.AgeMonths > AgeUnknown && p.person.AgeMonths < headMonthsMin {
			c.found.add(HeadTooYoung, c.part(p, 2), "Kepala Keluarga berumur kurang dari 10 tahun. Periksa hubungan dan tanggal lahir.")
		}
	}
	if heads == 0 {
		c.found.add(NoHead, c.inRound(0), "Belum ada Kepala Keluarga. Tetapkan salah satu anggota sebagai Kepala Keluarga.")
	}
}

func (c *roundCheck) household() {
	r := c.view.round.GetRound()
	if r.GetRestrained() == ksv1.Answer_ANSWER_YA && r.GetMentalDisorder() == ksv1.Answer_ANSWER_TIDAK {
		c.found.add(RestrainedNotIll, c.inRound(9), "Ada AK yang dipasung, tetapi tidak ada yang menderita gangguan jiwa berat. Periksa II.7 dan II.9.")
	}
}

// answeredBy are the questions that an answer of a kind of record can be to, by that
// kind, in the form's order. Never written to.
var answeredBy = readAnsweredBy()

func readAnsweredBy() (of [inVisit + 1][]*Question) {
	for i := range questions {
		if q := &questions[i]; q.value != nil {
			of[q.Kind] = append(of[q.Kind], q)
		}
	}
	return of
}

// answers notices answers of people who are not asked, and answers that an
// earlier one skips. Both are kept and don't count.
func (c *roundCheck) answers(where at, r record, person Person) {
	for _, q := range answeredBy[where.kind] {
		if q.value(r) == 0 {
			continue
		}
		where.field = q.Field
		asked := q.targetOf(person) != nil
		switch {
		case !asked && q.Number == QPregnant && person.Sex == ksv1.Sex_SEX_MALE: // pregnancy says it
		case !asked:
			c.found.add(OutsideTarget, where, fmt.Sprintf(
				"Pertanyaan %s bukan untuk anggota keluarga ini. Jawaban disimpan, tetapi tidak dihitung; periksa umur, jenis kelamin dan status.", q.Number))
		case !q.follows(r):
			before := find(q.Kind, q.After.Field)
			c.found.add(SkippedAnswered, where, fmt.Sprintf(
				"Pertanyaan %s hanya dijawab bila %s dijawab %s. Periksa kedua jawaban.", q.Number, before.Number, before.OptionLabel(int32(q.After.Answer))))
		}
	}
}

func (c *roundCheck) required(p *participant) {
	for i := range memberQuestions {
		q := &memberQuestions[i]
		if !q.Required {
			continue
		}
		where, there := at{inMember, "", p.id, q.Field}, false
		if q.Kind == inIndividual {
			where, there = c.part(p, q.Field), q.value(record{individual: p.part}) != 0
		} else {
			there = requiredOfMember(p.member, q.Number)
		}
		if !there {
			c.found.add(RequiredMissing, where, q.Label+" belum diisi. Lengkapi "+string(q.Number)+".")
		}
	}
}

func requiredOfMember(m *ksv1.Member, number Number) bool {
	if number == QSex {
		return m.GetSex() != ksv1.Sex_SEX_UNSPECIFIED
	}
	return m.GetName() != ""
}

func (c *roundCheck) ages(p *participant) {
	where := at{inMember, "", p.id, 6}
	birth, err := ParseDate(p.member.GetBirthDate())
	switch {
	case err == nil && !c.view.survey.IsZero() && birth.After(c.view.survey):
		c.found.add(BornAfterSurvey, where, "Tanggal lahir sesudah tanggal pengumpulan data. Perbaiki tanggal lahir.")
	case p.member.GetBirthDate() == "" && p.member.GetStatedAge() == nil:
		c.found.add(RequiredMissing, where, "Tanggal lahir belum diisi. Isi tanggal lahir, atau umur bila tidak diketahui.")
	case p.person.AgeMonths > ageMonthsMax:
		c.found.add(AgeImplausible, where, "Umur lebih dari 120 tahun. Periksa tanggal lahir atau umur.")
	}
	if (Months{0, HusbandMonthsMin - 1}).include(p.person.AgeMonths) && everMarried(p.person.Marital) {
		c.found.add(MarriedTooYoung, c.part(p, 3), "Umur kurang dari 10 tahun tetapi pernah kawin. Periksa status perkawinan dan tanggal lahir.")
	}
}

func (c *roundCheck) pregnancy(p *participant) {
	if p.person.Sex == ksv1.Sex_SEX_MALE && p.person.Pregnant == ksv1.Answer_ANSWER_YA {
		c.found.add(PregnantMan, c.part(p, 5), "Pria tercatat sedang hamil. Perbaiki jenis kelamin atau jawaban hamil.")
	}
}

func (c *roundCheck) pressure(p *participant) {
	systolic, diastolic := p.part.GetSystolicMmhg(), p.part.GetDiastolicMmhg()
	switch {
	case systolic > 0 && diastolic > systolic:
		c.found.add(DiastolicOverSystole, c.part(p, 20), "Diastolik lebih tinggi daripada sistolik. Periksa apakah keduanya tertukar.")
	case systolic == 0 && diastolic > 0:
		c.found.add(HalfMeasured, c.part(p, 19), "Sistolik belum diisi. Lengkapi hasil pengukuran.")
	case systolic > 0 && diastolic == 0:
		c.found.add(HalfMeasured, c.part(p, 20), "Diastolik belum diisi. Lengkapi hasil pengukuran.")
	case systolic == 0 && p.part.GetBloodPressureMeasured() == ksv1.Answer_ANSWER_YA:
		c.found.add(MeasuredNoResult, c.part(p, 19), "Tekanan darah diukur, tetapi hasilnya belum diisi. Isi sistolik dan diastolik.")
	}
}

// outsiders notices parts of the round that don't count: of removed members,
// and of people who are no members.
func (c *roundCheck) outsiders() {
	members := map[string]*ksv1.Member{}
	for _, hm := range c.view.family.GetMembers() {
		members[hm.GetMemberId()] = hm.GetMember()
	}
	for _, hi := range c.view.round.GetIndividuals() {
		if !TakesPart(hi.GetIndividual()) {
			continue
		}
		where := at{inIndividual, c.view.round.GetRoundId(), hi.GetMemberId(), 0}
		member, known := members[hi.GetMemberId()]
		switch {
		case !known:
			c.found.add(MemberMissing, where, "Ada jawaban untuk orang yang tidak tercatat sebagai anggota keluarga. Tambahkan anggotanya atau periksa.")
		case member.GetMovedToFamilyId() != "": // split off, which explains it
		case leftBefore(member.GetRemoval(), c.view.survey):
			c.found.add(RemovedAnswered, where, "Anggota ini sudah dikeluarkan dari keluarga, tetapi ada jawabannya. Periksa apakah ia masih tinggal di sini.")
		}
	}
}

// gone notices a survey of a family that had died out or moved by then, so that it counts
// nowhere. An import says of its own survey that the family had left.
func (c *roundCheck) gone() {
	removal := c.view.family.GetFamily().GetRemoval()
	if c.view.round.GetRound().GetQuestionnaireVersion() == "" || removal.GetDate() == "" || !leftBefore(removal, c.view.survey) {
		return
	}
	c.found.add(FamilyGoneAnswered, c.inRound(1),
		"Keluarga ini tercatat sudah pergi sebelum tanggal pendataan ini, sehingga pendataan ini tidak dihitung. Bila mereka tinggal di sini lagi, beri tahu supervisor agar kepergiannya dibatalkan.")
}

// leftBefore reports whether a member, or the family, had died or moved away when the
// round was surveyed. One entered twice or deleted at source may well have answers.
func leftBefore(removal *ksv1.Removal, survey Date) bool {
	switch removal.GetReason() {
	case ksv1.RemovalReason_REMOVAL_REASON_DIED, ksv1.RemovalReason_REMOVAL_REASON_MOVED:
		return RemovedFrom(removal, survey)
	}
	return false
}

func everMarried(m ksv1.MaritalStatus) bool {
	switch m {
	case ksv1.MaritalStatus_MARITAL_STATUS_MARRIED, ksv1.MaritalStatus_MARITAL_STATUS_DIVORCED, ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED:
		return true
	}
	return false
}
