package prokesga

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// Blok IV: who a member is (registers of the member) and what changes with
// time (registers of the individual).

const (
	inMember     = ksv1.RecordKind_RECORD_KIND_MEMBER
	inIndividual = ksv1.RecordKind_RECORD_KIND_INDIVIDUAL
)

// sixteenDigits are the bounds of a NIK or NKK as one number.
var sixteenDigits = Limits{1_000_000_000_000_000, 9_999_999_999_999_999}

var (
	relationOptions = []Option{{1, "Kepala Keluarga"}, {2, "Istri/Suami"}, {3, "Anak"}, {4, "Menantu"}, {5, "Cucu"},
		{6, "Orang tua/mertua"}, {7, "Famili lain"}, {8, "Pembantu"}, {9, "Lainnya"}}
	sexOptions       = []Option{{1, "Pria"}, {2, "Wanita"}}
	maritalOptions   = []Option{{1, "Kawin"}, {2, "Belum kawin"}, {3, "Cerai hidup"}, {4, "Cerai mati"}}
	religionOptions  = []Option{{1, "Islam"}, {2, "Kristen"}, {3, "Katolik"}, {4, "Hindu"}, {5, "Buddha"}, {6, "Konghucu"}}
	educationOptions = []Option{{1, "Tidak pernah sekolah"}, {2, "Tidak tamat SD/MI"}, {3, "Tamat SD/MI"}, {4, "Tamat SMP/MTs"},
		{5, "Tamat SMA/MA"}, {6, "Tamat D1/D2/D3"}, {7, "Tamat PT"}}
	workOptions = []Option{{1, "Tidak kerja"}, {2, "Sekolah"}, {3, "PNS/TNI/Polri/BUMN/BUMD"}, {4, "Pegawai swasta"},
		{5, "Wiraswasta/pedagang"}, {6, "Petani"}, {7, "Nelayan"}, {8, "Buruh"}, {9, "Lainnya"}}
)

var memberQuestions = []Question{
	{Number: QMemberNumber, Kind: inMember, Field: 10, Label: "Nomor urut AK", Input: NumberInput, Limits: Limits{1, 999}},
	{Number: QName, Kind: inMember, Field: 1, Label: "Nama anggota keluarga", Input: TextInput, Required: true, Column: "survei_individu_nama"},
	{Number: QNIK, Kind: inMember, Field: 2, Label: "NIK", Input: NumberInput, Limits: sixteenDigits, Column: "survei_individu_nik"},
	{Number: QRelation, Kind: inIndividual, Field: 2, Label: "Hubungan dengan Kepala Keluarga", Input: ChoiceInput, Options: relationOptions,
		Required: true, Column: "survei_individu_hub_kel_id",
		value: func(r record) int64 { return int64(r.individual.GetRelation()) }},
	{Number: QBirthDate, Kind: inMember, Field: 6, Label: "Tanggal lahir", Input: DateInput, Column: "survei_individu_tanggal_lahir"},
	{Number: QStatedAge, Kind: inMember, Field: 7, Label: "Umur (bila tanggal lahir tidak diketahui)", Input: AgeInput, Column: "survei_individu_umur_thn"},
	{Number: QSex, Kind: inMember, Field: 5, Label: "Jenis kelamin", Input: ChoiceInput, Options: sexOptions, Required: true, Column: "survei_individu_jk_id"},
	{Number: QMarital, Kind: inIndividual, Field: 3, Label: "Status perkawinan", Input: ChoiceInput, Options: maritalOptions,
		Required: true, Column: "survei_individu_stmarital_id",
		value: func(r record) int64 { return int64(r.individual.GetMaritalStatus()) }},
	{Number: QMarital, Kind: inIndividual, Field: 4, Label: "Siapa istri/suaminya dalam keluarga ini?", Input: MemberInput, Column: "survei_individu_kb_follow",
		Targets: []Target{{Months: Months{Min: WifeMonthsMin}, Marital: ksv1.MaritalStatus_MARITAL_STATUS_MARRIED}}},
	{Number: QBirthDate, Kind: inMember, Field: 8, Label: "Siapa ibu kandungnya dalam keluarga ini?", Input: MemberInput,
		Targets: []Target{{Months: Months{Max: InfantMonthsMax}}}},
	{Number: QPregnant, Kind: inIndividual, Field: 5, Label: "Sedang hamil?", Input: ChoiceInput, Options: yesNo, Column: "survei_individu_wuh",
		Targets: []Target{{Months: Months{WifeMonthsMin, WifeMonthsMax}, Sex: ksv1.Sex_SEX_FEMALE}},
		value:   func(r record) int64 { return int64(r.individual.GetPregnant()) }},
	{Number: QReligion, Kind: inIndividual, Field: 6, Label: "Agama", Input: ChoiceInput, Options: religionOptions, Column: "survei_individu_agama_id",
		value: func(r record) int64 { return int64(r.individual.GetReligion()) }},
	{Number: QEducation, Kind: inIndividual, Field: 7, Label: "Pendidikan", Input: ChoiceInput, Options: educationOptions, Column: "survei_individu_pendidikan_id",
		Targets: []Target{{Months: Months{Min: SchoolMonthsMin}}},
		value:   func(r record) int64 { return int64(r.individual.GetEducation()) }},
	{Number: QWork, Kind: inIndividual, Field: 8, Label: "Pekerjaan", Input: ChoiceInput, Options: workOptions, Column: "survei_individu_pekerjaan_id",
		Targets: []Target{{Months: Months{Min: WorkMonthsMin}}},
		value:   func(r record) int64 { return int64(r.individual.GetWork()) }},
}
