package prokesga

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// Blok I, II and III: registers of the family and of the round. Province,
// district, kecamatan and village follow from the assignment; the counts 2a to
// 2f are computed (CountsOf); neither is asked.

var yesNo = []Option{
	{int32(ksv1.Answer_ANSWER_YA), "Ya"},
	{int32(ksv1.Answer_ANSWER_TIDAK), "Tidak"},
}

const (
	inFamily = ksv1.RecordKind_RECORD_KIND_FAMILY
	inRound  = ksv1.RecordKind_RECORD_KIND_ROUND
)

var placeQuestions = []Question{
	{Number: QPlace, Kind: inFamily, Field: 1, Label: "RT/RW", Input: TextInput, Required: true, Column: "survei_rt_new"},
	{Number: QBuilding, Kind: inFamily, Field: 2, Label: "Nomor urut bangunan", Input: TextInput, Column: "survei_no_urut_rt"},
	{Number: QFamilyNumber, Kind: inFamily, Field: 3, Label: "Nomor urut keluarga", Input: TextInput, Column: "survei_no_urut_kel"},
	{Number: QAddress, Kind: inFamily, Field: 4, Label: "Alamat rumah", Input: TextInput, Column: "survei_alamat"},
	{Number: QNKK, Kind: inFamily, Field: 5, Label: "Nomor Kartu Keluarga (No. KK)", Input: NumberInput, Limits: sixteenDigits, Column: "survei_no_kk"},
}

var familyQuestions = []Question{
	{Number: QHeadName, Kind: inFamily, Field: 9, Label: "Nama Kepala Keluarga", Input: TextInput, Required: true, Column: "survei_nama_kk"},
	{Number: QCleanWater, Kind: inRound, Field: 3, Input: ChoiceInput, Options: yesNo, Column: "survei_rt_sab",
		Label: "Apakah tersedia sarana air bersih di lingkungan rumah?",
		value: func(r record) int64 { return int64(r.round.GetCleanWater()) }},
	{Number: QProtectedWater, Kind: inRound, Field: 4, Input: ChoiceInput, Column: "survei_rt_sat", After: Condition{3, ksv1.Answer_ANSWER_YA},
		Label: "Bila ya, apa jenis sumber airnya terlindung? (PDAM, sumur pompa, sumur gali terlindung, mata air terlindung)",
		Options: []Option{
			{int32(ksv1.Answer_ANSWER_YA), "Ya"},
			{int32(ksv1.Answer_ANSWER_TIDAK), "Tidak (sumur terbuka, air sungai, danau/telaga, dll)"},
		},
		value: func(r record) int64 { return int64(r.round.GetProtectedWater()) }},
	{Number: QToilet, Kind: inRound, Field: 5, Input: ChoiceInput, Options: yesNo, Column: "survei_rt_jk",
		Label: "Apakah tersedia jamban keluarga?",
		value: func(r record) int64 { return int64(r.round.GetToilet()) }},
	{Number: QSanitaryToilet, Kind: inRound, Field: 6, Input: ChoiceInput, Column: "survei_rt_js", After: Condition{5, ksv1.Answer_ANSWER_YA},
		Label: "Bila ya, apakah jenis jambannya saniter? (kloset/leher angsa/plengsengan)",
		Options: []Option{
			{int32(ksv1.Answer_ANSWER_YA), "Ya"},
			{int32(ksv1.Answer_ANSWER_TIDAK), "Tidak (cemplung)"},
		},
		value: func(r record) int64 { return int64(r.round.GetSanitaryToilet()) }},
	{Number: QMentalDisorder, Kind: inRound, Field: 7, Input: ChoiceInput, Options: yesNo, Column: "survei_rt_gjb",
		Label: "Apakah ada AK yang pernah didiagnosis menderita gangguan jiwa berat (Schizoprenia)?",
		value: func(r record) int64 { return int64(r.round.GetMentalDisorder()) }},
	{Number: QMentalMedicine, Kind: inRound, Field: 8, Input: ChoiceInput, Options: yesNo, Column: "survei_rt_obat_gjb", After: Condition{7, ksv1.Answer_ANSWER_YA},
		Label: "Bila ya, apakah selama ini AK tersebut meminum obat gangguan jiwa berat secara teratur?",
		value: func(r record) int64 { return int64(r.round.GetMentalDisorderMedicine()) }},
	// Asked always, whatever II.7 says (decided).
	{Number: QRestrained, Kind: inRound, Field: 9, Input: ChoiceInput, Options: yesNo, Column: "survei_rt_pasung",
		Label: "Apakah ada AK yang dipasung?",
		value: func(r record) int64 { return int64(r.round.GetRestrained()) }},
}

var collectorQuestions = []Question{
	{Number: QSurveyor, Kind: inRound, Field: 10, Label: "Nama pengumpul data", Input: TextInput, Column: "survei_surveyor"},
	{Number: QSupervisor, Kind: inRound, Field: 11, Label: "Nama supervisor", Input: TextInput, Column: "survei_supervisor"},
	{Number: QSurveyDate, Kind: inRound, Field: 1, Label: "Tanggal pengumpulan data", Input: DateInput, Required: true, Column: "survei_tanggal"},
}
