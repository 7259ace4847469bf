package prokesga

import (
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of what only a reviewer can judge (decided; each makes a warning).
const (
	// interviewSecondsMin and interviewSecondsMemberMin are what an interview
	// takes at least: the notice and the household's questions, then each member.
	interviewSecondsMin       = 120
	interviewSecondsMemberMin = 30
	// systolicMin to diastolicMax, mmHg, are pressures that a person at home has.
	systolicMin, systolicMax   = 60, 260
	diastolicMin, diastolicMax = 30, 160
	// birthAfterMonthsMin and Max: a woman pregnant so long ago has an infant now,
	// or has lost it.
	birthAfterMonthsMin, birthAfterMonthsMax = 10, 20
	// offClockMax is by how much a survey date may disagree with the clock.
	offClockMax = 24 * time.Hour
)

// UnsyncedMax is for how long a device works without hearing the server's clock (decided):
// what it takes for later than that is rather a clock that jumped.
const UnsyncedMax = 90 * 24 * time.Hour

// quick notices completed visits that were shorter than the questions take.
func (c *roundCheck) quick() {
	for _, hv := range c.view.family.GetVisits() {
		v := hv.GetVisit()
		if v.GetRoundId() != c.view.round.GetRoundId() || v.GetOutcome() != ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED ||
			v.StartedAtMs == nil || v.GetEndedAtMs() < v.GetStartedAtMs() {
			continue
		}
		took := int64(v.GetEndedAtMs()-v.GetStartedAtMs())/1000 - int64(v.GetInterruptedSeconds())
		if took < interviewSecondsMin+interviewSecondsMemberMin*int64(len(c.view.people)) {
			c.found.add(InterviewTooQuick, at{kind: ksv1.RecordKind_RECORD_KIND_VISIT, record: hv.GetVisitId(), field: 4},
				"Wawancara sangat singkat untuk jumlah anggota keluarga ini. Pastikan semua pertanyaan benar-benar ditanyakan.")
		}
	}
}

// adults notices a family in which everybody is a child.
func (c *roundCheck) adults() {
	for i := range c.view.people {
		if months := c.view.people[i].person.AgeMonths; months == AgeUnknown || months >= AdultMonthsMin {
			return
		}
	}
	if len(c.view.people) > 0 {
		c.found.add(NoAdult, c.inRound(0), "Tidak ada anggota keluarga berumur 15 tahun ke atas. Periksa tanggal lahir dan kelengkapan anggota.")
	}
}

// births notices women of whom a birth is told, or was to be expected since an
// earlier round, without an infant in the family. A child who died stays in the
// family as removed, and is no fault.
func (c *roundCheck) births() {
	for i := range c.view.people {
		p := &c.view.people[i]
		if len(c.view.infants) > 0 || c.removedChildOf(p.id) {
			continue
		}
		switch {
		case p.part.GetBirthInFacility() != 0:
			c.found.add(InfantMissing, c.part(p, fieldFacilityBirth),
				"Ada jawaban tentang persalinan, tetapi tidak ada bayi 0–11 bulan. Periksa apakah bayinya belum dicatat.")
		case c.pregnantBefore(p.id):
			c.found.add(InfantMissing, at{inMember, "", p.id, 0},
				"Tercatat hamil pada pendataan sebelumnya, tetapi tidak ada bayi dalam keluarga. Periksa apakah bayinya belum dicatat.")
		}
	}
}

// fieldFacilityBirth is Individual.birth_in_facility.
const fieldFacilityBirth = 23

// pregnantBefore tells whether an earlier round had the woman pregnant so long
// ago that a child should be an infant now.
func (c *roundCheck) pregnantBefore(memberID string) bool {
	for _, hr := range c.view.family.GetRounds() {
		before, err := ParseDate(hr.GetRound().GetSurveyDate())
		if err != nil || hr.GetRound().GetWithdrawal() != nil || c.view.survey.IsZero() {
			continue
		}
		months := 12*(c.view.survey.Year()-before.Year()) + int(c.view.survey.Month()) - int(before.Month())
		if months >= birthAfterMonthsMin && months <= birthAfterMonthsMax && partOf(hr, memberID).GetPregnant() == ksv1.Answer_ANSWER_YA {
			return true
		}
	}
	return false
}

func (c *roundCheck) removedChildOf(memberID string) bool {
	for _, hm := range c.view.family.GetMembers() {
		if hm.GetMember().GetMotherId() == memberID && hm.GetMember().GetRemoval() != nil {
			return true
		}
	}
	return false
}

// implausible notices pressures out of range; which of the two is for who asks
// again.
func (c *roundCheck) implausible(p *participant) {
	outside := func(value, low, high uint32) bool { return value != 0 && (value < low || value > high) }
	const message = "Tekanan darah di luar batas wajar. Ukur ulang atau periksa angkanya."
	if outside(p.part.GetSystolicMmhg(), systolicMin, systolicMax) {
		c.found.add(PressureImplausible, c.part(p, 19), message)
	}
	if outside(p.part.GetDiastolicMmhg(), diastolicMin, diastolicMax) {
		c.found.add(PressureImplausible, c.part(p, 20), message)
	}
}

// CheckClock notices a survey date that disagrees with the instant at which it
// was written, as corrected by the server's clock, by over a day. written is in
// the family's time zone; ok is false where nothing is to be noticed. Dates that
// come with imports were written long after, which their caller knows.
func CheckClock(round *ksv1.HouseholdRound, written time.Time) (f Finding, ok bool) {
	survey, err := ParseDate(round.GetRound().GetSurveyDate())
	if err != nil || written.IsZero() {
		return f, false
	}
	begins := time.Date(survey.Year(), time.Month(survey.Month()), survey.Day(), 0, 0, 0, 0, written.Location())
	ends := begins.AddDate(0, 0, 1)
	if !written.Before(begins.Add(-offClockMax)) && !written.After(ends.Add(offClockMax)) {
		return f, false
	}
	var found findings
	found.add(SurveyOffClock, at{kind: inRound, record: round.GetRoundId(), field: 1},
		"Tanggal pengumpulan data berbeda lebih dari satu hari dari jam server saat diisi. Pastikan tanggalnya benar.")
	return found.list[0], true
}

// CheckTold notices a survey date that lies over UnsyncedMax after the server's time as the
// device last heard it, told: by then its clock says nothing. told is in the family's time
// zone; ok is false where nothing is to be noticed.
func CheckTold(round *ksv1.HouseholdRound, told time.Time) (f Finding, ok bool) {
	survey, err := ParseDate(round.GetRound().GetSurveyDate())
	if err != nil || told.IsZero() || !survey.After(DateOf(told.Add(UnsyncedMax))) {
		return f, false
	}
	var found findings
	found.add(SurveyOffClock, at{kind: inRound, record: round.GetRoundId(), field: 1},
		"Tanggal pengumpulan data jauh sesudah sinkronisasi terakhir perangkat ini. Periksa tanggal itu dan jam perangkat, lalu sinkronkan.")
	return found.list[0], true
}

// AnsweredBesideRefusal notices that another device told answers of a round from which the
// family had withdrawn: of a round that is shown to nobody, and whose answers it does not tell.
func AnsweredBesideRefusal(roundID string) Finding {
	var found findings
	found.add(WithdrawnAnswered, at{kind: inRound, record: roundID},
		"Keluarga tercatat menolak, tetapi perangkat lain mengisi pendataan yang sama tanpa mengetahuinya. Jawabannya disimpan dan tidak ditampilkan. Tanyakan kepada Pembina Keluarga mana yang benar; bila keluarga bersedia, perbaiki hasil kunjungan itu.")
	return found.list[0]
}
