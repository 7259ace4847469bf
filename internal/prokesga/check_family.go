package prokesga

import (
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// checkFamily judges what belongs to no round: identity of family and members,
// rounds among each other, visits.
func checkFamily(family *ksv1.Household, today Today) []Finding {
	var f findings
	checkRequired(&f, family.GetFamily())
	checkNIKs(&f, family)
	checkTwice(&f, family)
	checkBirths(&f, family, today)
	checkSurveyDates(&f, family)
	for _, hv := range family.GetVisits() {
		checkVisit(&f, hv)
	}
	return f.list
}

func checkRequired(f *findings, family *ksv1.Family) {
	if family.GetPlace() == "" {
		f.add(RequiredMissing, at{kind: inFamily, field: 1}, "RT/RW belum diisi. Isi RT dan RW; bila tidak ada, isi 000.")
	}
	if family.GetHeadName() == "" {
		f.add(RequiredMissing, at{kind: inFamily, field: 9}, "Nama Kepala Keluarga belum diisi. Lengkapi II.1.")
	}
}

// checkNIKs compares each NIK with sex, birth date and the other members'. A
// removed member's NIK may come again: entered twice is the common reason.
func checkNIKs(f *findings, family *ksv1.Household) {
	seen := map[uint64]bool{}
	for _, hm := range family.GetMembers() {
		m := hm.GetMember()
		if m.GetNik() == 0 || m.GetRemoval() != nil {
			continue
		}
		where, nik := at{inMember, "", hm.GetMemberId(), 2}, NIK(m.GetNik())
		if seen[m.GetNik()] {
			f.add(DuplicateNIK, where, "NIK ini sudah dipakai anggota lain dalam keluarga ini. Periksa kartu keduanya.")
		}
		seen[m.GetNik()] = true
		if !nik.WellFormed() {
			f.add(NIKImplausible, where, "Susunan NIK tidak lazim (tanggal atau nomor urut). Periksa kembali angka pada KTP/KK.")
			continue
		}
		if birth, err := ParseDate(m.GetBirthDate()); err == nil && !nik.AgreesWithBirth(birth) {
			f.add(NIKDiffersFromBirth, where, "NIK tidak sesuai dengan tanggal lahir. Periksa keduanya; bila kartu memang demikian, biarkan.")
		}
		if m.GetSex() != 0 && nik.Sex() != m.GetSex() {
			f.add(NIKDiffersFromSex, where, "NIK tidak sesuai dengan jenis kelamin. Periksa keduanya; bila kartu memang demikian, biarkan.")
		}
	}
}

// checkBirths notices who is not born yet before there is a round with a date
// to tell it (BornAfterSurvey, SurveyInFuture).
func checkBirths(f *findings, family *ksv1.Household, today Today) {
	if today.Date.IsZero() {
		return
	}
	for _, hm := range family.GetMembers() {
		birth, err := ParseDate(hm.GetMember().GetBirthDate())
		if err == nil && birth.After(today.Date) && !inDatedRound(family, hm.GetMemberId()) {
			f.add(BornInFuture, at{inMember, "", hm.GetMemberId(), 6}, "Tanggal lahir sesudah hari ini. Perbaiki tanggal lahir.")
		}
	}
}

func inDatedRound(family *ksv1.Household, memberID string) bool {
	return slices.ContainsFunc(family.GetRounds(), func(hr *ksv1.HouseholdRound) bool {
		return hr.GetRound().GetSurveyDate() != "" && TakesPart(partOf(hr, memberID))
	})
}

func checkSurveyDates(f *findings, family *ksv1.Household) {
	seen := map[string]bool{}
	for _, hr := range family.GetRounds() {
		date := hr.GetRound().GetSurveyDate()
		if date == "" || hr.GetRound().GetWithdrawal() != nil {
			continue
		}
		if seen[date] {
			f.add(SameDayRounds, at{kind: inRound, record: hr.GetRoundId(), field: 1},
				"Ada dua pendataan pada tanggal yang sama. Periksa apakah yang satu seharusnya perbaikan dari yang lain.")
		}
		seen[date] = true
	}
}

func checkVisit(f *findings, hv *ksv1.HouseholdVisit) {
	v := hv.GetVisit()
	where := at{kind: ksv1.RecordKind_RECORD_KIND_VISIT, record: hv.GetVisitId()}
	date, err := ParseDate(v.GetDate())
	if err != nil {
		where.field = 1
		f.add(RequiredMissing, where, "Tanggal kunjungan belum diisi. Isi tanggal kunjungan.")
		return
	}
	if v.EndedAtMs != nil && v.StartedAtMs != nil && v.GetEndedAtMs() < v.GetStartedAtMs() {
		where.field = 4
		f.add(VisitEndsBeforeStart, where, "Kunjungan berakhir sebelum dimulai. Periksa jam perangkat.")
	}
	if next, err := ParseDate(v.GetNextVisitDate()); err == nil && !next.After(date) {
		where.field = 7
		f.add(NextVisitTooEarly, where, "Tanggal kunjungan berikutnya tidak sesudah kunjungan ini. Perbaiki tanggalnya.")
	}
}
