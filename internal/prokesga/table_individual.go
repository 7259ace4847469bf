package prokesga

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// Blok V: one set of answers a member, registers of the individual.

var (
	adults = []Target{{Months: Months{Min: AdultMonthsMin}}}
	// couples are who answers for family planning (V.11).
	couples = []Target{
		{Months: Months{WifeMonthsMin, WifeMonthsMax}, Sex: ksv1.Sex_SEX_FEMALE, Marital: ksv1.MaritalStatus_MARITAL_STATUS_MARRIED, NotPregnant: true},
		{Months: Months{Min: HusbandMonthsMin}, Sex: ksv1.Sex_SEX_MALE, Marital: ksv1.MaritalStatus_MARITAL_STATUS_MARRIED},
	}
	reasonOptions = []Option{{1, "Gangguan reproduksi"}, {2, "Masih menginginkan anak dan jumlah anak ≤ 2"}, {3, "Sudah menopause"}}
)

// Bounds of a blood pressure in mmHg, both included: what lies outside is a
// typing error, no living adult is measured beyond (decided).
const (
	systolicMinMmhg  = 40
	systolicMaxMmhg  = 300
	diastolicMinMmhg = 20
	diastolicMaxMmhg = 200
)

var individualQuestions = []Question{
	{Number: QInsurance, Kind: inIndividual, Field: 9, Input: ChoiceInput, Options: yesNo, Column: "survei_individu_jkn",
		Label: "Apakah Saudara mempunyai kartu jaminan kesehatan atau JKN?",
		value: func(r record) int64 { return int64(r.individual.GetHealthInsurance()) }},
	{Number: QSmokes, Kind: inIndividual, Field: 10, Input: ChoiceInput, Options: yesNo, Column: "survei_individu_merokok",
		Label: "Apakah Saudara merokok?",
		value: func(r record) int64 { return int64(r.individual.GetSmokes()) }},
	{Number: QUsesToilet, Kind: inIndividual, Field: 11, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_babj",
		Label: "Apakah Saudara biasa buang air besar di jamban?",
		value: func(r record) int64 { return int64(r.individual.GetUsesToilet()) }},
	{Number: QUsesCleanWater, Kind: inIndividual, Field: 12, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_sab",
		Label: "Apakah Saudara biasa menggunakan air bersih?",
		value: func(r record) int64 { return int64(r.individual.GetUsesCleanWater()) }},
	{Number: QTuberculosis, Kind: inIndividual, Field: 13, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_tb",
		Label: "Apakah Saudara pernah didiagnosis menderita tuberkulosis (TB) paru?",
		value: func(r record) int64 { return int64(r.individual.GetTuberculosis()) }},
	{Number: QTBMedicine, Kind: inIndividual, Field: 14, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_obat_tb",
		After: Condition{13, ksv1.Answer_ANSWER_YA},
		Label: "Bila ya, apakah meminum obat TBC secara teratur (selama 6 bulan)?",
		value: func(r record) int64 { return int64(r.individual.GetTuberculosisMedicine()) }},
	{Number: QTBSymptoms, Kind: inIndividual, Field: 15, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_batuk",
		After: Condition{13, ksv1.Answer_ANSWER_TIDAK},
		Label: "Apakah Saudara pernah menderita batuk berdahak > 2 minggu disertai satu atau lebih gejala: dahak bercampur darah/batuk berdarah, " +
			"berat badan menurun, berkeringat malam hari tanpa kegiatan fisik, dan demam > 1 bulan?",
		value: func(r record) int64 { return int64(r.individual.GetTuberculosisSymptoms()) }},
	{Number: QHypertension, Kind: inIndividual, Field: 16, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_hipertensi",
		Label: "Apakah Saudara pernah didiagnosis menderita tekanan darah tinggi/hipertensi?",
		value: func(r record) int64 { return int64(r.individual.GetHypertension()) }},
	{Number: QHTMedicine, Kind: inIndividual, Field: 17, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_obat_hipertensi",
		After: Condition{16, ksv1.Answer_ANSWER_YA},
		Label: "Bila ya, apakah selama ini Saudara meminum obat tekanan darah tinggi/hipertensi secara teratur?",
		value: func(r record) int64 { return int64(r.individual.GetHypertensionMedicine()) }},
	{Number: QBPMeasured, Kind: inIndividual, Field: 18, Input: ChoiceInput, Options: yesNo, Targets: adults, Column: "survei_individu_tekanan_darah",
		After: Condition{16, ksv1.Answer_ANSWER_TIDAK},
		Label: "Apakah dilakukan pengukuran tekanan darah?",
		value: func(r record) int64 { return int64(r.individual.GetBloodPressureMeasured()) }},
	{Number: QBPResult, Kind: inIndividual, Field: 19, Input: NumberInput, Limits: Limits{systolicMinMmhg, systolicMaxMmhg}, Targets: adults, Column: "survei_individu_sistolik",
		After: Condition{18, ksv1.Answer_ANSWER_YA},
		Label: "Hasil pengukuran: sistolik (mmHg)",
		value: func(r record) int64 { return int64(r.individual.GetSystolicMmhg()) }},
	{Number: QBPResult, Kind: inIndividual, Field: 20, Input: NumberInput, Limits: Limits{diastolicMinMmhg, diastolicMaxMmhg}, Targets: adults, Column: "survei_individu_diastolik",
		After: Condition{18, ksv1.Answer_ANSWER_YA},
		Label: "Hasil pengukuran: diastolik (mmHg)",
		value: func(r record) int64 { return int64(r.individual.GetDiastolicMmhg()) }},
	{Number: QContraception, Kind: inIndividual, Field: 21, Input: ChoiceInput, Options: yesNo, Targets: couples, Column: "survei_individu_kb",
		Label: "Apakah Saudara atau pasangan Saudara menggunakan alat kontrasepsi atau ikut program Keluarga Berencana?",
		value: func(r record) int64 { return int64(r.individual.GetContraception()) }},
	{Number: QContraception, Kind: inIndividual, Field: 22, Input: ChoiceInput, Options: reasonOptions, Targets: couples, Column: "survei_individu_kb_detail",
		After: Condition{21, ksv1.Answer_ANSWER_TIDAK},
		Label: "Bila tidak, apa alasannya?",
		value: func(r record) int64 { return int64(r.individual.GetContraceptionReason()) }},
	{Number: QBirthInFacility, Kind: inIndividual, Field: 23, Input: ChoiceInput, Options: yesNo, Column: "survei_individu_faskes",
		Targets: []Target{{MotherOfInfant: true}},
		Label:   "Apakah saat Ibu melahirkan [nama] bersalin di fasilitas pelayanan kesehatan?",
		value:   func(r record) int64 { return int64(r.individual.GetBirthInFacility()) }},
	{Number: QBreastfeeding, Kind: inIndividual, Field: 24, Input: ChoiceInput, Options: yesNo, Column: "survei_individu_asi_ekslusif",
		Targets: []Target{{Months: Months{BreastfedMonthsMin, BreastfedMonthsMax}}},
		Label:   "Apakah bayi ini pada waktu usia 0–6 bulan hanya diberi ASI eksklusif?",
		value:   func(r record) int64 { return int64(r.individual.GetExclusiveBreastfeeding()) }},
	{Number: QImmunisation, Kind: inIndividual, Field: 25, Input: ChoiceInput, Options: yesNo, Column: "survei_individu_imunisasi",
		Targets: []Target{{Months: Months{ImmunisationMonthsMin, ImmunisationMonthsMax}}},
		Label:   "Apakah selama bayi usia 0–11 bulan diberikan imunisasi lengkap? (HB0, BCG, DPT-HB1–3, Polio1–4, Campak)",
		value:   func(r record) int64 { return int64(r.individual.GetCompleteImmunisation()) }},
	{Number: QGrowth, Kind: inIndividual, Field: 26, Input: ChoiceInput, Options: yesNo, Column: "survei_individu_pantau_balita",
		Targets: []Target{{Months: Months{UnderFiveMonthsMin, UnderFiveMonthsMax}}},
		Label:   "Apakah dalam 1 bulan terakhir dilakukan pemantauan pertumbuhan balita?",
		value:   func(r record) int64 { return int64(r.individual.GetGrowthMonitored()) }},
}
